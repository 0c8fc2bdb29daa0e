// Hourly upkeep of the lake: erasures in its objects, objects that are replaced, and days that are kept no longer.
import type { Database } from '../../../runtime/database';
import { monthFrom } from '../../../runtime/hit-days';
import type { Lake } from '../../../runtime/lake/store';
import { siteId } from '../../../runtime/site';
import { deleteObjects } from './delete';
import { LakeEraser, type LakeErasures } from './erase';

export interface LakeUpkeepResult {
  readonly erasures: LakeErasures;
  /** Files of days that are kept no longer. */
  readonly expired: number;
  /** Deleted objects. */
  readonly deleted: number;
  /** Hours since the oldest erasure was asked for that has not ended in the lake; 0 without one. */
  readonly oldestErasureHours: number;
  /** What failed, and what is late. */
  readonly failures: readonly unknown[];
}

export interface LakeUpkeepOptions {
  readonly now: Date;
  /** Whole months that hits are kept after their own month. */
  readonly keepMonths: number;
  /** Hours after which an erasure that has not ended in the lake is late. */
  readonly lateHours: number;
  /** Whether a part of the time of the run is over, from 0 to 1, or all of it. */
  readonly isLate: (part?: number) => boolean;
}

/**
 * Parts of the time after which the erasures, and then the deletions, leave the rest to the other tasks: when a month
 * is over, each of 10,000 sites has a month of objects to delete. Time that a task does not need is left to others.
 */
const ends = { erasures: 0.6, deletions: 0.85 } as const;

/**
 * Runs all tasks, erasures first: they have a day, the others a month. A failed site does not prevent the others. What
 * a run does not end, the next continues. The failures of the result include an erasure that is late.
 */
export async function upkeepOfLake(
  database: Database,
  lake: Lake,
  { now, keepMonths, lateHours, isLate }: LakeUpkeepOptions,
): Promise<LakeUpkeepResult> {
  const failures: unknown[] = [];
  const eraser = new LakeEraser(database, lake, failures);
  await eraser.run(() => isLate(ends.erasures));
  const deleted = await deleteObjects(database, lake, () => isLate(ends.deletions), failures);
  const expired = await expire(database, monthFrom(now, -keepMonths), isLate, failures);
  await eraser.run(isLate);
  const oldestErasureHours = await eraser.end(now, lateHours);
  return { erasures: eraser.total, expired, deleted: deleted + eraser.deleted, oldestErasureHours, failures };
}

/** What a run throws at its end if a part of it failed. */
export const failureOf = (failures: readonly unknown[]): AggregateError =>
  new AggregateError(
    failures,
    `lake-upkeep: expected all sites to succeed, got ${failures.length} failures, first: ${failures[0]}; the next run repeats them`,
  );

const expireActor = { name: 'lake-upkeep', from: 'schedule', doing: 'expire lake days' } as const;

/** Takes the days before the month from the catalogue, with their counts; their objects await the deletion. */
async function expire(database: Database, before: string, isLate: () => boolean, failures: unknown[]): Promise<number> {
  let expired = 0;
  if (isLate()) return expired;
  for (const id of await database.upkeep('sitesWithExpiredLakeDays', before)) {
    if (isLate()) break;
    const site = siteId(id);
    try {
      expired += await database.withSite(site, expireActor, async (session) => {
        const { rows } = await session.query<{ expired: string }>('select rempart.expire_lake_days($1) as expired', [before]);
        return Number(rows[0]?.expired ?? 0);
      });
    } catch (error) {
      failures.push(
        new Error(`days of site ${site} before ${before}: ${error instanceof Error ? error.message : error}`, { cause: error }),
      );
    }
  }
  return expired;
}

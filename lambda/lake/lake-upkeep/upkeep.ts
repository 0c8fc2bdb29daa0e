// Daily upkeep of the lake: erasures in its objects, days that are kept no longer, and objects that are replaced.
import type { Database } from '../../../runtime/database';
import { monthFrom } from '../../../runtime/hit-days';
import type { Lake } from '../../../runtime/lake/store';
import { siteId } from '../../../runtime/site';
import { eraseFromLake, type LakeErasures } from './erase';

export interface LakeUpkeepResult {
  readonly erasures: LakeErasures;
  /** Files of days that are kept no longer. */
  readonly expired: number;
  /** Deleted objects. */
  readonly deleted: number;
}

const upkeepActor = { name: 'lake-upkeep', from: 'schedule' } as const;

/** Objects that are listed at once for their deletion. */
const listed = 1000;

/**
 * Runs all tasks. A failed site does not prevent the others. The deletions come before the erasures, which are finished
 * only when no object that awaits its deletion has the rows. A run that ends early is continued by the next.
 *
 * @param keepMonths whole months that hits are kept after their own month
 * @throws AggregateError after all tasks, if a part of one failed
 */
export async function upkeepOfLake(
  database: Database,
  lake: Lake,
  { now, keepMonths, isLate }: { readonly now: Date; readonly keepMonths: number; readonly isLate: () => boolean },
): Promise<LakeUpkeepResult> {
  const failures: unknown[] = [];
  const expired = await expire(database, monthFrom(now, -keepMonths), failures);
  const deleted = await deleteObjects(database, lake, isLate, failures);
  const erasures = await eraseFromLake(database, lake, isLate, failures);
  if (failures.length > 0) {
    throw new AggregateError(
      failures,
      `lake-upkeep: expected all sites to succeed, got ${failures.length} failures, first: ${failures[0]}; the next run repeats them`,
    );
  }
  return { erasures, expired, deleted };
}

/** Takes the days before the month from the catalogue, with their counts; their objects await the deletion. */
async function expire(database: Database, before: string, failures: unknown[]): Promise<number> {
  let expired = 0;
  for (const id of await database.upkeep('sitesWithExpiredLakeDays', before)) {
    const site = siteId(id);
    try {
      expired += await database.withSite(site, { ...upkeepActor, doing: 'expire lake days' }, async (session) => {
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

/** Deletes the objects that no file of the lake has any more; their last versions end with those of the bucket. */
async function deleteObjects(database: Database, lake: Lake, isLate: () => boolean, failures: unknown[]): Promise<number> {
  let deleted = 0;
  for (const id of await database.upkeep('sitesWithLakeDeletions')) {
    const site = siteId(id);
    const inSite = <R extends object>(text: string, value: string | number) =>
      database.withSite(
        site,
        { ...upkeepActor, doing: 'delete lake objects' },
        async (session) => (await session.query<R & { _?: never }>(text, [value])).rows,
      );
    try {
      for (let more = true; more; ) {
        const objects = await inSite<{ key: string }>('select rempart.lake_objects_to_delete($1) as key', listed);
        for (const { key } of objects) {
          if (isLate()) return deleted;
          await lake.of(site).remove(key);
          await inSite('select rempart.record_lake_deletion($1)', key);
          deleted++;
        }
        more = objects.length === listed;
      }
    } catch (error) {
      failures.push(new Error(`objects of site ${site}: ${error instanceof Error ? error.message : error}`, { cause: error }));
    }
  }
  return deleted;
}

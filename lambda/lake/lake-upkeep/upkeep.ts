// Hourly upkeep of the lake: erasures in its objects, days that are kept no longer, and objects that are replaced.
import type { Database } from '../../../runtime/database';
import { monthFrom } from '../../../runtime/hit-days';
import type { Lake, LakeStore } from '../../../runtime/lake/store';
import { type SiteId, siteId } from '../../../runtime/site';
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
 * Runs all tasks. A failed site does not prevent the others. The deletions come before the erasures, which are
 * finished only when no object that awaits its deletion has the rows. A run that ends early is continued by the next.
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
  const erasures = await eraseFromLake(database, lake, { now, isLate }, failures);
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
    try {
      for (let more = true; more; ) {
        const keys = await keysToDelete(database, site);
        for (const key of keys) {
          if (isLate()) return deleted;
          deleted += Number(await deleteObject(database, lake.of(site), site, key));
        }
        more = keys.length === listed;
      }
    } catch (error) {
      failures.push(new Error(`objects of site ${site}: ${error instanceof Error ? error.message : error}`, { cause: error }));
    }
  }
  return deleted;
}

const deletionActor = { ...upkeepActor, doing: 'delete lake objects' } as const;

const keysToDelete = (database: Database, site: SiteId): Promise<readonly string[]> =>
  database.withSite(site, deletionActor, async (session) => {
    const { rows } = await session.query<{ key: string }>('select rempart.lake_objects_to_delete($1) as key', [listed]);
    return rows.map(({ key }) => key);
  });

/**
 * Deletes an object while its entry is locked: an export that has the same content waits, and then writes it again. If
 * the deletion fails, the entry stays. False if the object was announced again since it was listed, or is gone.
 */
const deleteObject = (database: Database, store: LakeStore, site: SiteId, key: string): Promise<boolean> =>
  database.withSite(site, deletionActor, async (session) => {
    const { rows } = await session.query<{ due: boolean }>('select rempart.record_lake_deletion($1) as due', [key]);
    if (rows[0]?.due !== true) return false;
    await store.remove(key);
    return true;
  });

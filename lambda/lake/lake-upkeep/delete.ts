// Deletion of the objects that no file of the lake has any more, in batches of one site.
import type { Database } from '../../../runtime/database';
import type { Lake, LakeStore } from '../../../runtime/lake/store';
import { type SiteId, siteId } from '../../../runtime/site';
import { stopwatch } from '../../../runtime/stopwatch';

const deletionActor = { name: 'lake-upkeep', from: 'schedule', doing: 'delete lake objects' } as const;

/** Objects of a batch, whose entries are locked together. */
const batchObjects = 200;

/** Objects that are deleted at once. */
const deletedAtOnce = 16;

/**
 * Time in milliseconds after which a batch begins no deletion, and limit of its transaction: the last deletions end in
 * between (`boundedCalls`). One that is sent later than its lock could hit an object that a writer stored again.
 */
const batchMilliseconds = 10_000;
const lockedMilliseconds = 175_000;

/**
 * Deletes the objects that await it, of the site with the oldest first, until `isLate` returns true. A site or an
 * object that fails does not prevent the others; its error is added to `failures`, and the next run repeats it.
 */
export async function deleteObjects(database: Database, lake: Lake, isLate: () => boolean, failures: unknown[]): Promise<number> {
  let deleted = 0;
  if (isLate()) return deleted;
  for (const id of await database.upkeep('sitesWithLakeDeletions')) {
    if (isLate()) break;
    deleted += await deleteObjectsOf(database, lake, siteId(id), isLate, failures);
  }
  return deleted;
}

/** The same for one site. */
export async function deleteObjectsOf(
  database: Database,
  lake: Lake,
  site: SiteId,
  isLate: () => boolean,
  failures: unknown[],
): Promise<number> {
  let deleted = 0;
  const kept: unknown[] = [];
  try {
    const store = lake.of(site);
    for (let behind: string | undefined = ''; behind !== undefined && !isLate(); ) {
      const batch: Batch = await deleteBatch(database, store, site, behind, isLate);
      behind = batch.behind;
      deleted += batch.deleted;
      kept.push(...batch.failures);
    }
  } catch (error) {
    failures.push(new Error(`objects of site ${site}: ${messageOf(error)}`, { cause: error }));
  }
  if (kept.length > 0)
    failures.push(
      new Error(
        `objects of site ${site}: expected all to be deleted, got ${kept.length} that were not, first: ${messageOf(kept[0])}; the next run repeats them`,
        { cause: kept[0] },
      ),
    );
  return deleted;
}

interface Batch {
  readonly deleted: number;
  readonly failures: readonly unknown[];
  /** Last key of the batch; `undefined` if no other is behind it. */
  readonly behind: string | undefined;
}

/**
 * Deletes some objects while their entries are locked: an export that has the same content waits, and then writes it
 * again. The entries of those that failed stay. Each object is a request of its own: the audit trail has no keys of a
 * request `DeleteObjects` ("Logging options for Amazon S3"), and is to name each object. (TOM-4.8)
 */
const deleteBatch = (database: Database, store: LakeStore, site: SiteId, behind: string, isLate: () => boolean): Promise<Batch> =>
  database.withSite(
    site,
    deletionActor,
    async (session) => {
      const { rows } = await session.query<{ key: string }>('select rempart.lake_objects_to_delete($1, $2) as key', [behind, batchObjects]);
      const duration = stopwatch();
      const keys = rows.map(({ key }) => key);
      const { deleted, failures } = await removeAll(store, keys, () => isLate() || duration() > batchMilliseconds);
      await session.query('select rempart.record_lake_deletions($1)', [deleted]);
      const tried = deleted.length + failures.length;
      const isLast = tried === keys.length && tried < batchObjects;
      return { deleted: deleted.length, failures, behind: isLast ? undefined : (keys[tried - 1] ?? behind) };
    },
    { milliseconds: lockedMilliseconds },
  );

async function removeAll(store: LakeStore, keys: readonly string[], isLate: () => boolean) {
  const deleted: string[] = [];
  const failures: unknown[] = [];
  const queue = keys.values();
  const work = async () => {
    for (const key of queue) {
      if (isLate()) return;
      await store.remove(key).then(
        () => deleted.push(key),
        (error: unknown) => failures.push(error),
      );
    }
  };
  await Promise.all(Array.from({ length: deletedAtOnce }, work));
  return { deleted, failures };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

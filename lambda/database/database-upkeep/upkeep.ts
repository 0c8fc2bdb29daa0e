// Daily upkeep of the database: creates and drops months of hits, completes erasures, removes old rejects and ids.
import type { Database } from '../../../runtime/database';
import type { Session } from '../../../runtime/database-session';
import { type Actor, siteId } from '../../../runtime/site';

export interface UpkeepResult {
  /** Present months of hits, as their first days. */
  readonly months: readonly string[];
  /** Dropped months. */
  readonly dropped: readonly string[];
  readonly erasuresFinished: number;
  readonly rejectsRemoved: number;
  /** Removed ids of clients, under which no hit can be delivered any more. */
  readonly idsRemoved: number;
}

const upkeepActor = { name: 'database-upkeep', from: 'schedule' } as const;
/** Months created in advance, so that ingestion continues through three months without upkeep. */
const monthsAhead = 3;

/** First day of the month `offset` months from `now`, in UTC. */
const firstOfMonth = (now: Date, offset: number) =>
  new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset, 1)).toISOString().slice(0, 10);

/** Time limit of one batch in milliseconds; the database removes at most 10,000 rows in a batch. */
const batchMilliseconds = 120_000;

/** Runs all tasks. A failed task does not prevent the others. A second run on the same day changes nothing. */
export async function upkeep(database: Database, keepMonths: number, now: Date): Promise<UpkeepResult> {
  const failures: unknown[] = [];
  // Creating and detaching a month fail while a long query locks the hits; the next run retries them.
  const failed = (error: unknown) => void failures.push(error);
  for (let offset = -1; offset <= monthsAhead; offset++) await database.upkeep('createHitMonth', firstOfMonth(now, offset)).catch(failed);
  const finished = await runForEachSite(
    database,
    'sitesWithDueErasures',
    'select rempart.remove_erased() as done',
    'remove erased',
    failures,
  );
  const rejects = await runForEachSite(
    database,
    'sitesWithOldRejects',
    'select rempart.remove_old_rejects() as done',
    'remove old rejects',
    failures,
  );
  const ids = await runForEachSite(database, 'sitesWithOldIds', 'select rempart.remove_old_ids() as done', 'remove old ids', failures);
  while (Number((await database.upkeep('removeOldStrays'))[0]) > 0);
  const dropped = (await dropOldMonths(database, firstOfMonth(now, -keepMonths)).catch(failed)) ?? [];
  if (failures.length > 0)
    throw new AggregateError(
      failures,
      `upkeep: expected all tasks to succeed, got ${failures.length} failures, first: ${failures[0]}; run the function again`,
    );
  const months = (await database.upkeep('hitMonths')).map(String);
  return { months, dropped, erasuresFinished: finished, rejectsRemoved: rejects, idsRemoved: ids };
}

// Two steps, each in its own transaction; the next run retries a month whose drop failed.
async function dropOldMonths(database: Database, oldest: string): Promise<string[]> {
  for (const first of (await database.upkeep('hitMonths')).map(String)) {
    if (first < oldest) await database.upkeep('detachHitMonth', first);
  }
  const old = (await database.upkeep('detachedHitMonths')).map(String).filter((first) => first < oldest);
  for (const first of old) await database.upkeep('dropHitMonth', first);
  return old;
}

/** Runs the statement in batches, each committed, until the database no longer lists the site. */
async function runForEachSite(
  database: Database,
  sites: 'sitesWithDueErasures' | 'sitesWithOldRejects' | 'sitesWithOldIds',
  statement: string,
  doing: Actor['doing'],
  failures: unknown[],
): Promise<number> {
  let total = 0;
  const batch = async (session: Session) => {
    const { rows } = await session.query<{ done: string | number }>(statement);
    return Number(rows[0]?.done ?? 0);
  };
  for (const id of await database.upkeep(sites)) {
    try {
      do total += await database.withSite(siteId(id), { ...upkeepActor, doing }, batch, { milliseconds: batchMilliseconds });
      while ((await database.upkeep(sites)).includes(id));
    } catch (error) {
      failures.push(error);
    }
  }
  return total;
}

// What the database needs done every day: months made and taken out, erasures finished, old rejects removed.
import type { Database } from '../../../runtime/database';
import type { Session } from '../../../runtime/database-session';
import { type Actor, siteId } from '../../../runtime/site';

export interface Upkeep {
  /** Months that there are now, as first days. */
  readonly months: readonly string[];
  /** Months that left. */
  readonly dropped: readonly string[];
  readonly erasuresFinished: number;
  readonly rejectsRemoved: number;
}

const upkeepActor = { name: 'database-upkeep', from: 'schedule' } as const;
/** Months that are made ahead, so that three failed months of upkeep stop nothing. */
const monthsAhead = 3;

/** First day of the month `offset` months from `now`, in UTC. */
const month = (now: Date, offset: number) =>
  new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset, 1)).toISOString().slice(0, 10);

/** Milliseconds for one batch: the database removes at most 10,000 rows in one. */
const batchMilliseconds = 120_000;

/** Does all of it; a second run on the same day finds nothing to do. One part's failure does not keep the others waiting. */
export async function upkeep(database: Database, keepMonths: number, now: Date): Promise<Upkeep> {
  const failures: unknown[] = [];
  // Making and detaching a month give up where a long report holds the hits; the next run finds them again.
  const failed = (error: unknown) => void failures.push(error);
  for (let offset = -1; offset <= monthsAhead; offset++) await database.upkeep('createHitMonth', month(now, offset)).catch(failed);
  const finished = await eachSite(database, 'sitesWithDueErasures', 'select rempart.remove_erased() as done', 'remove erased', failures);
  const rejects = await eachSite(
    database,
    'sitesWithOldRejects',
    'select rempart.remove_old_rejects() as done',
    'remove old rejects',
    failures,
  );
  while (Number((await database.upkeep('removeOldStrays'))[0]) > 0);
  const dropped = (await dropOldMonths(database, month(now, -keepMonths)).catch(failed)) ?? [];
  if (failures.length > 0)
    throw new AggregateError(
      failures,
      `upkeep: expected all of it to be done, got ${failures.length} failures, first: ${failures[0]}; run it again`,
    );
  return { months: (await database.upkeep('hitMonths')).map(String), dropped, erasuresFinished: finished, rejectsRemoved: rejects };
}

// Two steps, each in its own transaction; a month whose drop failed is found again by the next run.
async function dropOldMonths(database: Database, oldest: string): Promise<string[]> {
  for (const first of (await database.upkeep('hitMonths')).map(String)) {
    if (first < oldest) await database.upkeep('detachHitMonth', first);
  }
  const old = (await database.upkeep('detachedHitMonths')).map(String).filter((first) => first < oldest);
  for (const first of old) await database.upkeep('dropHitMonth', first);
  return old;
}

/** Batch by batch, each committed: a site is done when the database names it no more. */
async function eachSite(
  database: Database,
  which: 'sitesWithDueErasures' | 'sitesWithOldRejects',
  statement: string,
  doing: Actor['doing'],
  failures: unknown[],
): Promise<number> {
  let total = 0;
  const batch = async (session: Session) => {
    const { rows } = await session.query<{ done: string | number }>(statement);
    return Number(rows[0]?.done ?? 0);
  };
  for (const id of await database.upkeep(which)) {
    try {
      do total += await database.withSite(siteId(id), { ...upkeepActor, doing }, batch, { milliseconds: batchMilliseconds });
      while ((await database.upkeep(which)).includes(id));
    } catch (error) {
      failures.push(error);
    }
  }
  return total;
}

// What the database needs done every day: months made and taken out, erasures finished, old rejects removed.
import type { Database } from '../../runtime/database';
import { type Actor, siteId } from '../../runtime/site';

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

/** Does all of it; a second run on the same day finds nothing to do. One site's failure does not keep the others waiting. */
export async function upkeep(database: Database, keepMonths: number, now: Date): Promise<Upkeep> {
  for (let offset = -1; offset <= monthsAhead; offset++) await database.upkeep('createHitMonth', month(now, offset));
  const dropped = await dropOldMonths(database, month(now, -keepMonths));
  const failures: unknown[] = [];
  const finished = await eachSite(database, 'sitesWithDueErasures', 'select rempart.remove_erased() as done', 'remove erased', failures);
  const rejects = await eachSite(database, 'liveSites', 'select rempart.remove_old_rejects() as done', 'remove old rejects', failures);
  await database.upkeep('removeOldStrays');
  if (failures.length > 0)
    throw new AggregateError(failures, `upkeep: expected every site to be done, got ${failures.length} failures; run it again`);
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

async function eachSite(
  database: Database,
  which: 'sitesWithDueErasures' | 'liveSites',
  statement: string,
  doing: Actor['doing'],
  failures: unknown[],
): Promise<number> {
  let total = 0;
  for (const id of await database.upkeep(which)) {
    try {
      total += await database.withSite(siteId(id), { ...upkeepActor, doing }, async (session) => {
        const { rows } = await session.query<{ done: string | number }>(statement);
        return Number(rows[0]?.done ?? 0);
      });
    } catch (error) {
      failures.push(error);
    }
  }
  return total;
}

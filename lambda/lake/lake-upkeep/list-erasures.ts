// Erasures since a time, for an operator who repeats them in a database that is restored from before. (DSS-4.2)
import type { Database } from '../../../runtime/database';
import { siteId } from '../../../runtime/site';

/** Request of an operator. */
export interface ErasuresRequest {
  readonly erasures: {
    /** ISO time: that of the snapshot. */
    readonly since: string;
  };
}

export interface ListedErasure {
  readonly site: number;
  /** Id of the person, if the erasure named one. */
  readonly person: string | null;
  /** Pseudonym in hits, if the person has one. */
  readonly visitor: string | null;
}

const actor = { name: 'lake-upkeep', from: 'operator', doing: 'list erasures' } as const;

export const isErasures = (event: unknown): event is ErasuresRequest => typeof event === 'object' && event !== null && 'erasures' in event;

/** Lists them site by site, each with its entry in the access log. */
export async function listErasures(database: Database, { erasures }: ErasuresRequest): Promise<readonly ListedErasure[]> {
  const since = String(erasures?.since);
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2})$/.test(since))
    throw new RangeError(`erasures: expected a time such as 2026-11-30T04:15:00Z, got ${since}; name the time of the snapshot`);
  const listed: ListedErasure[] = [];
  for (const id of await database.upkeep('sitesWithErasuresSince', since)) {
    const site = siteId(id);
    const rows = await database.withSite(site, actor, async (session) => {
      const found = await session.query<Omit<ListedErasure, 'site'>>('select person, visitor from rempart.erasures_since($1)', [since]);
      return found.rows;
    });
    listed.push(...rows.map(({ person, visitor }) => ({ site, person, visitor })));
  }
  return listed;
}

// Erases one person from one site: hides the rows now; the upkeep removes them within a day. (DSS-4.2, TOM-4.10)
import type { Database } from '../../../runtime/database';
import type { PersonRequest } from '../../../runtime/person';

export type ErasureResult =
  | {
      readonly erasure: string;
      /** Time until which the rows are removed, from the database and the lake. */
      readonly removedBy: string;
      /** Day (UTC) on which the last old version and backup with the rows is gone, as in 2026-12-31. */
      readonly gone: string;
      /** Number of hidden rows, by table. */
      readonly hidden: { readonly [table: string]: number };
    }
  /** The site has no such person. */
  | 'nobody';

/** Marks all rows of the person as deleted; the upkeep removes them. A repeated call includes rows stored since. */
export async function erasePerson(database: Database, { site, person, actor }: PersonRequest): Promise<ErasureResult> {
  return database.withSite(site, { ...actor, doing: 'erase person' }, async (session) => {
    const { rows } = await session.query<{ erasure: string | null }>('select rempart.erase_person($1, $2) as erasure', [
      person.id ?? null,
      person.visitor ?? null,
    ]);
    const erasure = rows[0]?.erasure;
    if (!erasure) return 'nobody';
    const planned = await session.query<{ removed_by: Date; gone: string; counts: { [table: string]: number } }>(
      `select requested_at + interval '24 hours' as removed_by, to_char(gone_on, 'YYYY-MM-DD') as gone, counts
       from rempart.erasures where id = $1`,
      [erasure],
    );
    const [plan] = planned.rows;
    if (!plan) throw new Error(`erasure ${erasure}: expected an entry, got none; nothing was erased, call the function again`);
    return { erasure, removedBy: plan.removed_by.toISOString(), gone: plan.gone, hidden: plan.counts };
  });
}

// Erases one person from one site: hides the rows now and removes them when the backups with them expire. (DSS-4.2,
// TOM-4.10)
import type { Database } from '../../../runtime/database';
import type { PersonRequest } from '../../../runtime/person';

export type ErasureResult =
  | {
      readonly erasure: string;
      /** Time of the permanent removal. */
      readonly due: string;
      /** Number of hidden rows, by table. */
      readonly hidden: { readonly [table: string]: number };
    }
  /** The site has no such person. */
  | 'nobody';

/** Marks all rows of the person as deleted and schedules their removal. A repeated call includes rows stored since. */
export async function erasePerson(database: Database, { site, person, actor }: PersonRequest): Promise<ErasureResult> {
  return database.withSite(site, { ...actor, doing: 'erase person' }, async (session) => {
    const { rows } = await session.query<{ erasure: string | null }>('select rempart.erase_person($1, $2) as erasure', [
      person.id ?? null,
      person.visitor ?? null,
    ]);
    const erasure = rows[0]?.erasure;
    if (!erasure) return 'nobody';
    const planned = await session.query<{ due_at: Date; counts: { [table: string]: number } }>(
      'select due_at, counts from rempart.erasures where id = $1',
      [erasure],
    );
    const [plan] = planned.rows;
    if (!plan) throw new Error(`erasure ${erasure}: expected an entry, got none; nothing was erased, call the function again`);
    return { erasure, due: plan.due_at.toISOString(), hidden: plan.counts };
  });
}

// Erases one person from one site: hidden now, gone when the backups that hold the rows are (DSS-4.2, TOM-4.10).
import type { Database } from '../../../runtime/database';
import type { PersonRequest } from '../../../runtime/person';

export type Erased =
  | {
      readonly erasure: string;
      /** When the rows are removed for good. */
      readonly due: string;
      /** Rows that were hidden, by table. */
      readonly hidden: { readonly [table: string]: number };
    }
  /** The site has no such person. */
  | 'nobody';

/** Marks all rows of the person as deleted and plans their removal; asking again plans it again, for rows that came since. */
export async function erasePerson(database: Database, { site, person, actor }: PersonRequest): Promise<Erased> {
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
    if (!plan) throw new Error(`erasure ${erasure}: expected it to be recorded, found none; nothing was erased`);
    return { erasure, due: plan.due_at.toISOString(), hidden: plan.counts };
  });
}

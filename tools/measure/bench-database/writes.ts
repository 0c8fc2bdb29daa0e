// The cost of the modification log for writes.
import { siteId } from '../../../runtime/site';
import { tester } from '../../local-database/rempart';
import { type Comparison, compare } from './measure';
import type { Bench } from './prepare';

const statements = [
  {
    name: 'insert a person',
    sql: `insert into rempart.people (site_id, name, email) select $1, 'New', 'new@example.com' from generate_series(1, $2::integer)`,
  },
  { name: 'update a person', sql: `update rempart.people set name = 'New ' || $2 where site_id = $1 and email = $3` },
] as const;

/** Writes in each transaction through `withSite`, which is timed with its commit. */
const writes = 50;

export async function benchWrites(bench: Bench, rounds: number): Promise<Comparison[]> {
  const results: Comparison[] = [];
  const site = siteId(Math.ceil(bench.sites / 2));
  for (const { name, sql } of statements) {
    const insert = name.startsWith('insert');
    const work = () =>
      bench.application.withSite(site, tester, async (session) => {
        for (let count = 0; count < writes; count++) {
          await session.query(sql, insert ? [site, 1] : [site, String(count % 10), `p${1 + (count % 20)}@example.com`]);
        }
      });
    const setTrigger = (on: boolean) => async () =>
      bench.superuser.query(`alter table rempart.people ${on ? 'enable' : 'disable'} trigger log_row`);
    results.push(await withAndWithout(name, Math.ceil(rounds / 3), work, setTrigger(true), setTrigger(false)));
    await setTrigger(true)();
  }
  return results;
}

/** Excludes the switch of the trigger from the result: it happens once before the calls of a variant. */
async function withAndWithout(
  name: string,
  rounds: number,
  work: () => Promise<unknown>,
  on: () => Promise<unknown>,
  off: () => Promise<unknown>,
): Promise<Comparison> {
  const parts: Comparison[] = [];
  for (let round = 0; round < rounds; round++) {
    let last = '';
    const variant = (which: 'on' | 'off', turn: () => Promise<unknown>) => async () => {
      if (last !== which) {
        await turn();
        last = which;
      }
      await work();
    };
    // The fastest tenth of the calls excludes the one with the switch.
    parts.push(await compare(name, 1, 5, variant('on', on), variant('off', off)));
  }
  const middle = (of: (part: Comparison) => number) => parts.map(of).sort((a, b) => a - b)[parts.length >> 1] ?? 0;
  const perWrite = (microseconds: number) => Math.round((microseconds / writes) * 10) / 10;
  return {
    name: `${name} (a write)`,
    with: perWrite(middle((part) => part.with)),
    without: perWrite(middle((part) => part.without)),
    cost: middle((part) => part.cost),
  };
}

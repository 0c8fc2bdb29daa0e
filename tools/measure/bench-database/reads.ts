// Reads under row security, and the same reads with the site in the query by a role that bypasses row security.
import type { DirectConnection } from '../../../runtime/database-connection';
import { siteId } from '../../../runtime/site';
import { enterSite, tester } from '../../local-database/rempart';
import { type Comparison, compare } from './measure';
import type { Bench } from './prepare';

/**
 * Each query reads the same number of rows for any number of sites, except the report of a whole site. `$site` is the
 * condition that the other role needs in the query. Hits have bounds in time, as in the portal, so that the plan
 * includes only their months.
 */
const since = 'received_at >= $2 and received_at < $3';
export const queries: readonly { readonly name: string; readonly sql: string }[] = [
  { name: 'one person by key', sql: 'select * from rempart.people where id = md5($1)::uuid $site' },
  {
    name: 'people with rights (20)',
    sql: 'select p.name, r.role from rempart.people p join rempart.person_rights r on r.site_id = p.site_id and r.person_id = p.id where $1::text is not null $p $r',
  },
  { name: 'hits of a visitor (10)', sql: `select * from rempart.hits where visitor = $1 and ${since} $site` },
  {
    name: 'newest hits (50)',
    sql: `select * from rempart.hits where $1::text is not null and ${since} $site order by received_at desc limit 50`,
  },
  {
    name: 'report of 200 hits',
    sql: `select url, count(*) from (select url from rempart.hits where $1::text is not null and ${since} $site order by received_at desc limit 200) h group by url`,
  },
  {
    name: 'report of the whole site',
    sql: `select date_trunc('day', received_at), kind, count(*), count(distinct visitor), sum((fields ->> 'amount')::numeric)
          from rempart.hits where $1::text is not null and ${since} $site group by 1, 2`,
  },
];

const withSiteLiteral = (sql: string, site: number) =>
  sql
    .replace('$site', `and site_id = ${site} and deleted_at is null`)
    .replace('$p', `and p.site_id = ${site} and p.deleted_at is null`)
    .replace('$r', `and r.site_id = ${site} and r.deleted_at is null`);
export const withSiteContext = (sql: string) => sql.replace('$site', '').replace('$p', '').replace('$r', '');

export async function benchReads(bench: Bench, rounds: number): Promise<Comparison[]> {
  const results: Comparison[] = [];
  for (const { name, sql } of queries) {
    // The same few sites for every query, spread over all sites.
    const perSite: Comparison[] = [];
    for (const part of [0.1, 0.5, 0.9]) {
      const site = Math.max(1, Math.round(bench.sites * part));
      await enterSite(bench.bound, bench.contextKey, siteId(site));
      await bench.free.query('begin');
      const value = name.startsWith('one') ? `${site}/7` : visitor;
      const values = valuesOf(sql, value);
      const run = (client: DirectConnection, text: string) => () => client.query(text, values);
      const [texts] = [[withSiteContext(sql), withSiteLiteral(sql, site)] as const];
      await requireSameRows(bench, texts, values);
      perSite.push(
        await compare(
          name,
          Math.ceil(rounds / 3),
          name.endsWith('whole site') ? Math.min(40, Math.ceil(bench.sites / 4)) : 40,
          run(bench.bound, texts[0]),
          run(bench.free, texts[1]),
          bench.processes,
        ),
      );
      await bench.bound.query('rollback');
      await bench.free.query('rollback');
    }
    results.push(averageOf(name, perSite));
  }
  return [...results, ...(await benchDoor(bench, rounds))];
}

/** A visitor with ten hits; every site with at least twenty hits has one. */
export const visitor = 'v1';

/** The value of the query, and the bounds in time. */
export function valuesOf(sql: string, value: string): string[] {
  const day = (ahead: number) => new Date(Date.now() + ahead * 86_400_000).toISOString();
  return sql.includes('$3') ? [value, day(-15), day(1)] : [value];
}

/** Throws unless both roles read the same rows; otherwise the comparison would be invalid. */
async function requireSameRows({ bound, free }: Bench, [one, other]: readonly [string, string], values: string[]): Promise<void> {
  const answers = [(await bound.query(one, values)).rows, (await free.query(other, values)).rows].map((rows) =>
    rows.map((row) => JSON.stringify(row)).sort(),
  );
  if (answers[0]?.length === 0) throw new Error(`bench: expected rows for ${one}, got none; give each site 20 hits or more with --rows`);
  if (JSON.stringify(answers[0]) !== JSON.stringify(answers[1]))
    throw new Error(`bench: expected the same rows from both roles for ${one}`);
}

function averageOf(name: string, parts: readonly Comparison[]): Comparison {
  const mean = (of: (part: Comparison) => number) => parts.reduce((sum, part) => sum + of(part), 0) / parts.length;
  const times = { with: mean((part) => part.with), without: mean((part) => part.without) };
  const processor = { with: mean((part) => part.processor?.with ?? 0), without: mean((part) => part.processor?.without ?? 0) };
  return { name, ...times, cost: times.with / times.without - 1, ...(parts[0]?.processor ? { processor } : {}) };
}

const request = ['select * from rempart.people where $1::text is not null $site', queries[2]?.sql ?? '', queries[4]?.sql ?? ''];

/**
 * A request of the portal: three reads through `withSite`. Then `withSite` alone, with its proof, log entry and
 * cleanup.
 */
async function benchDoor(bench: Bench, rounds: number): Promise<Comparison[]> {
  const site = siteId(Math.ceil(bench.sites / 2));
  const open = bench.open('bench_free');
  const requestThrough = (door: Bench['application'], texts: readonly string[]) => () =>
    door.withSite(site, tester, async (session) => {
      for (const text of texts) await session.query(text, valuesOf(text, visitor));
    });
  const plain = async () => {
    await bench.free.query('begin');
    await bench.free.query('commit');
  };
  return [
    await compare(
      'request of three reads',
      rounds,
      20,
      requestThrough(bench.application, request.map(withSiteContext)),
      requestThrough(
        open,
        request.map((sql) => withSiteLiteral(sql, site)),
      ),
    ),
    await compare('empty withSite, begin+commit', Math.ceil(rounds / 3), 20, requestThrough(bench.application, []), plain),
  ];
}

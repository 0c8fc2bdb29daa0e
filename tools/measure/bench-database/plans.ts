// Plans and times with the statistics that the migrations keep, and with statistics of every column, side by side.
import type { DirectConnection } from '../../../runtime/database-connection';
import { siteId } from '../../../runtime/site';
import { enterSite } from '../../local-database/rempart';
import { median } from './measure';
import type { Bench } from './prepare';
import { queries, valuesOf, visitor, withSiteContext } from './reads';

/** A query with the statistics of the migrations (`limited`) and with those of every column (`full`). */
export interface PlanComparison {
  readonly name: string;
  readonly limited: PlanTime;
  readonly full: PlanTime;
}

interface PlanTime {
  /** Nodes from the root, as in `Limit < Index Scan hits_pkey`. Partitions of hits have the name of their parent. */
  readonly plan: string;
  /** Estimated and actual number of rows of the root. */
  readonly estimated: number;
  readonly actual: number;
  /** Medians of the times of execution and of planning, in milliseconds. */
  readonly milliseconds: number;
  readonly planning: number;
}

// Beside the reads of the portal: conditions, groups and joins on columns without statistics.
const more: readonly { readonly name: string; readonly sql: string }[] = [
  {
    name: 'hits of one page',
    sql: `select * from rempart.hits where url like '%item=' || length($1) and received_at >= $2 and received_at < $3`,
  },
  {
    name: 'hits of a kind',
    sql: `select count(*) from rempart.hits where kind = 'page' and $1::text is not null and received_at >= $2 and received_at < $3`,
  },
  {
    name: 'pages by number of hits',
    sql: `select url, count(*) from rempart.hits where $1::text is not null and received_at >= $2 and received_at < $3
          group by url order by 2 desc limit 20`,
  },
  {
    name: 'hits with their people',
    sql: `select p.name, count(*) from rempart.hits h join rempart.people p on p.site_id = h.site_id and p.visitor = h.visitor
          where $1::text is not null and h.received_at >= $2 and h.received_at < $3 group by p.name`,
  },
  { name: 'hits of a visitor, whole window', sql: 'select * from rempart.hits where visitor = $1' },
  {
    name: 'person export, first page',
    sql: `select to_jsonb(h)::text from rempart.hits h where visitor = $1 order by h.received_at, h.id limit 1000`,
  },
  { name: 'newest hits, whole window', sql: 'select * from rempart.hits where $1::text is not null order by received_at desc limit 50' },
  {
    name: 'overview, whole window',
    sql: `select (received_at at time zone 'UTC')::date, kind, count(*), count(distinct visitor) from rempart.hits
          where $1::text is not null group by 1, 2`,
  },
  { name: 'people by name', sql: `select * from rempart.people where name >= 'Person 1' and name < 'Person 2' and $1::text is not null` },
];

/** Measures each query on the site in the middle: first limited, then with full statistics, which stay. */
export async function benchPlans(bench: Bench, rounds: number): Promise<PlanComparison[]> {
  const all = [...queries, ...more];
  const measureAll = async () => {
    const results: PlanTime[] = [];
    for (const { name, sql } of all) results.push(await measure(bench, name, withSiteContext(sql), rounds));
    return results;
  };
  const limited = await measureAll();
  await keepEverything(bench.superuser);
  const full = await measureAll();
  return all.flatMap(({ name }, index) => {
    const [one, other] = [limited[index], full[index]];
    return one && other ? [{ name, limited: one, full: other }] : [];
  });
}

async function keepEverything(superuser: DirectConnection): Promise<void> {
  await superuser.query(`do $$ declare one record; begin
    for one in select attrelid::regclass as name, attname from pg_attribute join pg_class c on c.oid = attrelid
      where c.relnamespace = 'rempart'::regnamespace and c.relkind in ('r', 'p') and attnum > 0 and not attisdropped loop
      execute format('alter table %s alter column %I set statistics default', one.name, one.attname);
    end loop; end $$`);
  for (const table of ['hits', 'people', 'person_rights']) await superuser.query(`analyze rempart.${table}`);
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Plan Rows': number;
  readonly 'Actual Rows': number;
  readonly 'Parent Relationship'?: string;
  readonly Plans?: readonly PlanNode[];
}

async function measure({ bound, contextKey, sites }: Bench, name: string, sql: string, rounds: number): Promise<PlanTime> {
  const site = siteId(Math.max(1, Math.round(sites / 2)));
  await enterSite(bound, contextKey, site);
  const values = valuesOf(sql, name.startsWith('one') ? `${site}/7` : visitor);
  const times: number[] = [];
  const plannings: number[] = [];
  let root: PlanNode | undefined;
  for (let round = -1; round < rounds; round++) {
    const { rows } = await bound.query(`explain (analyze, timing off, format json) ${sql}`, values);
    const [answer] = rows[0]['QUERY PLAN'] as { Plan: PlanNode; 'Execution Time': number; 'Planning Time': number }[];
    root = answer?.Plan;
    if (round < 0 || !answer) continue;
    times.push(answer['Execution Time']);
    plannings.push(answer['Planning Time']);
  }
  await bound.query('rollback');
  if (!root) throw new Error(`bench: expected a plan of ${name}, got none`);
  return {
    plan: shapeOf(root),
    estimated: root['Plan Rows'],
    actual: root['Actual Rows'],
    milliseconds: Math.round(median(times) * 1000) / 1000,
    planning: Math.round(median(plannings) * 1000) / 1000,
  };
}

function shapeOf(node: PlanNode): string {
  const relation = node['Index Name'] ?? node['Relation Name'];
  const name = [node['Node Type'], relation?.replace(/^hits_\d{4}_\d\d(_\d\d)?/, 'hits')].filter((part) => part !== undefined).join(' ');
  const inner = (node.Plans ?? []).filter((plan) => plan['Parent Relationship'] !== 'InitPlan').map(shapeOf);
  const distinct = [...new Set(inner)];
  if (distinct.length === 0) return name;
  return distinct.length === 1 ? `${name} < ${distinct[0]}` : `${name} < (${distinct.join(', ')})`;
}

/** The comparisons of one number of sites as text for people. */
export function planFigures(sites: number, comparisons: readonly PlanComparison[]): string {
  const row = (name: string, { plan, estimated, actual, milliseconds, planning }: PlanTime) =>
    `  ${name.padEnd(8)} ${milliseconds.toFixed(3).padStart(10)} ms ${planning.toFixed(3).padStart(8)} ms ${String(estimated).padStart(9)} of ${String(actual).padEnd(9)} ${plan}`;
  return [
    `${sites} sites: median times of execution and of planning, estimated and actual rows, plan`,
    ...comparisons.flatMap(({ name, limited, full }) => [
      `${name}${limited.plan === full.plan ? '' : ' (another plan)'}`,
      row('limited', limited),
      row('full', full),
    ]),
    '',
  ].join('\n');
}

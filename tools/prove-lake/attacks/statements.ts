// Attacks by SQL on the catalogue of the lake, on a real server: as the application, which reads, and as upkeep, which
// writes; and a read after such statements, in the same transaction.
import type { Value } from '../../../runtime/database-session';
import { hitsOf } from '../../../runtime/lake/hits';
import { ReadLimits } from '../../../runtime/lake/limits';
import { tester } from '../../local-database/rempart';
import type { Attempt, Chance } from '../attempt';
import type { World } from '../world';

const tables = [
  'lake_files',
  'hit_days',
  'hit_counts',
  'reject_counts',
  'lasting_hits',
  'hits',
  'erasures',
  'lake_deletions',
  'lake_progress',
  'modification_log',
] as const;

const conditions = ({ own, other }: World): readonly string[] => [
  'true',
  `a.site_id = ${other.site}`,
  `a.site_id <> ${own.site}`,
  `a.site_id = any (array(select s from generate_series(1, 50) s))`,
  `set_config('rempart.site', '${other.site}', true) is not null or true`,
  `a.site_id::text ~ '.' or 1 = 1`,
  `exists (select from rempart.lake_files f where f.site_id = ${other.site} and f.object_key like 'lake/%')`,
  `not (a.site_id = ${own.site})`,
];

/** Statements that change what a later read finds, if they have an effect. */
const preparations = ({ own, other, day }: World): readonly string[] => [
  `select set_config('rempart.site', '${other.site}', true)`,
  `select set_config('rempart.site', '${other.site}', false), set_config('rempart.proof', '', false)`,
  `select set_config('search_path', 'pg_temp, rempart', true)`,
  `select set_config('role', 'rempart_guard', true)`,
  `select set_config('row_security', 'off', true)`,
  `select set_config('session_replication_role', 'replica', true)`,
  `do $$ begin execute 'set local role rempart_owner'; end $$`,
  `do $$ begin execute 'set local rempart.site = ''${other.site}'''; end $$`,
  `create temporary table lake_files as select ${other.site} as site_id`,
  `create temporary view lake_files as select * from rempart.lake_files`,
  `create view rempart.all_files as select * from rempart.lake_files`,
  `create policy open on rempart.lake_files using (true)`,
  `alter table rempart.lake_files no force row level security`,
  `create or replace function rempart.entered_site() returns integer language sql as 'select ${other.site}'`,
  `create function pg_temp.entered_site() returns integer language sql as 'select ${other.site}'`,
  `update rempart.lake_files set object_key = replace(object_key, 'site=${own.site}', 'site=${other.site}')`,
  `update rempart.lake_files set site_id = ${own.site} where site_id = ${other.site}`,
  `insert into rempart.lake_files select ${own.site}, day, object_key, rows, bytes, sha256, first_received, last_received from rempart.lake_files`,
  `delete from rempart.lake_files`,
  `delete from rempart.hit_days`,
  `select rempart.enter(${other.site}, 'attacker', 'here', 'steal', 'done', null, repeat('0', 64))`,
  `select nextval(oid) from pg_class where relname = 'entered_site'`,
  `select rempart.leave()`,
  `select rempart.erase_person(null, '%')`,
  `insert into rempart.hits (site_id, received_at, id, occurred_at, kind) values (${other.site}, '${day(5)}', gen_random_uuid(), now(), 'x')`,
  `update rempart.hits set kind = 'x' where site_id = ${other.site}`,
  `copy rempart.lake_files to stdout`,
  `explain (analyze, verbose) select * from rempart.lake_files where site_id = ${other.site}`,
];

const recorded = 'select rempart.record_lake_day($1, (select claim from rempart.begin_lake_day($1)), $2)';

/** Calls of upkeep with what is of another site. */
const calls = ({ own, other, day }: World): readonly (readonly [string, readonly Value[]])[] => {
  const [target = ''] = other.keys;
  // A name that nobody has: an entry of the attacker is no find when it is read again.
  const forged = target.replace(/[0-9a-f]{16}\.parquet$/, `${'0'.repeat(16)}.parquet`);
  const entry = { key: forged, rows: 5, bytes: 10, sha256: '00'.repeat(32), firstReceived: '0', lastReceived: '0' };
  const nobody = '00000000-0000-0000-0000-000000000000';
  return [
    ['select rempart.lake_days_due($1)', ['infinity']],
    ['select * from rempart.begin_lake_day($1)', [day(20)]],
    ['select * from rempart.hits_for_lake($1, null, null, 1000)', [day(20)]],
    ['select * from rempart.hits_for_lake($1, $2, $3, 1000)', [day(5), '-infinity', nobody]],
    ['select * from rempart.hits_for_lake($1, $2, null, 100000)', ['-infinity', '-infinity']],
    ['select rempart.plan_lake_file($1)', [target]],
    ['select rempart.plan_lake_file($1)', [`lake/site=${own.site}/../${forged}`]],
    [recorded, [day(20), JSON.stringify([entry])]],
    [recorded, [day(25), JSON.stringify([{ ...entry, key: `lake/site=${own.site}/../${forged}` }])]],
    [recorded, [day(20), JSON.stringify([{ ...entry, key: target }])]],
    [
      'select rempart.save_lake_progress($1, (select claim from rempart.begin_lake_day($1)), $2, $3, $4, true)',
      [day(20), day(20), nobody, JSON.stringify([entry])],
    ],
    ['select rempart.record_lake_rewrite(array(select id from rempart.lake_erasures() limit 1), $1, null, array[5]::bigint[])', [target]],
    ['select rempart.record_lake_rewrite(array[$1]::uuid[], $2, null, array[5]::bigint[])', [nobody, target]],
    ['select * from rempart.lake_erasures()', []],
    ['select * from rempart.lake_erasures_to_read()', []],
    ['select * from rempart.lake_files_to_erase(array[$1]::uuid[])', [nobody]],
    ['select rempart.finish_lake_erasure($1)', [nobody]],
    ['select rempart.lake_objects_to_delete()', []],
    ['select rempart.record_lake_deletions(array[$1])', [target]],
    ['select rempart.record_lake_deletions(array[$1])', [`gone-${other.marker}`]],
    ['select rempart.expire_lake_days($1)', ['1999-01-01']],
    ['select * from rempart.daily_counts($1, $2)', ['-infinity', 'infinity']],
    [`select set_config('rempart.site', $1, true), f.* from rempart.lake_files f`, [String(other.site)]],
    ['select * from rempart.hits', []],
    ['select * from rempart.lake_deletions', []],
  ];
};

function readText(at: World, chance: Chance): string {
  const [table, second] = [chance.pick(tables), chance.pick(tables)];
  const [where, also] = [chance.pick(conditions(at)), chance.pick(conditions(at)).replaceAll('a.', 'b.')];
  return chance.pick([
    `select * from rempart.${table} a where ${where}`,
    `select a.*, b.* from rempart.${table} a join rempart.${second} b on true where ${where} and ${also} limit 1000`,
    `select a.*, (select jsonb_agg(b) from rempart.${second} b where ${also}) from rempart.${table} a where ${where}`,
    `with a as materialized (select * from rempart.${table} a where ${where}) select * from a union all select * from a`,
    `select jsonb_agg(to_jsonb(a)) from rempart.${table} a where ${where} group by a.site_id`,
    `select query_to_xml('select * from rempart.${table}', true, false, '')`,
    `select * from rempart.${table} a full join rempart.${second} b on a.site_id = b.site_id where ${where} or ${also}`,
    `select * from rempart.daily_counts('-infinity', 'infinity') a where ${where}`,
    `select * from rempart.daily_rejects('-infinity', 'infinity') a where ${where}`,
    `table rempart.${table}`,
    `select most_common_vals::text, histogram_bounds::text from pg_stats where tablename like '${table}%'`,
  ]);
}

/** Some statements, each in a part of its own, and a read of the site's hits behind them. */
export function statementAttempt(at: World, chance: Chance): Attempt {
  const count = chance.pick([1, 2, 3]);
  const texts = Array.from({ length: count }, () => (chance.happens(0.4) ? chance.pick(preparations(at)) : readText(at, chance)));
  const isLast = chance.happens(0.5);
  const run = () =>
    at.db.application.withSite(at.own.site, tester, async (session) => {
      const seen: unknown[] = [];
      for (const text of texts) {
        const answer = session.attempt(async () => (await session.query(text)).rows);
        seen.push(await answer.catch((error: Error) => ({ ...error, message: error.message })));
      }
      const limits = new ReadLimits(2 ** 30, new Date(8.64e15));
      if (isLast) for await (const rows of hitsOf(session, at.bucket.lake('lake-reader').of(at.own.site), {}, limits)) seen.push(rows);
      return seen;
    });
  const family = isLast ? 'statements before a read' : 'statements on the catalogue';
  return { family, what: texts.join('; '), typed: texts.join(), run };
}

/** The family of those calls. */
export const callsOfUpkeep = 'calls of upkeep';

/** A call of upkeep in the attacker's site, which is rolled back: what it shows, and whether it is refused. */
export function upkeepAttempt(at: World, chance: Chance): Attempt {
  const [text, values] = chance.pick(calls(at));
  const run = () =>
    at.db.maintenance.withSite(
      at.own.site,
      { ...tester, doing: chance.pick(doings) },
      async (session) => (await session.query(text, values)).rows,
    );
  return { family: callsOfUpkeep, what: `${text} ${JSON.stringify(values)}`, typed: JSON.stringify(values), run };
}

const doings = ['export to lake', 'erase from lake', 'delete lake objects', 'expire lake days'] as const;

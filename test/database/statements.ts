// Random statements of somebody who got hold of the application role and wants the rows of another site.
import fc from 'fast-check';

/** What the attacker knows: more than one would, so that nothing depends on a number being secret. */
export interface Target {
  readonly own: number;
  readonly other: number;
  /** Ids of rows of the other site, by table. */
  readonly ids: { readonly people: string; readonly person_rights: string; readonly hits: string };
  readonly visitor: string;
  /** A proof that was good for the other site in an earlier transaction. */
  readonly stolenProof: string;
}

const tables = [
  'sites',
  'site_settings',
  'people',
  'person_rights',
  'hits',
  'rejects',
  'erasures',
  'counted_ids',
  'hit_days',
  'lake_files',
  'lake_deletions',
  'hit_counts',
  'reject_counts',
  'lasting_hits',
  'access_log',
  'modification_log',
] as const;
const written = ['people', 'person_rights', 'hits', 'site_settings'] as const;
const table = fc.constantFrom(...tables).map((name) => ({ name: `rempart.${name}`, site: name === 'sites' ? 'id' : 'site_id' }));
const writable = fc.constantFrom(...written);

const predicate = (at: Target, site: string): fc.Arbitrary<string> =>
  fc.constantFrom(
    'true',
    `${site} = ${at.other}`,
    `${site} <> ${at.own}`,
    `${site} in (${at.own}, ${at.other})`,
    `${site} = any (array(select s from generate_series(1, 50) s))`,
    `${site} = (select max(id) from rempart.sites)`,
    `exists (select from rempart.people p where p.site_id = ${at.other})`,
    `${site}::text ~ '.' or 1 = 1`,
    `coalesce(current_setting('rempart.site', true), '') <> 'x' or ${site} > 0`,
    `set_config('rempart.site', '${at.other}', true) is not null or true`,
    `not (${site} = ${at.own})`,
  );

const read = (at: Target): fc.Arbitrary<string> =>
  fc.tuple(table, table, fc.nat(13)).chain(([a, b, shape]) =>
    fc.tuple(predicate(at, `a.${a.site}`), predicate(at, `b.${b.site}`)).map(([p, q]) => {
      const shapes = [
        `select * from ${a.name} a where ${p}`,
        `select a.*, b.* from ${a.name} a join ${b.name} b on true where ${p} and ${q}`,
        `select a.*, (select jsonb_agg(b) from ${b.name} b where ${q}) from ${a.name} a where ${p}`,
        `with a as materialized (select * from ${a.name} a where ${p}) select * from a union all select * from a`,
        `with recursive r as (select 1 as n union all select n + 1 from r where n < 3) select r.n, a.* from r cross join lateral (select * from ${a.name} a where ${p}) a`,
        `select count(*), jsonb_agg(to_jsonb(a)) from ${a.name} a where ${p} group by a.${a.site}`,
        `select to_jsonb(a), row_number() over (partition by a.${a.site}) from ${a.name} a where ${p}`,
        `select * from ${a.name} a full join ${b.name} b on a.${a.site} = b.${b.site} where ${p} or ${q}`,
        `select a.* from ${a.name} a where ${p} for update`,
        `explain (analyze, verbose, format json) select * from ${a.name} a where ${p}`,
        `copy (select * from ${a.name} a where ${p}) to stdout`,
        `select query_to_xml('select * from ${a.name} a where ${p.replaceAll("'", "''")}', true, false, '')`,
        `select table_to_xml('${a.name}', true, false, '')`,
        `table ${a.name}`,
      ];
      return shapes[shape] ?? 'select 1';
    }),
  );

const write = (at: Target): fc.Arbitrary<string> =>
  fc.tuple(writable, fc.nat(13)).chain(([name, shape]) =>
    predicate(at, 'site_id').map((p) => {
      const full = `rempart.${name}`;
      const change = {
        people: "name = 'taken'",
        person_rights: "role = 'administrator'",
        hits: "url = 'taken'",
        site_settings: "sign_in = '{}'",
      }[name];
      const shapes = [
        `update ${full} set ${change} where ${p}`,
        `update ${full} set site_id = ${at.other} where ${p}`,
        `update ${full} set site_id = ${at.own} where site_id = ${at.other}`,
        `delete from ${full} where ${p}`,
        `truncate ${full}`,
        `update ${full} set deleted_at = null where ${p}`,
        `insert into ${full} select * from ${full} where ${p}`,
        `insert into rempart.people (site_id, name) values (${at.other}, 'planted')`,
        `insert into rempart.people (site_id, id, name) values (${at.other}, '${at.ids.people}', 'taken') on conflict (site_id, id) do update set name = excluded.name`,
        `insert into rempart.people (site_id, id, name) values (${at.own}, '${at.ids.people}', 'same id') on conflict do nothing`,
        `insert into rempart.person_rights (site_id, person_id, role) values (${at.own}, '${at.ids.people}', 'administrator')`,
        `merge into rempart.people t using (select ${at.other} as site, '${at.ids.people}'::uuid as id) s on t.id = s.id
           when matched then update set name = 'taken' when not matched then insert (site_id, id, name) values (s.site, s.id, 'taken')`,
        `with w as (update ${full} set ${change} where ${p} returning *) select * from w`,
        `insert into rempart.hits (site_id, received_at, id, occurred_at, kind) values (${at.other}, now(), gen_random_uuid(), now(), 'planted')`,
      ];
      return shapes[shape] ?? 'select 1';
    }),
  );

const call = (at: Target): fc.Arbitrary<string> =>
  fc.constantFrom(
    `select rempart.mark_deleted('people', '${at.ids.people}')`,
    `select rempart.mark_deleted('hits', '${at.ids.hits}')`,
    `select rempart.restore_deleted('person_rights', '${at.ids.person_rights}')`,
    `select rempart.mark_deleted('people; drop table rempart.people', '${at.ids.people}')`,
    `select rempart.erase_person('${at.ids.people}', null)`,
    `select rempart.erase_person(null, '${at.visitor}')`,
    'select rempart.remove_erased()',
    'select rempart.remove_old_ids()',
    'select rempart.sites_with_old_ids()',
    'select rempart.sites_with_old_rejects()',
    `select rempart.site_id('target')`,
    'select rempart.collection_sites()',
    `select rempart.create_site('planted', 'planted', false, 'x', 'y')`,
    `select rempart.support_open(${at.other}, 'a reason that is long enough', 'here')`,
    'select rempart.support_sites()',
    `select rempart.staff_entry(${at.other}, 'x', 'here', 'done', null)`,
    `select rempart.admit_staff('attacker', 'support', 1, 'here', 'here')`,
    'select * from rempart_private.staff',
    'set role rempart_admission',
    `select rempart.detach_hit_month('2020-01-01')`,
    `select rempart.detach_hit_partition('hits_2020_01')`,
    `select * from rempart.hits_for_lake(current_date, null, null, 1)`,
    `select rempart.record_lake_day(current_date, gen_random_uuid(), '[]')`,
    'select * from rempart.lake_erasures()',
    `select * from rempart.daily_counts('-infinity', 'infinity')`,
    `select * from rempart.daily_rejects('2020-01-01', '2040-01-01')`,
    `select rempart_private.install_context_key(9, decode(repeat('00', 32), 'hex'))`,
    `select rempart.enter(${at.other}, 'attacker', 'here', 'steal', 'done', null, '${at.stolenProof}')`,
    `select rempart.enter(${at.other}, 'attacker', 'here', 'steal', 'done', null, current_setting('rempart.proof'))`,
    `select rempart.enter(${at.own}, current_setting('rempart.actor'), current_setting('rempart.source'), 'never happened', 'failed', 'x', current_setting('rempart.proof'))`,
    `select rempart.enter(${at.own}, 'attacker', 'here', 'support', 'opened', 'forged', current_setting('rempart.proof'))`,
    'select rempart.log_row()',
    `select rempart.signed_by(${at.other}, true)`,
    `select rempart.forget_hit_month('2026-01-01')`,
    'select rempart.leave()',
    'select rempart.clean_session()',
  );

const context = (at: Target): fc.Arbitrary<string> =>
  fc.constantFrom(
    `set rempart.site = '${at.other}'`,
    `set local rempart.site = '${at.other}'`,
    `select set_config('rempart.site', '${at.other}', false), set_config('rempart.proof', '${at.stolenProof}', false)`,
    `select set_config('rempart.proof', '', true)`,
    `select set_config('rempart.actor', 'somebody else', true)`,
    `reset rempart.site`,
    'reset all',
    'discard all',
    'discard sequences',
    `select setval(oid, ${at.other}) from pg_class where relname = 'entered_site'`,
    `select nextval(oid) from pg_class where relname in ('entered_site', 'entered_transaction')`,
    `select setval('rempart_private.entered_site', ${at.other})`,
    'set row_security = off',
    'set role rempart_owner',
    'set role rempart_guard',
    'set role postgres',
    'set session authorization postgres',
    `set search_path = pg_temp, public`,
    `alter role rempart_application bypassrls`,
    `alter table rempart.people disable row level security`,
    `alter table rempart.people no force row level security`,
    `create policy open on rempart.people using (true)`,
    `create or replace function rempart.current_site() returns integer language sql as 'select ${at.other}'`,
    `create or replace function rempart.entered_site() returns integer language sql as 'select ${at.other}'`,
    `create sequence rempart.entered_site start ${at.other}`,
    `create temporary sequence entered_site start ${at.other}`,
    `create temporary table loot as select * from rempart.people`,
    `create function pg_temp.current_setting(text, boolean) returns text language sql as 'select ''${at.other}'''`,
    `create operator public.= (leftarg = integer, rightarg = integer, function = int4ne)`,
    `do $$ begin execute 'set local rempart.site = ''${at.other}'''; perform * from rempart.people; end $$`,
    `do $$ declare p text := current_setting('rempart.proof'); x text; begin
       update rempart.people set name = 'evaded' returning set_config('rempart.proof', '', true) into x;
       perform set_config('rempart.proof', p, true); end $$`,
    `select lo_from_bytea(0, convert_to((select string_agg(name, ',') from rempart.people), 'UTF8'))`,
    `select convert_from(lo_get(oid), 'UTF8') from pg_largeobject_metadata`,
    'begin',
    'commit',
    'rollback',
    'commit and chain',
    'savepoint a',
    'rollback to savepoint a',
    'select 1/0',
    'select * from no_such_table',
    'prepare taken as select * from rempart.people',
    'execute taken',
    'deallocate all',
    'declare held cursor with hold for select * from rempart.people',
    'declare here cursor for select * from rempart.hits',
    'fetch all from held',
    'fetch all from here',
    'listen loot',
    'select * from rempart_private.context_keys',
    'select * from rempart_private.deployment',
    'select * from rempart_migrations.applied',
    'select rolpassword from pg_authid',
    'select * from pg_stats',
    `select * from pg_stat_activity`,
    `select pg_read_file('pg_hba.conf')`,
    `copy rempart.people to '/tmp/loot'`,
    `copy rempart.people to program 'cat'`,
    'copy rempart.people to stdout',
    'copy rempart.people (site_id, name) from stdin',
    `select lo_import('/etc/passwd')`,
    `select * from rempart.hits_${new Date().toISOString().slice(0, 10).replaceAll('-', '_')}`,
    'select tableoid::regclass, * from rempart.hits',
    'select * from rempart.stray_records',
    'lock table rempart.people in access exclusive mode',
    `select pg_sleep(0)`,
    `select schema_to_xml('rempart', true, false, '')`,
    "select prosrc from pg_proc where pronamespace = 'rempart'::regnamespace",
    `select * from ts_stat('select to_tsvector(name) from rempart.people')`,
    'vacuum rempart.people',
    'analyze rempart.people',
    'refresh materialized view rempart.people',
    `grant all on rempart.people to public`,
  );

/** One statement: mostly reads and writes, often a change of context in between. */
export const statement = (at: Target): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 5, arbitrary: read(at) },
    { weight: 3, arbitrary: write(at) },
    { weight: 1, arbitrary: call(at) },
    { weight: 4, arbitrary: context(at) },
  );

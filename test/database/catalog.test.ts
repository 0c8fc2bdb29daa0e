// What the roles may do, read from the server's own catalog, so that a table added later is held to it too.
import { type LocalDatabase, startDatabase } from '../../tools/local-database/rempart';

let db: LocalDatabase;
beforeAll(async () => {
  db = await startDatabase();
}, 60_000);
afterAll(() => db.close());

const column = async (sql: string) => (await db.superuser.query({ text: sql, rowMode: 'array' })).rows.map(([value]) => value);
const ours = `relnamespace in (select oid from pg_namespace where nspname in ('rempart', 'rempart_private'))`;

const withSite = `select c.oid::regclass::text from pg_class c where ${ours} and relkind in ('r', 'p') and (relname = 'sites'
  or exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'site_id' and not a.attisdropped))`;

test('every table with a site, partitions included, has row security enabled and forced', async () => {
  const tables = await column(withSite);
  expect(tables).toEqual(
    expect.arrayContaining(['rempart.sites', 'rempart.people', 'rempart.hits', 'rempart.access_log', 'rempart.modification_log']),
  );
  // Days for late hits, today, and 14 ahead.
  expect(tables.filter((name) => /hits_\d{4}_\d\d_\d\d/.test(name))).toHaveLength(46);
  expect(await column(`${withSite} and not (relrowsecurity and relforcerowsecurity)`)).toEqual([]);
});

test('the check above finds a table that was forgotten', async () => {
  await db.superuser.query('begin');
  await db.superuser.query('create table rempart.forgotten (site_id integer)');
  expect(await column(`${withSite} and not (relrowsecurity and relforcerowsecurity)`)).toEqual(['rempart.forgotten']);
  await db.superuser.query('rollback');
});

const unlogged = `${withSite} and relname not in ('access_log', 'modification_log') and not relispartition
  and (select coalesce(bit_or(tgtype::int), 0) & 4 from pg_trigger t where t.tgrelid = c.oid and tgname like 'log\\_%') = 0`;

test('every table with a site has a trigger that logs its changes, at least its new rows', async () => {
  expect(await column(unlogged)).toEqual([]);
  for (const [table, operation] of [
    ['rejects', 8],
    ['hits', 24],
    ['people', 24],
    ['person_rights', 24],
    ['sites', 24],
    ['site_settings', 24],
    ['erasures', 16],
    ['counted_ids', 28],
    ['hit_days', 28],
    ['lake_files', 28],
    ['lake_deletions', 28],
    ['hit_counts', 28],
    ['reject_counts', 28],
  ]) {
    const [all] = await column(
      `select bit_or(tgtype::int) & ${operation} from pg_trigger where tgrelid = 'rempart.${table}'::regclass and tgname like 'log\\_%'`,
    );
    expect([table, all]).toEqual([table, operation]);
  }
});

test('the check above finds a table without one', async () => {
  await db.superuser.query('begin');
  await db.superuser.query('create table rempart.forgotten (site_id integer)');
  expect(await column(unlogged)).toEqual(['rempart.forgotten']);
  await db.superuser.query('rollback');
});

test('every index of a table with a site begins with the site', async () => {
  const others = await column(
    `select i.indexrelid::regclass::text from pg_index i join pg_class c on c.oid = i.indrelid
     join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
     where ${ours.replaceAll('relnamespace', 'c.relnamespace')} and c.oid in (select t::regclass from (${withSite}) as s (t))
       and a.attname <> 'site_id' and c.relname <> 'sites'`,
  );
  // It finds what a support person has opened in any site, for the guard alone: no role of a site may read its table.
  expect(others.sort()).toEqual(['rempart.access_log_support']);
  const readers = `select r.rolname from pg_roles r where r.rolname in ('rempart_application', 'rempart_maintenance', 'rempart_support')
    and has_any_column_privilege(r.oid, 'rempart.access_log', 'SELECT')`;
  expect(await column(readers)).toEqual([]);
  // The number of a site, and its key in an expression that no condition of a statement reaches (migration 0013).
  const ofSites = `select pg_get_indexdef(indexrelid) from pg_index where indrelid = 'rempart.sites'::regclass order by 1`;
  expect(await column(ofSites)).toEqual([
    'CREATE UNIQUE INDEX sites_key ON rempart.sites USING btree (lower(key))',
    'CREATE UNIQUE INDEX sites_pkey ON rempart.sites USING btree (id)',
  ]);
  expect(await column(`select proleakproof from pg_proc where oid = 'lower(text)'::regprocedure`)).toEqual([false]);
});

// Statistics hold values of all sites, and the planner shows them to the role of each (docs/adr/0005-site-context.md).
const sampled = `select a.attrelid::regclass || '.' || a.attname || ' ' || coalesce(a.attstattarget, -1) from pg_attribute a
  where a.attrelid in (select t::regclass from (${withSite}) as s (t)) and a.attnum > 0 and not a.attisdropped
    and not coalesce(a.attstattarget = 0 or a.attstattarget = 1 and a.attname in ('site_id', 'deleted_at'), false)`;
const sampledExpressions = `select i.indexrelid::regclass || ' ' || coalesce(a.attstattarget, -1) from pg_index i
  join pg_attribute a on a.attrelid = i.indexrelid where i.indexprs is not null and i.indrelid in (select t::regclass from (${withSite}) as s (t))
    and i.indkey[a.attnum - 1] = 0 and a.attstattarget is distinct from 0`;
const extended = `select stxrelid::regclass from pg_statistic_ext where stxrelid in (select t::regclass from (${withSite}) as s (t))`;

test('no table with a site, partitions included, keeps statistics of values', async () => {
  const times = (
    await column(`select c.oid::regclass::text from pg_class c where ${ours} and relkind in ('r', 'p') and relname ~ '^hits($|_)'`)
  )
    .map((table) => `${table}.received_at 100`)
    .sort();
  expect((await column(sampled)).sort()).toEqual(times);
  expect(times).toHaveLength(47);
  expect(await column(sampledExpressions)).toEqual([]);
  expect(await column(extended)).toEqual([]);
});

test('the checks above find a table, a column, a month, an expression and a combination that were forgotten', async () => {
  await db.superuser.query('begin');
  const before = (await column(sampled)).length;
  await db.superuser.query('create table rempart.forgotten (site_id integer, name text, document jsonb)');
  expect(await column(sampled)).toHaveLength(before + 3);
  await db.superuser.query('alter table rempart.people add column forgotten text');
  await db.superuser.query(
    `create table rempart.hits_forgotten partition of rempart.hits for values from ('2031-01-01') to ('2031-02-01')`,
  );
  expect(await column(sampled)).toEqual(
    expect.arrayContaining(['rempart.people.forgotten -1', 'rempart.hits_forgotten.url -1', 'rempart.hits_forgotten.fields -1']),
  );
  await db.superuser.query('create index forgotten_name on rempart.people (site_id, lower(name))');
  expect(await column(sampledExpressions)).toEqual(['rempart.forgotten_name -1']);
  await db.superuser.query('create statistics rempart.forgotten_both on name, email from rempart.people');
  expect(await column(extended)).toEqual(['rempart.people']);
  await db.superuser.query('rollback');
});

test('each policy of the application computes its site before any other condition', async () => {
  const policies = await column(
    `select pg_get_expr(polqual, polrelid) from pg_policy where 'rempart_application'::regrole = any (polroles)`,
  );
  expect(policies.length).toBeGreaterThanOrEqual(8);
  const first = /^\(*\(true, \w*id\) = \( SELECT true,\s+rempart\.entered_site\(\) AS entered_site\)/;
  expect(policies.filter((policy) => !first.test(policy))).toEqual([]);
});

test('no role with login may delete, truncate, bypass row security or be a superuser', async () => {
  const privileges = `select r.rolname || ' ' || c.relname || ' ' || p.name from pg_class c, pg_roles r, unnest(array['DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES']) as p (name)
    where ${ours} and relkind in ('r', 'p', 'v') and r.rolname in ('rempart_admission', 'rempart_application', 'rempart_maintenance', 'rempart_auditor', 'rempart_support', 'rempart_validation')
      and has_table_privilege(r.oid, c.oid, p.name)`;
  expect(await column(privileges)).toEqual([]);
  expect(
    await column(
      `select rolname from pg_roles where rolname like 'rempart%' and rolname <> 'rempart_admin' and (rolbypassrls or rolsuper or rolcreatedb)`,
    ),
  ).toEqual([]);
  // The master user, and the role that makes those of people (migration 0016).
  expect(await column(`select rolname from pg_roles where rolname like 'rempart%' and rolcreaterole order by 1`)).toEqual([
    'rempart_admin',
    'rempart_admission',
  ]);
  const memberships = `select m.member::regrole::text || ' in ' || m.roleid::regrole::text from pg_auth_members m where m.roleid::regrole::text like 'rempart%'`;
  expect(new Set(await column(memberships))).toEqual(
    new Set([
      'rempart_admin in rempart_owner',
      'rempart_admin in rempart_guard',
      'rempart_admin in rempart_counter',
      ...['auditor', 'support'].flatMap((role) => [`rempart_admin in rempart_${role}`, `rempart_admission in rempart_${role}`]),
      'rempart_admission in rempart_staff',
    ]),
  );
  expect(await column(`select rolname from pg_roles where rolname = 'rempart_maker'`)).toEqual([]);
});

test('the roles of functions and of people sign in with IAM and have no members, in particular not the master user', async () => {
  const members = (role: string) =>
    column(`select member::regrole::text from pg_auth_members where roleid = '${role}'::regrole order by 1`);
  // The owner of a database stands for Aurora's right to grant it (tools/local-database/aurora.ts).
  expect(await members('rds_iam')).toEqual([
    'pg_database_owner',
    'rempart_admission',
    'rempart_application',
    'rempart_maintenance',
    'rempart_staff',
    'rempart_validation',
  ]);
  expect(await members('rempart_admission')).toEqual([]);
  expect(await members('rempart_staff')).toEqual(['rempart_admission']);
  expect(await members('rempart_application')).toEqual([]);
  expect(await members('rempart_maintenance')).toEqual([]);
  expect(await members('rempart_validation')).toEqual([]);
});

test('the application changes no log, no mark of deletion and no site of a row, and makes no object', async () => {
  const may = async (sql: string) => (await column(`select ${sql}`))[0];
  for (const log of ['access_log', 'modification_log']) {
    for (const privilege of ['SELECT', 'INSERT', 'UPDATE']) {
      expect([log, privilege, await may(`has_any_column_privilege('rempart_application', 'rempart.${log}', '${privilege}')`)]).toEqual([
        log,
        privilege,
        false,
      ]);
    }
  }
  for (const table of ['people', 'person_rights', 'hits']) {
    for (const name of ['site_id', 'deleted_at'])
      expect(await may(`has_column_privilege('rempart_application', 'rempart.${table}', '${name}', 'UPDATE')`)).toBe(false);
  }
  for (const schema of ['rempart', 'rempart_private', 'rempart_migrations', 'public']) {
    expect(await may(`has_schema_privilege('rempart_application', '${schema}', 'CREATE')`)).toBe(false);
  }
  for (const schema of ['rempart_private', 'rempart_migrations'])
    expect(await may(`has_schema_privilege('rempart_application', '${schema}', 'USAGE')`)).toBe(false);
  expect(
    await may(
      `has_database_privilege('rempart_application', 'rempart', 'TEMP') or has_database_privilege('rempart_application', 'rempart', 'CREATE')`,
    ),
  ).toBe(false);
});

test('security definer functions have a fixed search path and owners without login, and only the named ones may be called', async () => {
  const functions = `from pg_proc p where p.pronamespace in (select oid from pg_namespace where nspname like 'rempart%' and nspname <> 'rempart_migrations')`;
  expect(await column(`select proname ${functions} and not coalesce(proconfig, '{}') @> '{"search_path=pg_catalog, pg_temp"}'`)).toEqual(
    [],
  );
  expect(
    await column(
      `select proname ${functions} and prosecdef and proowner::regrole::text not in ('rempart_guard', 'rempart_owner', 'rempart_counter')`,
    ),
  ).toEqual([]);
  const callable = (role: string) =>
    column(`select distinct proname::text ${functions} and has_function_privilege('${role}', p.oid, 'EXECUTE') order by 1`);
  const everybody = ['current_site'];
  const door = ['clean_session', 'enter', 'leave', 'transaction_mark'];
  const staff = ['is_staff', 'staff_entry', 'use_signature'];
  expect(await callable('rempart_auditor')).toEqual([...everybody, ...staff].sort());
  expect(await callable('rempart_support')).toEqual([...everybody, ...staff, 'support_open', 'support_sites'].sort());
  expect(await callable('rempart_admission')).toEqual(
    [...everybody, 'admit_staff', 'dismiss_staff', 'expired_staff', 'staff_with_access', 'use_signature'].sort(),
  );
  expect(await callable('rempart_application')).toEqual(
    [...everybody, ...door, 'entered_site', 'mark_deleted', 'restore_deleted', 'erase_person', 'daily_counts', 'daily_rejects'].sort(),
  );
  expect(await callable('rempart_validation')).toEqual([...everybody, 'restored_state', 'restored_partition'].sort());
  const upkeep =
    'create_site site_id collection_sites use_key_version create_hit_month detach_hit_month drop_hit_month hit_months detached_hit_months remove_erased sites_with_due_erasures sites_with_old_rejects remove_old_rejects remove_old_strays sites_with_old_ids remove_old_ids';
  const window =
    'create_hit_day hit_partitions list_hit_days detach_hit_partition drop_hit_partition mark_lake_lacks ask_lake_days record_night partitions_to_count count_partition';
  const lake =
    'sites_with_lake_days_due lake_days_due longest_lake_wait begin_lake_day hits_for_lake plan_lake_file lake_file_to_restore save_lake_progress record_lake_day sites_with_lake_erasures lake_erasures lake_erasures_to_read lake_files_to_erase oldest_lake_erasure oldest_window_erasure record_lake_rewrite finish_lake_erasure sites_with_expired_lake_days expire_lake_days sites_with_lake_deletions lake_objects_to_delete record_lake_deletions sites_with_days_to_examine days_to_examine record_lake_look sites_to_reconcile lake_state window_days site_since lake_rows_at_risk make_lake_day_due discard_lake_objects reconcile_lake_day sites_with_erasures_since erasures_since';
  expect(await callable('rempart_maintenance')).toEqual([...everybody, ...door, ...`${upkeep} ${window} ${lake}`.split(' ')].sort());
});

test('the owner of the tables sees no row either', async () => {
  const site = await db.createSite('owned');
  expect(site).toBeGreaterThan(0);
  const admin = await db.server.connect('rempart_admin', 'rempart');
  await admin.query('set role rempart_owner');
  expect((await admin.query('select * from rempart.sites')).rows).toEqual([]);
  await admin.end();
});

// What the catalog and the statistics views of the server show to the role of a site (docs/adr/0005-site-context.md).
import type { Client } from 'pg';
import { enterSite, type LocalDatabase, startDatabase } from '../../tools/local-database/rempart';
import { databaseTimeLimit } from '../time-limits';

jest.setTimeout(databaseTimeLimit);

let db: LocalDatabase;
let client: Client;

beforeAll(async () => {
  db = await startDatabase();
  const site = await db.createSite('own');
  await db.createSite('other');
  await db.superuser.query('analyze');
  client = await db.server.connect('rempart_application', 'rempart');
  await enterSite(client, db.contextKey, site);
});
afterAll(() => db.close());

const refused = [
  'select * from pg_statistic',
  'select * from pg_statistic_ext_data',
  'select * from pg_authid',
  'select * from pg_largeobject',
  'select last_value from rempart.sites_id_seq',
  'select last_value from rempart.access_log_id_seq',
  `select currval('rempart.sites_id_seq')`,
  'select * from pg_hba_file_rules',
  'select * from pg_file_settings',
  'select * from pg_backend_memory_contexts',
  'select * from pg_ls_logdir()',
  `select pg_read_file('postgresql.conf')`,
  'select pg_stat_reset()',
  'create temporary table kept (name text)',
  'create extension pg_stat_statements schema rempart',
  'create extension pg_trgm schema rempart',
  'create statistics rempart.seen on name, email from rempart.people',
  'analyze rempart.people; select 1',
  'set track_counts = off',
];
test.each(refused)('refused: %s', async (statement) => {
  const before = await client.query('savepoint a').then(() => statsOf('people'));
  await client.query(statement).then(
    // ANALYZE of a table of others is a warning.
    () => undefined,
    (error) => expect(error.message).toMatch(/permission denied|must be|not yet defined/),
  );
  await client.query('rollback to savepoint a');
  expect(await statsOf('people')).toBe(before);
});
const statsOf = async (table: string) =>
  (await db.superuser.query(`select coalesce(max(analyze_count), 0) as n from pg_stat_user_tables where relname = $1`, [table])).rows[0].n;

const hidden = [
  `select * from pg_stats where schemaname like 'rempart%'`,
  'select * from pg_stats_ext',
  'select * from pg_stats_ext_exprs',
  `select last_value from pg_sequences where last_value is not null`,
  `select s.* from pg_sequence q, pg_get_sequence_data(q.seqrelid) s where s.last_value is not null`,
  `select * from pg_extension where extname not in ('plpgsql', 'pgaudit')`,
  `select * from pg_stat_activity where usename <> session_user and query <> '<insufficient privilege>'`,
  'select * from pg_cursors',
  'select * from pg_prepared_statements where not from_sql',
  'select * from pg_prepared_xacts',
  'select * from pg_largeobject_metadata',
  'select * from pg_db_role_setting',
  'select * from pg_listening_channels()',
  `select * from pg_locks where locktype in ('advisory', 'tuple', 'object', 'userlock')`,
];
test.each(hidden)('empty: %s', async (statement) => {
  expect((await client.query(statement)).rows).toEqual([]);
});

// The record of a night: who writes and reads it, what it has, and for how long. (DSS-5.5.1)
import { randomUUID } from 'node:crypto';
import type { DirectConnection } from '../../runtime/database-connection';
import type { SiteId } from '../../runtime/site';
import { type LocalDatabase, startDatabase, tester } from '../../tools/local-database/rempart';
import { databaseTimeLimit } from '../time-limits';
import { addHit, all, daysAgo } from './lake-days';

jest.setTimeout(databaseTimeLimit);

let db: LocalDatabase;
let validation: DirectConnection;
let site: SiteId;
beforeAll(async () => {
  db = await startDatabase();
  validation = await db.server.connect('rempart_validation', 'rempart');
});
afterAll(() => db.close());
beforeEach(async () => {
  site = await db.createSite(`s-${randomUUID().slice(0, 8)}`);
});

const column = async (sql: string) => (await db.superuser.query({ text: sql, rowMode: 'array' })).rows.map(([value]) => value);
const stateOf = async () => (await validation.query('select rempart.restored_state() as state')).rows[0].state;

const withSite = `select c.relname::text from pg_class c where relnamespace = 'rempart'::regnamespace and relkind in ('r', 'p') and not relispartition
  and exists (select from pg_attribute a where a.attrelid = c.oid and not a.attisdropped
    and a.attname = case c.relname when 'sites' then 'id' else 'site_id' end)`;

test('every table with a site is counted, hits by partition', async () => {
  await db.maintenance.upkeep('recordNight');
  const tables = new Set(Object.keys((await stateOf()).record.rows).map((name) => name.replace(/^hits_.*/, 'hits')));
  expect([...tables].sort()).toEqual((await column(withSite)).sort());
  // 31 days for late hits, today and 14 ahead.
  expect(Object.keys((await stateOf()).record.rows).filter((name) => name.startsWith('hits_'))).toHaveLength(46);
});

test('the check above finds a table that was forgotten', async () => {
  await db.superuser.query('begin');
  await db.superuser.query('create table rempart.forgotten (site_id integer)');
  await db.superuser.query('set local role rempart_counter');
  const [counted] = await column('select counted from rempart.rows_by_site()');
  const tables = await column(withSite);
  await db.superuser.query('rollback');
  expect(tables.filter((table) => table !== 'hits' && !(table in counted))).toEqual(['forgotten']);
});

test('the role that counts reads numbers of sites and times of arrival, and no other column', async () => {
  const readable = await column(`select c.relname || '.' || a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'rempart'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
      and has_column_privilege('rempart_counter', c.oid, a.attnum, 'select')`);
  expect(readable.filter((name) => !/\.site_id$/.test(name)).sort()).toEqual(['hits.received_at', 'sites.id']);
  const writable = await column(`select c.relname from pg_class c where c.relnamespace = 'rempart'::regnamespace
    and has_any_column_privilege('rempart_counter', c.oid, 'insert, update') or c.relnamespace = 'rempart'::regnamespace
    and has_table_privilege('rempart_counter', c.oid, 'delete') `);
  expect(writable).toEqual([]);
  expect(await column(`select has_schema_privilege('rempart_counter', 'rempart', 'create')`)).toEqual([false]);
});

test('counts are those of each site, and a removal since is listed with its number', async () => {
  await addHit(db, site, daysAgo(2));
  await addHit(db, site, daysAgo(2));
  await db.maintenance.upkeep('recordNight');
  const partition = `hits_${daysAgo(2).replaceAll('-', '_')}`;
  const recorded = (await stateOf()).record;
  expect(recorded.rows[partition]).toMatchObject({ [site]: 2 });
  expect(recorded.newestHit).toMatch(new RegExp(`^${daysAgo(2)}`));
  await addHit(db, site, daysAgo(2));
  await db.superuser.query(`delete from rempart.hits where ctid in (select ctid from rempart.hits where site_id = ${site} limit 1)`);
  const now = await stateOf();
  expect(now.rows[partition]).toMatchObject({ [site]: 2 });
  expect(now.removed.hits).toMatchObject({ [site]: 1 });
  await db.maintenance.upkeep('recordNight');
  expect((await stateOf()).removed).toEqual({});
});

test('a removal that began before the record and was committed after it is listed', async () => {
  await addHit(db, site, daysAgo(4));
  const slow = await db.server.connect('postgres', 'rempart');
  await slow.query('begin');
  await slow.query(`delete from rempart.hits where site_id = ${site}`);
  await db.maintenance.upkeep('recordNight');
  await slow.query('commit');
  await slow.end();
  const state = await stateOf();
  expect(state.record.rows[`hits_${daysAgo(4).replaceAll('-', '_')}`]).toMatchObject({ [site]: 1 });
  expect(state.removed.hits).toMatchObject({ [site]: 1 });
});

test('one record a day, the last of it, for 31 days', async () => {
  await db.maintenance.upkeep('recordNight');
  await db.superuser.query(`insert into rempart_private.night_records
    select current_date - n, now() - make_interval(days => n), seen, rows_by_site, shape, newest_hit
    from rempart_private.night_records, generate_series(1, 40) as n`);
  await db.maintenance.upkeep('recordNight');
  const nights = await all(db, 'select (current_date - night)::int as age from rempart_private.night_records order by night');
  expect(nights.map(({ age }) => age)).toEqual([...Array(32).keys()].reverse());
  expect((await stateOf()).record.night).toBe(daysAgo(0));
});

test('a record has names and numbers only', async () => {
  await db.application.withSite(site, tester, (session) =>
    session.query('insert into rempart.people (site_id, name, email) values ($1, $2, $3)', [site, 'Ada Secret', 'ada@example.com']),
  );
  await db.maintenance.upkeep('recordNight');
  const [record] = await column('select to_jsonb(r)::text from rempart_private.night_records r order by night desc limit 1');
  expect(record).not.toMatch(/ada|secret|example/i);
  const [values] = await column(`select bool_and(value::text ~ '^\\d+$') from rempart_private.night_records r,
    jsonb_each(r.rows_by_site) as t (name, sites), jsonb_each(t.sites) as s (site, value)`);
  expect(values).toBe(true);
});

test.each(['rempart_application', 'rempart_validation', 'rempart_maintenance'])('%s reads and writes no record', async (role) => {
  const client = await db.server.connect(role, 'rempart');
  await expect(client.query('select * from rempart_private.night_records')).rejects.toThrow('permission denied');
  const other = role === 'rempart_maintenance' ? 'rempart.restored_state()' : 'rempart.record_night()';
  await expect(client.query(`select ${other}`)).rejects.toThrow('permission denied');
  for (const inner of [
    'rempart.rows_by_site()',
    'rempart.secured_shape()',
    `rempart.rows_removed('1:1:', now())`,
    `rempart.partitions_dropped('1:1:', now())`,
  ])
    await expect(client.query(`select ${inner}`)).rejects.toThrow('permission denied');
  await client.end();
});

test('the validation reads no row of any table', async () => {
  for (const table of await column(withSite))
    await expect(validation.query(`select 1 from rempart.${table}`)).rejects.toThrow('permission denied');
});

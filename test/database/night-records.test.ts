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

const named = (days: number) => `hits_${daysAgo(days).replaceAll('-', '_')}`;
const count = async (name: string) => (await db.maintenance.upkeep('countPartition', name))[0];
const presentOf = async (name: string) =>
  (await validation.query('select rempart.restored_partition($1) as partition', [name])).rows[0].partition;

const withSite = `select c.relname::text from pg_class c where relnamespace = 'rempart'::regnamespace and relkind in ('r', 'p') and not relispartition
  and exists (select from pg_attribute a where a.attrelid = c.oid and not a.attisdropped
    and a.attname = case c.relname when 'sites' then 'id' else 'site_id' end)`;

test('every table with a site is counted, and partitions of hits are listed', async () => {
  await db.maintenance.upkeep('recordNight');
  const { record, partitions } = await stateOf();
  expect([...Object.keys(record.rows), 'hits'].sort()).toEqual((await column(withSite)).sort());
  // 31 days for late hits, today and 14 ahead.
  expect(record.partitions).toHaveLength(46);
  expect(partitions).toEqual(record.partitions);
});

test('the check above finds a table that was forgotten', async () => {
  await db.superuser.query('begin');
  await db.superuser.query('create table rempart.forgotten (site_id integer)');
  await db.superuser.query('set local role rempart_counter');
  const [counted] = await column('select rempart.rows_by_site()');
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
  const partition = named(2);
  expect(await count(partition)).toBe(true);
  const { record, counts } = await stateOf();
  expect(counts[partition].rows).toMatchObject({ [site]: 2 });
  for (const newest of [counts[partition].newestHit, record.newestHit]) expect(newest).toMatch(new RegExp(`^${daysAgo(2)}`));
  expect(await presentOf(partition)).toMatchObject({ rows: { [site]: 2 }, removed: {} });
  await addHit(db, site, daysAgo(2));
  await db.superuser.query(`delete from rempart.hits where id in (select id from rempart.hits where site_id = ${site} limit 1)`);
  const now = await presentOf(partition);
  expect(now.rows).toMatchObject({ [site]: 2 });
  expect(now.removed).toMatchObject({ [site]: 1 });
  expect((await stateOf()).removed.hits).toMatchObject({ [site]: 1 });
  await db.maintenance.upkeep('recordNight');
  expect((await stateOf()).removed).toEqual({});
  // The partition was counted before the removal, and is not counted again.
  expect((await presentOf(partition)).removed).toMatchObject({ [site]: 1 });
});

test('a removal that began before the record and was committed after it is listed', async () => {
  await addHit(db, site, daysAgo(4));
  const slow = await db.server.connect('postgres', 'rempart');
  await slow.query('begin');
  await slow.query(`delete from rempart.hits where site_id = ${site}`);
  await db.maintenance.upkeep('recordNight');
  await count(named(4));
  await slow.query('commit');
  await slow.end();
  const state = await stateOf();
  expect(state.counts[named(4)].rows).toMatchObject({ [site]: 1 });
  expect(state.removed.hits).toMatchObject({ [site]: 1 });
  expect((await presentOf(named(4))).removed).toMatchObject({ [site]: 1 });
});

test('a partition whose day is over is counted once; one that is open, in each run', async () => {
  await db.superuser.query('delete from rempart_private.day_counts');
  const due = async () => db.maintenance.upkeep('partitionsToCount');
  const all = [...Array(32).keys()].reverse().map(named);
  expect(await due()).toEqual(all);
  for (const name of all) expect(await count(name)).toBe(true);
  const [yesterdayIsOver] = await column(`select date_trunc('day', now(), 'UTC') + interval '1 hour' <= now()`);
  const open = yesterdayIsOver ? [named(0)] : [named(1), named(0)];
  expect(await due()).toEqual(open);
  const counted = async (name: string) => (await stateOf()).counts[name].rows[site];
  for (const days of [0, 5]) await addHit(db, site, daysAgo(days));
  for (const name of all) expect(await count(name)).toBe(open.includes(name));
  // The old count, though a row was added behind its back.
  expect([await counted(named(5)), await counted(named(0))]).toEqual([undefined, 1]);
  expect((await presentOf(named(5))).rows).toMatchObject({ [site]: 1 });
});

test('a partition that was counted while it was open is counted once more when it is over', async () => {
  await addHit(db, site, daysAgo(6));
  await db.superuser.query(`update rempart_private.day_counts set is_over = false, rows_by_site = '{}' where name = '${named(6)}'`);
  expect(await db.maintenance.upkeep('partitionsToCount')).toContain(named(6));
  expect(await count(named(6))).toBe(true);
  expect((await stateOf()).counts[named(6)].rows).toMatchObject({ [site]: 1 });
  expect(await count(named(6))).toBe(false);
});

test('no partition that has not begun or is not there is counted', async () => {
  for (const name of [named(-1), 'hits_2019_01_01', 'people', 'hits']) {
    expect(await count(name)).toBe(false);
    expect(await presentOf(name)).toBeNull();
  }
});

test('a count that takes longer than its limit is canceled, changes nothing, and its connection serves the next', async () => {
  await db.superuser.query(`delete from rempart_private.day_counts where name in ('${named(7)}', '${named(8)}')`);
  const locker = await db.server.connect('postgres', 'rempart');
  await locker.query(`begin; lock table rempart.${named(7)} in access exclusive mode`);
  await expect(db.maintenance.upkeepWithin(300, 'countPartition', named(7))).rejects.toMatchObject({ code: '57014' });
  expect(await db.maintenance.upkeepWithin(60_000, 'countPartition', named(8))).toEqual([true]);
  await locker.end();
  expect(await db.maintenance.upkeep('partitionsToCount')).toContain(named(7));
  expect(await count(named(7))).toBe(true);
});

test('the record deletes counts of partitions that left', async () => {
  const old = 'hits_2019_03_01';
  await db.maintenance.upkeep('createHitDay', '2019-03-01');
  expect(await count(old)).toBe(true);
  await db.superuser.query(`alter table rempart.hits detach partition rempart.${old}`);
  await db.maintenance.upkeep('recordNight');
  expect((await stateOf()).counts).not.toHaveProperty(old);
  await db.superuser.query(`drop table rempart.${old}`);
});

test('a record and a second count scan no partition of hits, and of a log its bound is counted', async () => {
  await db.superuser.query(`insert into rempart.access_log (site_id, actor, source, action, outcome)
    select ${site}, 'test', 'test', 'fill', 'done' from generate_series(1, 12000)`);
  for (let hit = 0; hit < 50; hit++) await addHit(db, site, daysAgo(3), { second: hit });
  await db.superuser.query('select pg_stat_force_next_flush()');
  const scans = () =>
    column(`select coalesce(sum(seq_scan), 0)::int from pg_stat_user_tables where schemaname = 'rempart' and relname ~ '^hits_'`);
  const before = await scans();
  const recorder = await db.server.connect('rempart_maintenance', 'rempart');
  const scansOf = async (call: string) => {
    await recorder.query(`select ${call}`);
    await recorder.query('select pg_stat_force_next_flush()');
    await recorder.query('select 1');
    return scans();
  };
  expect(await scansOf('rempart.record_night()')).toEqual(before);
  expect(await scansOf(`rempart.count_partition('${named(3)}')`)).toEqual(before);
  // A count scans, so the numbers above would show one.
  await db.superuser.query(`delete from rempart_private.day_counts where name = '${named(3)}'`);
  expect(await scansOf(`rempart.count_partition('${named(3)}')`)).not.toEqual(before);
  await recorder.end();
  const { record, rows } = await stateOf();
  expect([record.rows.access_log[site], rows.access_log[site]]).toEqual([10_000, 10_000]);
});

test('one record a day, the last of it, for 31 days', async () => {
  await db.maintenance.upkeep('recordNight');
  await db.superuser.query(`insert into rempart_private.night_records
    select current_date - n, now() - make_interval(days => n), seen, rows_by_site, partitions, shape, newest_hit
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
  await expect(client.query('select * from rempart_private.day_counts')).rejects.toThrow('permission denied');
  const ofSource = ['rempart.record_night()', 'rempart.partitions_to_count()', `rempart.count_partition('hits_2026_11')`];
  const ofRestored = ['rempart.restored_state()', `rempart.restored_partition('hits_2026_11')`];
  const others = [...(role === 'rempart_maintenance' ? [] : ofSource), ...(role === 'rempart_validation' ? [] : ofRestored)];
  for (const other of others) await expect(client.query(`select ${other}`)).rejects.toThrow('permission denied');
  for (const inner of [
    'rempart.rows_by_site()',
    'rempart.secured_shape()',
    'rempart.newest_hit()',
    `rempart.hits_by_site('2026-11-01', '2026-12-01')`,
    `rempart.rows_removed('{hits}', '1:1:', now())`,
    `rempart.partitions_dropped('1:1:', now())`,
  ])
    await expect(client.query(`select ${inner}`)).rejects.toThrow('permission denied');
  await client.end();
});

test('the validation reads no row of any table', async () => {
  for (const table of await column(withSite))
    await expect(validation.query(`select 1 from rempart.${table}`)).rejects.toThrow('permission denied');
});

// Partitions of the window: a day is created ahead, and leaves only when the lake has its live rows of every site
// (TOM-4.10).
import type { SiteId } from '../../runtime/site';
import { type LocalDatabase, startDatabase, tester } from '../../tools/local-database/rempart';
import { databaseTimeLimit } from '../time-limits';
import { addHit, all, daysAgo, exportDay, findObjects, untilLocked } from './lake-days';

jest.setTimeout(databaseTimeLimit);

let db: LocalDatabase;
let site: SiteId;
let other: SiteId;
beforeAll(async () => {
  db = await startDatabase();
  site = await db.createSite('here');
  other = await db.createSite('there');
});
afterAll(() => db.close());

interface Partition {
  readonly name: string;
  readonly first_day: string;
  readonly next_day: string;
  readonly attached: boolean;
}
const partitions = async () => (await db.maintenance.upkeep('hitPartitions')) as Partition[];
const named = (day: string) => `hits_${day.replaceAll('-', '_')}`;
const detach = (day: string, keptFrom = '2020-01-01') => db.maintenance.upkeep('detachHitPartition', named(day), keptFrom);
const drop = (day: string) => db.maintenance.upkeep('dropHitPartition', named(day));
const isAttached = async (day: string) => (await partitions()).find(({ name }) => name === named(day))?.attached;
const hitsOn = async (day: string) =>
  (
    await all(db, `select from rempart.hits where received_at >= $1 and received_at < $1::timestamptz + interval '1 day'`, [
      `${day}T00:00Z`,
    ])
  ).length;

test('a day is created once, is closed, and takes the hits of its day in UTC', async () => {
  const created = () => db.maintenance.upkeep('createHitDay', '2030-02-28');
  expect(await created()).toEqual(['hits_2030_02_28']);
  expect(await created()).toEqual(['hits_2030_02_28']);
  const [found] = (await partitions()).filter(({ name }) => name === 'hits_2030_02_28');
  expect(found).toEqual({ name: 'hits_2030_02_28', first_day: '2030-02-28', next_day: '2030-03-01', attached: true, listed: true });
  const insert = `insert into rempart.hits (site_id, received_at, id, occurred_at, kind) values ($1, $2, gen_random_uuid(), now(), 'x') returning tableoid::regclass::text as at`;
  for (const time of ['2030-02-28T00:00:00Z', '2030-02-28T23:59:59.999999Z'])
    expect((await db.superuser.query(insert, [site, time])).rows).toEqual([{ at: 'rempart.hits_2030_02_28' }]);
  for (const time of ['2030-02-27T23:59:59.999999Z', '2030-03-01T00:00:00Z'])
    await expect(db.superuser.query(insert, [site, time])).rejects.toThrow(/no partition of relation "hits" found for row/);
  // Its constraints, indexes and triggers are those of the hits.
  await expect(
    db.superuser.query(
      `insert into rempart.hits (site_id, received_at, id, occurred_at, kind, repairs)
       values ($1, '2030-02-28', gen_random_uuid(), now(), 'x', array_fill('a'::text, array[17]))`,
      [site],
    ),
  ).rejects.toThrow(/check constraint/);
  const indexes = `select replace(indexdef, tablename, 'hits') from pg_indexes where tablename = $1`;
  const definitions = async (table: string) =>
    (await all(db, indexes, [table])).map((row) => String(Object.values(row)[0]).replace(/ ONLY| INDEX \w+/g, '')).toSorted();
  expect(await definitions('hits_2030_02_28')).toEqual(await definitions('hits'));
});

test('a day is created while a long report reads the hits, and no other statement waits behind it', async () => {
  await db.superuser.query('begin');
  await db.superuser.query('select from rempart.hits');
  expect(await db.maintenance.upkeep('createHitDay', '2030-05-01')).toEqual(['hits_2030_05_01']);
  await addHit(db, site, daysAgo(0));
  await db.superuser.query('rollback');
});

test('a day within a month of the release before is that month; a month with a day gets its other days', async () => {
  await db.superuser.query(`select rempart.create_hit_month('2031-02-01')`);
  expect(await db.maintenance.upkeep('createHitDay', '2031-02-14')).toEqual(['hits_2031_02']);
  await db.maintenance.upkeep('createHitDay', '2032-02-14');
  await db.superuser.query(`select rempart.create_hit_month('2032-02-01')`);
  const present = (await partitions()).map(({ name }) => name);
  expect(present.filter((name) => name.startsWith('hits_2032_02'))).toHaveLength(29);
  expect(present.filter((name) => name.startsWith('hits_2031'))).toEqual(['hits_2031_02']);
  expect(await all(db, `select to_char(m, 'YYYY-MM') as month from rempart.hit_months() as m`)).toEqual([{ month: '2031-02' }]);
});

describe('a day leaves', () => {
  const day = daysAgo(20);

  test('not while it lasts, and not if there is none', async () => {
    await expect(detach(daysAgo(0))).rejects.toThrow(/expected a partition that is over/);
    await expect(detach('2019-01-01')).rejects.toThrow(/expected a partition of the window, got hits_2019_01_01/);
    await expect(db.maintenance.upkeep('detachHitPartition', 'hits; drop table rempart.people', '2020-01-01')).rejects.toThrow(
      /expected a partition of the window/,
    );
    await expect(db.maintenance.upkeep('dropHitPartition', 'people')).rejects.toThrow(/expected a partition that was detached/);
    await expect(drop(day)).rejects.toThrow(/expected a partition that was detached/);
  });

  test('not while the lake lacks it of one site', async () => {
    for (const each of [site, other]) await addHit(db, each, day, { visitor: 'v' });
    await expect(detach(day)).rejects.toThrow(/expected each site-day of hits_.* in the lake, got 2 that are not/);
    await exportDay(db, site, day);
    await expect(detach(day)).rejects.toThrow(/got 1 that are not, or changed since; run lake-export, then upkeep again/);
    await exportDay(db, other, day);
    await addHit(db, site, day);
    await expect(detach(day)).rejects.toThrow(/got 1 that are not, or changed since/);
    await exportDay(db, site, day);
  });

  test('not if the numbers differ, whatever the days say: more rows, fewer, none', async () => {
    const differ =
      /expected the lake to have the rows of .*, got other numbers for 1 site-days, first .* of site \d+: \d in the window, \d in the lake/;
    await db.superuser.query('set session_replication_role = replica');
    const change = async (text: string, undo: string) => {
      await db.superuser.query(text, [site]);
      await expect(detach(day)).rejects.toThrow(differ);
      await db.superuser.query(undo, [site]);
    };
    const of = `where site_id = $1 and day = '${day}'`;
    await change(`update rempart.lake_files set rows = rows + 1 ${of}`, `update rempart.lake_files set rows = rows - 1 ${of}`);
    await change(`update rempart.lake_files set rows = rows - 1 ${of}`, `update rempart.lake_files set rows = rows + 1 ${of}`);
    await db.superuser.query('create table public.kept as select * from rempart.lake_files');
    await change(`delete from rempart.lake_files ${of}`, `insert into rempart.lake_files select * from public.kept ${of}`);
    // A site whose day nobody noted.
    await change(
      `insert into rempart.hits (site_id, received_at, id, occurred_at, kind) values ($1 + 1000, '${day}T01:00Z', gen_random_uuid(), now(), 'x')`,
      'delete from rempart.hits where site_id = $1 + 1000',
    );
    await db.superuser.query('reset session_replication_role');
    expect(await isAttached(day)).toBe(true);
  });

  test('not if a hit comes in while it is counted', async () => {
    await findObjects(db, day);
    const client = await db.server.connect('postgres', 'rempart');
    await client.query('begin');
    await client.query(
      `insert into rempart.hits (site_id, received_at, id, occurred_at, kind) values ($1, '${day}T01:00Z', gen_random_uuid(), now(), 'late')`,
      [site],
    );
    const leaving = expect(detach(day)).rejects.toThrow(/expected no new hit of .* meanwhile, got some/);
    await untilLocked(db, 'detach_hit_partition');
    await client.query('commit');
    await leaving;
    await client.end();
    expect(await isAttached(day)).toBe(true);
    expect(await hitsOn(day)).toBe(4);
    await exportDay(db, site, day);
  });

  test('once the lake has all of it, deleted hits aside, and is dropped with what the log has of its hits', async () => {
    const id = await addHit(db, site, day, { visitor: 'v-deleted' });
    await db.application.withSite(site, tester, (session) => session.query(`select rempart.mark_deleted('hits', $1)`, [id]));
    await exportDay(db, site, day);
    const log = () => all(db, `select before, after from rempart.modification_log where row_key = $1`, [id]);
    expect(JSON.stringify(await log())).toContain('v-deleted');
    await expect(detach(day)).rejects.toThrow(
      /expected the objects of each site-day of .* to be found within a week, got [12] that were not/,
    );
    await findObjects(db, day);
    await db.superuser.query(`update rempart.hit_days set seen_at = now() - interval '8 days' where day = $1`, [day]);
    await expect(detach(day)).rejects.toThrow(/to be found within a week/);
    await findObjects(db, day);
    expect(await detach(day)).toEqual([named(day)]);
    expect(await isAttached(day)).toBe(false);
    expect(await hitsOn(day)).toBe(0);
    expect(await all(db, 'select from rempart.hit_days where day = $1', [day])).toEqual([]);
    expect(await drop(day)).toEqual([named(day)]);
    expect(await isAttached(day)).toBeUndefined();
    expect(await log()).toEqual([{ before: null, after: null }]);
    expect(await all(db, `select operation, actor from rempart.modification_log where site_id = 0 and row_key = $1`, [day])).toEqual([
      { operation: 'remove', actor: 'rempart_maintenance' },
    ]);
    // A hit that comes later still is an error, and a record of the day is refused: the lake keeps what it has.
    await expect(addHit(db, site, day)).rejects.toThrow(/no partition of relation "hits"/);
    const counts = await all(db, 'select site_id, sum(hits)::int as hits from rempart.hit_counts where day = $1 group by 1 order by 1', [
      day,
    ]);
    expect(counts).toEqual([
      { site_id: site, hits: 3 },
      { site_id: other, hits: 1 },
    ]);
  });

  test('without the lake if its months are over, and only then', async () => {
    for (const old of ['2024-02-10', daysAgo(40)]) {
      await db.maintenance.upkeep('createHitDay', old);
      await addHit(db, site, old);
    }
    await expect(detach('2024-02-10', '2024-02-10')).rejects.toThrow(/expected each site-day/);
    expect(await detach('2024-02-10', '2024-02-11')).toEqual(['hits_2024_02_10']);
    // No caller can shorten the two months.
    await expect(detach(daysAgo(40), daysAgo(0))).rejects.toThrow(/expected each site-day/);
    await expect(db.superuser.query(`select rempart.detach_hit_partition($1, 'infinity')`, [named(daysAgo(40))])).rejects.toThrow(
      /expected each site-day/,
    );
    await expect(db.superuser.query('select rempart.detach_hit_partition($1, null)', [named(daysAgo(40))])).rejects.toThrow(
      /expected each site-day/,
    );
  });
});

test('the former functions of months detach no month that the lake lacks, unless it is over for two months', async () => {
  await db.superuser.query(`select rempart.create_hit_month('2024-03-01')`);
  expect((await db.superuser.query(`select rempart.detach_hit_month('2024-03-01') as name`)).rows).toEqual([{ name: 'hits_2024_03' }]);
  expect((await db.superuser.query(`select rempart.drop_hit_month('2024-03-01') as name`)).rows).toEqual([{ name: 'hits_2024_03' }]);
  const now = new Date();
  const lastMonth = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1)).toISOString().slice(0, 10);
  const days = (await partitions()).filter(({ name }) => name.startsWith(named(lastMonth.slice(0, 7))));
  for (const { name } of days) await db.superuser.query(`drop table rempart.${name}`);
  await db.superuser.query('select rempart.create_hit_month($1)', [lastMonth]);
  await addHit(db, site, lastMonth);
  await expect(db.superuser.query('select rempart.detach_hit_month($1)', [lastMonth])).rejects.toThrow(/expected each site-day/);
});

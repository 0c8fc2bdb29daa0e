// Daily upkeep on a real server: creates and drops days, removes old rejects, and is idempotent.
import { randomUUID } from 'node:crypto';
import { upkeep } from '../../../../lambda/database/database-upkeep/upkeep';
import { ingest } from '../../../../runtime/ingest';
import { type LocalDatabase, startDatabase } from '../../../../tools/local-database/rempart';
import { addHit, daysAgo, exportDay, findObjects } from '../../../database/lake-days';
import { databaseTimeLimit } from '../../../time-limits';

let db: LocalDatabase;
beforeAll(async () => {
  db = await startDatabase();
}, databaseTimeLimit);
afterAll(() => db.close());

const kept = { hotDays: 35, keepMonths: 13 };
const named = (day: string) => `hits_${day.replaceAll('-', '_')}`;

test('upkeep creates the days for late hits, today and 14 ahead, drops old ones, and a second run changes nothing', async () => {
  for (const day of ['2019-05-01', daysAgo(36), daysAgo(35)]) await db.maintenance.upkeep('createHitDay', day);
  await db.maintenance.upkeep('detachHitPartition', named('2019-05-01'), '2020-01-01');
  await db.superuser.query(`drop table rempart.${named(daysAgo(31))}`);

  const { partitions, dropped } = await upkeep(db.maintenance, kept, new Date());
  expect(dropped).toEqual([named('2019-05-01'), named(daysAgo(36))]);
  // 35 days ago, and those that every deployment creates.
  expect(partitions).toEqual([35, ...Array.from({ length: 46 }, (_, index) => 31 - index)].map((days) => named(daysAgo(days))));
  expect(await upkeep(db.maintenance, kept, new Date())).toMatchObject({ partitions, dropped: [] });
  expect((await upkeep(db.maintenance, { ...kept, hotDays: 34 }, new Date())).dropped).toEqual([named(daysAgo(35))]);
});

test('a day that is due for the lake stays, the others leave, and the run succeeds and logs which one waits', async () => {
  const log = jest.spyOn(console, 'info').mockImplementation(() => undefined);
  const site = await db.createSite('lacking');
  for (const day of [daysAgo(40), daysAgo(39)]) await db.maintenance.upkeep('createHitDay', day);
  await addHit(db, site, daysAgo(40));
  expect(await upkeep(db.maintenance, kept, new Date())).toMatchObject({ dropped: [named(daysAgo(39))], waiting: [named(daysAgo(40))] });
  expect(log.mock.calls).toEqual([[{ waiting: [named(daysAgo(40))] }]]);
  const names = async () => ((await db.maintenance.upkeep('hitPartitions')) as { name: string }[]).map(({ name }) => name);
  expect(await names()).toContain(named(daysAgo(40)));
  expect(await names()).not.toContain(named(daysAgo(39)));
  await exportDay(db, site, daysAgo(40));
  // It waits for the objects to be examined, which fails no run.
  expect(await upkeep(db.maintenance, kept, new Date())).toMatchObject({ dropped: [], waiting: [named(daysAgo(40))] });
  await findObjects(db, daysAgo(40));
  log.mockClear();
  expect(await upkeep(db.maintenance, kept, new Date())).toMatchObject({ dropped: [named(daysAgo(40))], waiting: [] });
  expect(log).not.toHaveBeenCalled();
  log.mockRestore();
});

test('site-days of which the lake has other numbers are due again, also one that nobody noted', async () => {
  const [site, unnoted] = [await db.createSite('differing'), await db.createSite('unnoted')];
  const day = daysAgo(38);
  await db.maintenance.upkeep('createHitDay', day);
  for (const each of [site, unnoted]) await addHit(db, each, day);
  for (const each of [site, unnoted]) await exportDay(db, each, day);
  await db.superuser.query('set session_replication_role = replica');
  await db.superuser.query('update rempart.lake_files set rows = 2 where site_id = $1', [site]);
  await db.superuser.query('delete from rempart.lake_files where site_id = $1', [unnoted]);
  await db.superuser.query('delete from rempart.hit_days where site_id = $1', [unnoted]);
  await db.superuser.query('reset session_replication_role');
  await expect(upkeep(db.maintenance, kept, new Date())).rejects.toThrow(
    /got other numbers for 2 site-days, first .*; call mark_lake_lacks/,
  );
  expect(await db.maintenance.upkeep('sitesWithLakeDaysDue', daysAgo(10))).toEqual([site, unnoted]);
  // The days are due now, so a partition of theirs waits; its numbers were the failure of the run that found them.
  const log = jest.spyOn(console, 'info').mockImplementation(() => undefined);
  expect(await upkeep(db.maintenance, kept, new Date())).toMatchObject({ dropped: [], waiting: [named(day)] });
  log.mockRestore();
  for (const each of [site, unnoted]) await exportDay(db, each, day);
  await findObjects(db, day);
  expect(await upkeep(db.maintenance, kept, new Date())).toMatchObject({ dropped: [named(day)] });
});

test('a partition that waits hides no failure of another task, and is in the log of that run, too', async () => {
  const log = jest.spyOn(console, 'info').mockImplementation(() => undefined);
  const site = await db.createSite('hidden');
  await db.maintenance.upkeep('createHitDay', daysAgo(41));
  await addHit(db, site, daysAgo(41));
  const failing = new Proxy(db.maintenance, {
    get: (target, name) => {
      const value = Reflect.get(target, name);
      if (name !== 'upkeep') return typeof value === 'function' ? value.bind(target) : value;
      return (call: string, ...rest: never[]) =>
        call === 'createHitDay' ? Promise.reject(new Error('no days')) : target.upkeep(call as never, ...rest);
    },
  });
  await expect(upkeep(failing, kept, new Date())).rejects.toThrow('first: Error: no days');
  expect(log.mock.calls).toEqual([[{ waiting: [named(daysAgo(41))] }]]);
  await exportDay(db, site, daysAgo(41));
  await findObjects(db, daysAgo(41));
  log.mockRestore();
  expect(await upkeep(db.maintenance, kept, new Date())).toMatchObject({ dropped: [named(daysAgo(41))] });
});

test('a month of an earlier release is listed, and leaves without the lake when its months are over', async () => {
  const site = await db.createSite('months');
  await db.superuser.query(`select rempart.create_hit_month('2024-03-01')`);
  await db.superuser.query('set session_replication_role = replica');
  const insert = `insert into rempart.hits (site_id, received_at, id, occurred_at, kind) values ($1, $2, gen_random_uuid(), $2, 'page')`;
  await db.superuser.query(insert, [site, '2024-03-05T00:00Z']);
  await db.superuser.query(`insert into rempart_private.unlisted_partitions values ('hits_2024_03')`);
  await db.superuser.query('reset session_replication_role');
  const log = jest.spyOn(console, 'info').mockImplementation(() => undefined);
  expect(await upkeep(db.maintenance, { hotDays: 35, keepMonths: 120 }, new Date())).toMatchObject({ waiting: ['hits_2024_03'] });
  log.mockRestore();
  expect((await db.superuser.query('select site_id, day::text from rempart.hit_days where site_id = $1', [site])).rows).toEqual([
    { site_id: site, day: '2024-03-05' },
  ]);
  expect(await upkeep(db.maintenance, kept, new Date())).toMatchObject({ dropped: ['hits_2024_03'] });
});

test('rejects and strays are removed when the backups expire, not before', async () => {
  const site = await db.createSite('rejects');
  await ingest(db.application, [
    Buffer.from(`{"site":${site}}`),
    Buffer.from(`{"site":${site},"x":1}`),
    Buffer.from('{'),
    Buffer.from(randomUUID()),
  ]);
  expect(await upkeep(db.maintenance, kept, new Date())).toMatchObject({ rejectsRemoved: 0 });
  await db.superuser.query(`update rempart.rejects set rejected_at = now() - interval '31 days' where record_length < 14`);
  await db.superuser.query(`update rempart.stray_records set rejected_at = now() - interval '31 days' where record = '{'::bytea`);
  expect(await upkeep(db.maintenance, kept, new Date())).toMatchObject({ rejectsRemoved: 1 });
  expect((await db.superuser.query('select count(*)::int as n from rempart.rejects')).rows[0].n).toBe(1);
  expect((await db.superuser.query('select count(*)::int as n from rempart.stray_records')).rows[0].n).toBe(1);
});

test('ids of clients are removed when no record can be delivered any more, also in a deleted site, and the log counts them', async () => {
  const [site, deleted] = [await db.createSite('ids'), await db.createSite('deleted')];
  const old = randomUUID();
  const line = (of: number, id: string) =>
    Buffer.from(JSON.stringify({ site: of, id, ownId: true, received: new Date().toISOString(), kind: 'page' }));
  await ingest(db.application, [line(site, old), line(site, randomUUID()), line(deleted, old), line(deleted, randomUUID())]);
  await db.superuser.query('update rempart.sites set deleted_at = now() where id = $1', [deleted]);
  const age = (days: number) =>
    db.superuser.query(
      `update rempart.counted_ids set stored_at = now() - make_interval(days => $1::integer, hours => 1)
       where id = $2`,
      [days, old],
    );
  await age(37);
  expect(await upkeep(db.maintenance, kept, new Date())).toMatchObject({ idsRemoved: 0 });
  await age(38);
  expect(await upkeep(db.maintenance, kept, new Date())).toMatchObject({ idsRemoved: 2 });
  expect(await upkeep(db.maintenance, kept, new Date())).toMatchObject({ idsRemoved: 0 });
  const { rows } = await db.superuser.query('select site_id from rempart.counted_ids order by 1');
  expect(rows).toEqual([{ site_id: site }, { site_id: deleted }]);
  const log = await db.superuser.query(
    `select actor, after from rempart.modification_log where table_name = 'counted_ids' and operation = 'remove'`,
  );
  expect(log.rows).toEqual([
    { actor: 'database-upkeep', after: { rows: 1 } },
    { actor: 'database-upkeep', after: { rows: 1 } },
  ]);
});

test('a run records the night after all removals, and one that has no time left for it says so', async () => {
  await db.superuser.query('delete from rempart_private.night_records');
  await upkeep(db.maintenance, kept, new Date());
  const { rows } = await db.superuser.query('select night::text, partitions from rempart_private.night_records');
  expect(rows).toEqual([{ night: daysAgo(0), partitions: expect.arrayContaining([named(daysAgo(0))]) }]);
  await db.superuser.query('delete from rempart_private.night_records');
  await expect(upkeep(db.maintenance, kept, new Date(), (part) => part === 0.7)).rejects.toThrow(
    'record of the night: expected time for it, got none',
  );
  expect((await db.superuser.query('select from rempart_private.night_records')).rowCount).toBe(0);
});

const counted = async () =>
  (await db.superuser.query('select name from rempart_private.day_counts order by name')).rows.map(({ name }) => name);

test('a run counts all partitions that have begun; what has no time is left to the next, and fails no run', async () => {
  const log = jest.spyOn(console, 'info').mockImplementation(() => undefined);
  await db.superuser.query('delete from rempart_private.day_counts');
  let asked = 0;
  const { uncounted, partitions } = await upkeep(db.maintenance, kept, new Date(), (part) => part === 0.85 && ++asked > 2);
  const begun = partitions.filter((name) => name <= named(daysAgo(0)));
  expect([await counted(), uncounted]).toEqual([begun.slice(0, 2), begun.slice(2)]);
  expect(log.mock.calls).toEqual([[{ uncounted }]]);
  expect((await upkeep(db.maintenance, kept, new Date())).uncounted).toEqual([]);
  expect(await counted()).toEqual(begun);
  log.mockRestore();
});

test('a partition that takes longer than its limit is left to the next run, and the others are counted', async () => {
  const log = jest.spyOn(console, 'info').mockImplementation(() => undefined);
  await db.superuser.query('delete from rempart_private.day_counts');
  const slow = named(daysAgo(9));
  const hurried = (failing: string, limit: number) =>
    new Proxy(db.maintenance, {
      get: (target, name) => {
        const value = Reflect.get(target, name);
        if (name !== 'upkeepWithin') return typeof value === 'function' ? value.bind(target) : value;
        return (milliseconds: number, call: 'countPartition', ...rest: string[]) =>
          target.upkeepWithin(rest[0] === failing ? limit : milliseconds, call, ...rest);
      },
    });
  await db.superuser.query(`create function public.wait() returns trigger language plpgsql as
    $$ begin if new.name = '${slow}' then perform pg_sleep(5); end if; return new; end $$`);
  await db.superuser.query('create trigger wait before insert on rempart_private.day_counts for each row execute function public.wait()');
  const { uncounted, partitions } = await upkeep(hurried(slow, 500), kept, new Date());
  expect(uncounted).toEqual([slow]);
  expect(await counted()).toEqual(partitions.filter((name) => name <= named(daysAgo(0)) && name !== slow));
  await db.superuser.query('drop trigger wait on rempart_private.day_counts; drop function public.wait()');
  expect((await upkeep(db.maintenance, kept, new Date())).uncounted).toEqual([]);
  expect(await counted()).toContain(slow);
  log.mockRestore();
});

test('a count that the database refuses fails the run, and the others are counted', async () => {
  const log = jest.spyOn(console, 'info').mockImplementation(() => undefined);
  await db.superuser.query('delete from rempart_private.day_counts');
  await db.superuser.query(`alter table rempart_private.day_counts add constraint refused check (name <> '${named(daysAgo(9))}')`);
  await expect(upkeep(db.maintenance, kept, new Date())).rejects.toThrow('violates check constraint "refused"');
  expect(log.mock.calls).toEqual([[{ uncounted: [named(daysAgo(9))] }]]);
  log.mockRestore();
  expect(await counted()).toContain(named(daysAgo(0)));
  await db.superuser.query('alter table rempart_private.day_counts drop constraint refused');
});

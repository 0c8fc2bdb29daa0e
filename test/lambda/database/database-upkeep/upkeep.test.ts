// Daily upkeep on a real server: creates and drops months, removes old rejects, and is idempotent.
import { randomUUID } from 'node:crypto';
import { upkeep } from '../../../../lambda/database/database-upkeep/upkeep';
import { ingest } from '../../../../runtime/ingest';
import { type LocalDatabase, startDatabase } from '../../../../tools/local-database/rempart';
import { databaseTimeLimit } from '../../../time-limits';

let db: LocalDatabase;
beforeAll(async () => {
  db = await startDatabase();
}, databaseTimeLimit);
afterAll(() => db.close());

test('upkeep creates the months from the last to three ahead, drops old ones, and a second run changes nothing', async () => {
  const start = new Date();
  const inTwoYears = new Date(Date.UTC(start.getUTCFullYear() + 2, 0, 31));
  const year = inTwoYears.getUTCFullYear();
  for (const month of ['2019-05-01', `${year - 1}-09-01`]) await db.maintenance.upkeep('createHitMonth', month);
  await db.maintenance.upkeep('detachHitMonth', '2019-05-01');

  const { months, dropped } = await upkeep(db.maintenance, 2, start);
  expect(dropped).toEqual(['2019-05-01']);
  expect(months).toHaveLength(6);
  await expect(upkeep(db.maintenance, 2, inTwoYears)).rejects.toThrow(/expected a month that is over/);
  expect(await upkeep(db.maintenance, 40, inTwoYears)).toMatchObject({ dropped: [] });
  expect((await upkeep(db.maintenance, 40, inTwoYears)).months).toEqual(
    expect.arrayContaining([`${year - 1}-12-01`, `${year}-01-01`, `${year}-04-01`]),
  );
});

test('rejects and strays are removed when the backups expire, not before', async () => {
  const site = await db.createSite('rejects');
  await ingest(db.application, [
    Buffer.from(`{"site":${site}}`),
    Buffer.from(`{"site":${site},"x":1}`),
    Buffer.from('{'),
    Buffer.from(randomUUID()),
  ]);
  expect(await upkeep(db.maintenance, 13, new Date())).toMatchObject({ rejectsRemoved: 0 });
  await db.superuser.query(`update rempart.rejects set rejected_at = now() - interval '31 days' where record_length < 14`);
  await db.superuser.query(`update rempart.stray_records set rejected_at = now() - interval '31 days' where record = '{'::bytea`);
  expect(await upkeep(db.maintenance, 13, new Date())).toMatchObject({ rejectsRemoved: 1 });
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
  expect(await upkeep(db.maintenance, 13, new Date())).toMatchObject({ idsRemoved: 0 });
  await age(38);
  expect(await upkeep(db.maintenance, 13, new Date())).toMatchObject({ idsRemoved: 2 });
  expect(await upkeep(db.maintenance, 13, new Date())).toMatchObject({ idsRemoved: 0 });
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

// Erasures in the daily upkeep: hits of dropped days, deleted sites, and more rows than one batch. (DSS-4.2)
import { randomUUID } from 'node:crypto';
import { upkeep } from '../../../../lambda/database/database-upkeep/upkeep';
import type { SiteId } from '../../../../runtime/site';
import { type LocalDatabase, startDatabase, tester } from '../../../../tools/local-database/rempart';
import { daysAgo, exportDay, findObjects } from '../../../database/lake-days';
import { databaseTimeLimit } from '../../../time-limits';

let db: LocalDatabase;
let site: SiteId;
beforeAll(async () => {
  db = await startDatabase();
}, databaseTimeLimit);
afterAll(() => db.close());
beforeEach(async () => {
  site = await db.createSite(`s-${randomUUID().slice(0, 8)}`);
});

const run = (text: string, ...values: (string | number | Date)[]) =>
  db.application.withSite(site, tester, async (session) => (await session.query<Record<string, unknown>>(text, values)).rows);
const addHit = async (visitor: string, at: Date = new Date()) => {
  const id = randomUUID();
  await run(
    `insert into rempart.hits (site_id, received_at, id, occurred_at, kind, visitor, url) values ($1, $2, $3, $2, 'page', $4, 'https://secret/')`,
    ...[site, at, id, visitor],
  );
  return id;
};
const erase = (visitor: string) => run('select rempart.erase_person(null, $1)', visitor);
const makeDue = () => db.superuser.query(`update rempart.erasures set due_at = now() - interval '1 day' where site_id = $1`, [site]);
const log = async (where = 'true') =>
  (await db.superuser.query(`select * from rempart.modification_log where site_id in ($1, 0) and ${where} order by id`, [site])).rows;
const kept = { hotDays: 35, keepMonths: 13 };
const named = (day: string) => `hits_${day.replaceAll('-', '_')}`;

test('the modification log has no hits of a dropped day, and an entry for the drop', async () => {
  const day = daysAgo(20);
  const id = await addHit('v-gone', new Date(`${day}T23:59:59.999Z`));
  const others = [await addHit('v-kept', new Date(`${daysAgo(19)}T00:00:00Z`)), await addHit('v-kept')];
  for (const hit of [id, ...others]) await run(`select rempart.mark_deleted('hits', $1)`, hit);
  expect(JSON.stringify(await log())).toContain('v-gone');
  await exportDay(db, site, day);
  await findObjects(db, day);
  await db.maintenance.upkeep('detachHitPartition', named(day), '2020-01-01');
  await db.maintenance.upkeep('dropHitPartition', named(day));
  expect(JSON.stringify(await log())).not.toContain('v-gone');
  expect(await log(`row_key = '${id}'`)).toMatchObject([{ operation: 'delete', actor: 'tester', before: null, after: null }]);
  for (const hit of others) expect(JSON.stringify(await log(`row_key = '${hit}'`))).toContain('v-kept');
  expect(await log('site_id = 0')).toMatchObject([{ actor: 'rempart_maintenance', table_name: 'hits', operation: 'remove', row_key: day }]);
  await db.maintenance.upkeep('createHitDay', day);
});

test('the modification log loses a hit that was gone before its visitor was removed', async () => {
  const id = await addHit('v-ada');
  await run(`select rempart.mark_deleted('hits', $1)`, id);
  await addHit('v-bob').then((other) => run(`select rempart.mark_deleted('hits', $1)`, other));
  // As a day that leaves takes it, without the log's knowing.
  await db.superuser.query('set session_replication_role = replica');
  await db.superuser.query('delete from rempart.hits where id = $1', [id]);
  await db.superuser.query('reset session_replication_role');
  await erase('v-ada');
  await makeDue();
  expect(await upkeep(db.maintenance, kept, new Date())).toMatchObject({ erasuresFinished: 1 });
  expect(JSON.stringify(await log())).not.toContain('v-ada');
  expect(JSON.stringify(await log())).toContain('v-bob');
});

test('erasure by the pseudonym hides the rights of all its people, and none can be restored', async () => {
  const [person] = await run(`insert into rempart.people (site_id, visitor) values ($1, 'v-ada') returning id`, site);
  const [other] = await run(`insert into rempart.people (site_id, visitor) values ($1, 'v-bob') returning id`, site);
  for (const holder of [person, other])
    await run(`insert into rempart.person_rights (site_id, person_id, role) values ($1, $2, 'administrator')`, site, String(holder?.id));
  const rights = await run('select id, person_id from rempart.person_rights');
  await erase('v-ada');
  expect(await run('select person_id from rempart.person_rights')).toEqual([{ person_id: other?.id }]);
  const right = rights.find(({ person_id }) => person_id === person?.id);
  expect(await run(`select rempart.restore_deleted('person_rights', $1) as done`, String(right?.id))).toEqual([{ done: false }]);
  expect(await run(`select rempart.restore_deleted('people', $1) as done`, String(person?.id))).toEqual([{ done: false }]);
});

// From a spool, the stream or a dead letter: the ingest stores it after the erasure has hidden what was there.
test('a hit of before the erasure that is stored after it goes too; one of a later visit stays', async () => {
  const asked = await addHit('v-ada').then(() => erase('v-ada'));
  expect(asked).toMatchObject([{ erase_person: expect.any(String) }]);
  await addHit('v-ada', new Date(Date.now() - 60_000));
  const later = await addHit('v-ada', new Date(Date.now() + 60_000));
  await makeDue();
  expect(await upkeep(db.maintenance, kept, new Date())).toMatchObject({ erasuresFinished: 1 });
  const { rows } = await db.superuser.query('select id from rempart.hits where site_id = $1', [site]);
  expect(rows).toEqual([{ id: later }]);
});

test('what is due in a deleted site is removed there, and nothing else opens it', async () => {
  await run(`insert into rempart.people (site_id, name, visitor) values ($1, 'Bob', 'v-bob')`, site);
  await run(
    `insert into rempart.rejects (site_id, digest, reason, detail, record, record_length) values ($1, sha256('x'), 'not-json', '', 'x', 1)`,
    site,
  );
  await erase('v-bob');
  await makeDue();
  await db.superuser.query(`update rempart.rejects set rejected_at = now() - interval '31 days' where site_id = $1`, [site]);
  await db.superuser.query('update rempart.sites set deleted_at = now() where id = $1', [site]);
  const noSite = /expected a live site, got none/;
  for (const doing of ['remove erased', 'test']) {
    const door = doing === 'test' ? db.maintenance : db.application;
    await expect(door.withSite(site, { ...tester, doing }, async () => undefined)).rejects.toThrow(noSite);
  }
  expect(await upkeep(db.maintenance, kept, new Date())).toMatchObject({ erasuresFinished: 1, rejectsRemoved: 1 });
  for (const table of ['people', 'rejects'])
    expect((await db.superuser.query(`select from rempart.${table} where site_id = $1`, [site])).rowCount).toBe(0);
});

test('more rows than one batch go in several transactions, and the last finishes the erasure', async () => {
  for (let number = 0; number < 5; number++) await addHit('v-many');
  await erase('v-many');
  await makeDue();
  const batch = () =>
    db.maintenance.withSite(site, { ...tester, doing: 'remove erased' }, async (session) => {
      const { rows } = await session.query<{ done: number }>('select rempart.remove_erased(2) as done');
      return rows[0]?.done;
    });
  const left = async () => (await db.superuser.query('select from rempart.hits where site_id = $1', [site])).rowCount;
  const steps: unknown[] = [];
  while ((await db.maintenance.upkeep('sitesWithDueErasures')).includes(site)) steps.push([await batch(), await left()]);
  expect(steps).toEqual([
    [0, 3],
    [0, 1],
    [1, 0],
  ]);
  expect(JSON.stringify(await log())).not.toContain('v-many');
});

test('a day that a long report holds is not waited for, and erasures are done all the same', async () => {
  await db.maintenance.upkeep('createHitDay', '2020-01-01');
  await run(`insert into rempart.people (site_id, name, visitor) values ($1, 'Bob', 'v-bob')`, site);
  await erase('v-bob');
  await makeDue();
  await db.superuser.query('begin');
  await db.superuser.query('select from rempart.hits');
  await expect(upkeep(db.maintenance, kept, new Date())).rejects.toThrow(/lock timeout/);
  await db.superuser.query('commit');
  expect((await db.superuser.query('select from rempart.people where site_id = $1', [site])).rowCount).toBe(0);
  expect(await upkeep(db.maintenance, kept, new Date())).toMatchObject({ dropped: ['hits_2020_01_01'], erasuresFinished: 0 });
  // Less than the other tests have: the wait for the lock is short.
}, 20_000);

test('creating a day takes no lock that the application could take', async () => {
  await db.superuser.query('begin');
  await db.superuser.query(`select rempart.create_hit_day('2031-01-01')`);
  const { rows } = await db.superuser.query(`select from pg_locks where locktype = 'advisory'`);
  await db.superuser.query('rollback');
  expect(rows).toEqual([]);
  await expect(run('select from rempart_private.month_maker for update')).rejects.toThrow(/permission denied/);
});

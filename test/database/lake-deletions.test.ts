// Objects of the lake end: replaced ones, and those whose writer failed, an hour later; none that is a file, whoever
// writes it again (TOM-4.10, DSS-4.2).
import { randomUUID } from 'node:crypto';
import type { SiteId } from '../../runtime/site';
import { type LocalDatabase, startDatabase, tester } from '../../tools/local-database/rempart';
import { databaseTimeLimit } from '../time-limits';
import {
  addHit,
  all,
  answerOf,
  asUpkeep,
  claimOf,
  daysAgo,
  deleteObjects,
  exportDay,
  fileOf,
  plan,
  readDay,
  record,
  save,
  untilLocked,
} from './lake-days';

jest.setTimeout(databaseTimeLimit);

let db: LocalDatabase;
let site: SiteId;
const day = daysAgo(12);
beforeAll(async () => {
  db = await startDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  site = await db.createSite(`s-${randomUUID().slice(0, 8)}`);
});

const filesOf = (of: SiteId) => all(db, 'select object_key, rows::int from rempart.lake_files where site_id = $1 order by 1', [of]);
const deletionsOf = async (of: SiteId) =>
  (await all(db, 'select object_key from rempart.lake_deletions where site_id = $1 order by 1', [of])).map(({ object_key }) => object_key);
const listed = () => asUpkeep(db, site, 'select rempart.lake_objects_to_delete() as key', [], 'delete lake objects');

test('replaced objects await their deletion for an hour; an object of the catalogue never does', async () => {
  await addHit(db, site, day);
  const [before] = await exportDay(db, site, day);
  expect(await deletionsOf(site)).toEqual([]);
  await addHit(db, site, day);
  const [after] = await exportDay(db, site, day);
  expect(await deletionsOf(site)).toEqual([before?.key]);
  const deleting = () => asUpkeep(db, site, 'select rempart.lake_objects_to_delete() as key', [], 'delete lake objects');
  expect(await deleting()).toEqual([]);
  expect(await answerOf(db, site, 'select rempart.record_lake_deletions(array[$1])::int', [before?.key ?? ''])).toBe(0);
  expect(await db.maintenance.upkeep('sitesWithLakeDeletions')).not.toContain(site);
  await db.superuser.query(`update rempart.lake_deletions set since = now() - interval '61 minutes' where site_id = $1`, [site]);
  expect(await db.maintenance.upkeep('sitesWithLakeDeletions')).toContain(site);
  expect(await deleteObjects(db, site)).toEqual([before?.key]);
  expect(await deletionsOf(site)).toEqual([]);
  // The same content again, by a late hit that an erasure was too early for: the object is there, and stays.
  expect(await plan(db, site, after?.key ?? '')).toBe(false);
  expect(await deletionsOf(site)).toEqual([]);
});

test('an object is announced before it is written: a writer that fails leaves it to be deleted', async () => {
  await addHit(db, site, day);
  const file = fileOf(site, day, await readDay(db, site, day));
  await expect(record(db, site, day, [file])).rejects.toThrow(/expected objects that plan_lake_file announced within 45 minutes/);
  expect(await plan(db, site, file.key)).toBe(true);
  expect(await plan(db, site, file.key)).toBe(true);
  expect(await deletionsOf(site)).toEqual([file.key]);
  await db.superuser.query(`update rempart.lake_deletions set since = now() - interval '46 minutes' where site_id = $1`, [site]);
  await expect(record(db, site, day, [file])).rejects.toThrow(/announced within 45 minutes/);
  expect(await deleteObjects(db, site)).toEqual([file.key]);
  await exportDay(db, site, day);
  expect(await deletionsOf(site)).toEqual([]);
});

test('an object that awaits its deletion is announced again at any time, and is not deleted then', async () => {
  await addHit(db, site, day);
  const file = fileOf(site, day, await readDay(db, site, day));
  await plan(db, site, file.key);
  await db.superuser.query(`update rempart.lake_deletions set since = since - interval '5 hours' where site_id = $1`, [site]);
  // The upkeep has listed it, and is about to delete it.
  const [listed] = await asUpkeep(db, site, 'select rempart.lake_objects_to_delete() as key', [], 'delete lake objects');
  expect(listed).toEqual({ key: file.key });
  expect(await plan(db, site, file.key)).toBe(true);
  expect(await answerOf(db, site, 'select rempart.record_lake_deletions(array[$1])::int', [file.key], 'delete lake objects')).toBe(0);
  await record(db, site, day, [file]);
  expect(await deletionsOf(site)).toEqual([]);
});

test('an object that another writer records meanwhile does not await its deletion', async () => {
  await addHit(db, site, day);
  const file = fileOf(site, day, await readDay(db, site, day));
  await plan(db, site, file.key);
  let planned: Promise<unknown> = Promise.resolve();
  await db.maintenance.withSite(site, { ...tester, doing: 'export to lake' }, async (session) => {
    await session.query('select rempart.record_lake_day($1, $2, $3)', [day, claimOf(site, day), JSON.stringify([file])]);
    planned = plan(db, site, file.key);
    await untilLocked(db, 'plan_lake_file');
  });
  expect(await planned).toBe(false);
  expect(await filesOf(site)).toEqual([{ object_key: file.key, rows: 1 }]);
  expect(await deletionsOf(site)).toEqual([]);
});

test('progress of a day that has changed, or has left the window, keeps no object', async () => {
  for (const leave of [
    () => addHit(db, site, day),
    // As the drop of a partition whose months are over, before its export was whole.
    () => db.superuser.query('delete from rempart.hit_days where site_id = $1', [site]),
  ]) {
    await addHit(db, site, day);
    const [row, ...rest] = await readDay(db, site, day);
    if (!row) throw new Error('the day: expected a row, got none');
    const file = fileOf(site, day, [row, ...rest]);
    await plan(db, site, file.key);
    await save(db, site, day, row, [file]);
    await db.superuser.query(`update rempart.lake_deletions set since = since - interval '5 hours' where site_id = $1`, [site]);
    expect(await listed()).toEqual([]);
    await leave();
    expect(await deleteObjects(db, site)).toEqual([file.key]);
  }
});

// The progress of an export that lasts for several runs: kept until its day changes, with its objects. (TOM-4.1)
import type { SiteId } from '../../runtime/site';
import { type LocalDatabase, startDatabase } from '../../tools/local-database/rempart';
import { databaseTimeLimit } from '../time-limits';
import { addHit, all, asUpkeep, begin, daysAgo, fileOf, plan, readDay, readRows, record, save } from './lake-days';

jest.setTimeout(databaseTimeLimit);

let db: LocalDatabase;
let site: SiteId;
const day = daysAgo(12);
beforeAll(async () => {
  db = await startDatabase();
  site = await db.createSite('progress');
});
afterAll(() => db.close());

/** Of a day whose export begins. */
const nothing = { after_received: null, after_id: null, files: null };

test('progress of a day is kept until the day changes; its objects are not deleted meanwhile, and can be recorded later', async () => {
  for (let n = 0; n < 4; n++) await addHit(db, site, day, { second: 10 + n });
  const rows = await readDay(db, site, day);
  const [first, second] = [fileOf(site, day, rows.slice(0, 2)), fileOf(site, day, rows.slice(2))];
  await plan(db, site, first.key);
  await save(db, site, day, rows[1], [first]);
  // Hours later, in another run.
  await db.superuser.query(`update rempart.lake_deletions set since = since - interval '5 hours' where site_id = $1`, [site]);
  expect(await asUpkeep(db, site, 'select rempart.lake_objects_to_delete() as key', [], 'delete lake objects')).toEqual([]);
  expect(await begin(db, site, day)).toEqual([{ after_received: rows[1]?.received_text, after_id: rows[1]?.id, files: [first] }]);
  expect(await readRows(db, site, day, rows[1])).toHaveLength(2);
  await plan(db, site, second.key);
  expect(await record(db, site, day, [first, second])).toBe(0);
  expect(await all(db, 'select object_key from rempart.lake_files where site_id = $1', [site])).toHaveLength(2);
  expect(await begin(db, site, day)).toEqual([]);

  // A change makes the progress void, and its objects go.
  await addHit(db, site, day);
  const again = await readDay(db, site, day);
  await addHit(db, site, day);
  await expect(save(db, site, day, rows[1], [first])).rejects.toThrow(
    /without a change since begin_lake_day, got a change since; export it again/,
  );
  const third = fileOf(site, day, again.slice(0, 1));
  await begin(db, site, day);
  await plan(db, site, third.key);
  await save(db, site, day, rows[1], [third]);
  await addHit(db, site, day);
  expect(await begin(db, site, day)).toEqual([nothing]);
  await db.superuser.query(`update rempart.lake_deletions set since = since - interval '5 hours' where site_id = $1`, [site]);
  expect(await asUpkeep(db, site, 'select rempart.lake_objects_to_delete() as key', [], 'delete lake objects')).toEqual([
    { key: third.key },
  ]);
});

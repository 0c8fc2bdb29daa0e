// The record of a day, whose rows the database counts, begins only in a run that has the time for it.
import type { IsLate } from '../../../../lambda/lake/lake-export/day';
import { exportDueDays, type SiteDay } from '../../../../lambda/lake/lake-export/export';
import { objectMilliseconds, recordMillisecondsOf } from '../../../../lambda/lake/lake-export/limits';
import { dayFrom } from '../../../../runtime/hit-days';
import type { SiteId } from '../../../../runtime/site';
import { type LocalDatabase, startDatabase } from '../../../../tools/local-database/rempart';
import { provideZstd } from '../../../../tools/local-database/zstd';
import { MemoryLake } from '../../../runtime/lake/memory-lake';
import { databaseTimeLimit } from '../../../time-limits';
import { addHits } from '../lake-hits';

jest.mock('../../../../lambda/lake/lake-export/limits', () => ({
  ...jest.requireActual('../../../../lambda/lake/lake-export/limits'),
  objectLimits: { rows: 60, characters: 2 ** 20 },
  pageSize: 20,
}));

let db: LocalDatabase;
const now = new Date();
const day = (ago: number) => dayFrom(now, -ago);
const never = () => false;
const run = (lake: MemoryLake, isLate: IsLate = never) => exportDueDays(db.maintenance, lake, { now, afterDays: 10, isLate });

beforeAll(async () => {
  await provideZstd();
  db = await startDatabase();
}, databaseTimeLimit);
afterAll(() => db.close());

/** Sites with a file of the lake. */
const catalogued = async (): Promise<readonly number[]> =>
  (await db.superuser.query<{ site: number }>('select distinct site_id as site from rempart.lake_files')).rows.map(({ site }) => site);

/** Late before the second object of a run, whose days ask before they begin. */
const lateAfterOne = (): IsLate => {
  let questions = 0;
  return (needed) => needed === objectMilliseconds && questions++ > 0;
};

/** A run in which so many milliseconds are left all the time. */
const left =
  (milliseconds: number): IsLate =>
  (needed) =>
    milliseconds < needed;

test('a run without the time for the record of a day leaves it to the next one, which writes no object again', async () => {
  const of = day(18);
  const site = await db.createSite('recorded-later');
  await addHits(db, site, of, 130);
  const lake = new MemoryLake();
  const milliseconds = recordMillisecondsOf(130);
  const onlyObjects: IsLate = (needed) => needed === milliseconds;
  const unrecorded: SiteDay = { site, day: of };
  expect(await run(lake, onlyObjects)).toMatchObject({ days: 0, objects: 3, unrecorded, failures: [] });
  expect(await catalogued()).not.toContain(site);
  const before = [...lake.objects.keys()];
  // It gave the day back: the next run need not wait for the end of its claim.
  const result = await run(lake);
  expect(result).toMatchObject({ days: 1, rows: 130, objects: 3, failures: [] });
  expect(result.unrecorded).toBeUndefined();
  expect([...lake.objects.keys()]).toEqual(before);
  expect(await catalogued()).toContain(site);
});

test('a day of a hundred million rows needs ten minutes, and is not begun with less', async () => {
  const of = day(18);
  const site = await db.createSite('large');
  await addHits(db, site, of, 70);
  const lake = new MemoryLake();
  await run(lake, lateAfterOne());
  await db.superuser.query(`update rempart.lake_progress set files = jsonb_set(files, '{0,rows}', '100000000') where site_id = $1`, [site]);
  expect(await run(lake, left(599_999))).toMatchObject({ days: 0, unrecorded: { site, day: of }, failures: [] });
  // With ten minutes the database counts, and finds other rows.
  expect((await run(lake, left(600_000))).failures.map(String)).toEqual([expect.stringMatching(/expected the rows that the window has/)]);
  await db.superuser.query(`update rempart.hit_days set claimed_until = now() - interval '1 second' where claim is not null`);
  expect(await run(lake, left(200_000))).toMatchObject({ days: 1, rows: 70, failures: [] });
});

test('a day that only lacks its record comes before the days of all sites', async () => {
  const sites = await Promise.all(['f', 'g', 'h'].map((name) => db.createSite(`first-${name}`)));
  for (const site of sites) await addHits(db, site, day(18), 10);
  const first: SiteDay = { site: sites[1] as SiteId, day: day(18) };
  // The run is late after its first day.
  const isLate = lateAfterOne();
  expect(await exportDueDays(db.maintenance, new MemoryLake(), { now, afterDays: 10, isLate, first })).toMatchObject({ days: 1 });
  const done = await catalogued();
  expect(sites.filter((site) => done.includes(site))).toEqual([first.site]);
  // A day that another run has recorded meanwhile is no failure.
  const again = await exportDueDays(db.maintenance, new MemoryLake(), { now, afterDays: 10, isLate: never, first });
  expect(again).toMatchObject({ days: 2, failures: [] });
});

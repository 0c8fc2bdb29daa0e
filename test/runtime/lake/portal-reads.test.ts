// The reads of a portal: the same rows while the window has the days and when the lake alone has them; the newest hits
// over both; and an object with rows of another site, which fails.
import { exportDueDays } from '../../../lambda/lake/lake-export/export';
import { dayFrom } from '../../../runtime/hit-days';
import type { LakeRow } from '../../../runtime/lake/columns';
import { hitsOf, newestHits } from '../../../runtime/lake/hits';
import { ReadLimits } from '../../../runtime/lake/limits';
import { type Choice, portalReads } from '../../../runtime/lake/portal-reads';
import { readFile } from '../../../runtime/lake/read';
import { encodeFile } from '../../../runtime/lake/write';
import type { SiteId } from '../../../runtime/site';
import { type LocalDatabase, startDatabase, tester } from '../../../tools/local-database/rempart';
import { provideZstd } from '../../../tools/local-database/zstd';
import { findObjects } from '../../database/lake-days';
import { addHits, windowRows } from '../../lambda/lake/lake-hits';
import { databaseTimeLimit } from '../../time-limits';
import { MemoryLake } from './memory-lake';

let db: LocalDatabase;
let site: SiteId;
const lake = new MemoryLake();
const now = new Date();
const day = (ago: number) => dayFrom(now, -ago);
const choice: Choice = {
  day: day(24),
  firstDay: day(25),
  lastDay: day(12),
  kind: 'click',
  path: '/7',
  visitor: 'v-3',
};
const limits = () => new ReadLimits(2 ** 30, new Date(Date.now() + 60_000));

async function answers(): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const found: Record<string, readonly unknown[]> = {};
  for (const [name, read] of Object.entries(portalReads))
    found[name] = await db.application.withSite(site, tester, (session) =>
      read({ session, store: lake.of(site), limits: limits() }, choice),
    );
  return found;
}

const newest = (to: Date, count: number) =>
  db.application.withSite(site, tester, (session) => newestHits(session, lake.of(site), { to, count }, limits()));

async function drop(...ago: readonly number[]): Promise<void> {
  for (const each of ago) await findObjects(db, day(each));
  for (const name of ago.map((each) => `hits_${day(each).replaceAll('-', '_')}`)) {
    await db.maintenance.upkeep('detachHitPartition', name, '2000-01-01');
    await db.maintenance.upkeep('dropHitPartition', name);
  }
}

beforeAll(async () => {
  await provideZstd();
  db = await startDatabase();
  site = await db.createSite('one');
  for (const [ago, count] of [
    [25, 60],
    [24, 120],
    [23, 30],
    [2, 40],
  ] as const)
    await addHits(db, site, day(ago), count);
}, databaseTimeLimit);
afterAll(() => db.close());

test('each read has the same rows in both places', async () => {
  const before = await answers();
  const { 'rejects of a month': rejects, ...others } = before;
  expect(rejects).toEqual([]);
  for (const [name, rows] of Object.entries(others)) expect([name, rows.length]).not.toEqual([name, 0]);
  expect(before['hits of a kind']).toHaveLength(40);
  expect(before['hours of a day']).toHaveLength(23);
  expect(before['pages of a day']).toHaveLength(50);
  expect(before['hits of a path']).toHaveLength(1);
  expect(before['export of a person']?.length).toBeGreaterThan(before['one visitor in a month']?.length ?? 0);

  await exportDueDays(db.maintenance, lake, { now, afterDays: 10, isLate: () => false });
  await drop(25, 24, 23);
  expect(lake.opened).toEqual([]);
  expect(await answers()).toEqual(before);
  expect(lake.opened.length).toBeGreaterThan(10);
});

test.each(['2026-11-31', '2026-1-1', "2026-11-01' or '1'='1", '2026-11-01/../../site=2', ''])('no day is %p', async (of) => {
  const read = portalReads['hits of a kind'];
  const answer = db.application.withSite(site, tester, async (session) =>
    read?.({ session, store: lake.of(site), limits: limits() }, { ...choice, day: of }),
  );
  await expect(answer).rejects.toThrow(`day: expected yyyy-mm-dd, got ${JSON.stringify(of)}`);
});

test('the newest hits are those of the window, and then those of the lake, day by day', async () => {
  const recent = (await windowRows(db, site)).toReversed();
  expect(await newest(now, 40)).toEqual(recent);
  const opened = lake.opened.length;
  const more = await newest(now, 75);
  expect(more.slice(0, 40)).toEqual(recent);
  // 30 of the last day of the lake, 5 of the day before; the first is not read.
  expect(more).toHaveLength(75);
  expect(lake.opened.slice(opened).map((key) => /day=([\d-]+)/.exec(key)?.[1])).toEqual([day(23), day(24)]);
  const times = more.map((row) => (JSON.parse(row) as { received_at: string }).received_at);
  expect(times).toEqual(times.toSorted().toReversed());
  expect(await newest(now, 1000)).toHaveLength(250);
  expect(await newest(new Date(day(25)), 10)).toEqual([]);
});

test('a day that stays in the window while newer ones are in the lake alone is read in its turn', async () => {
  const opened = lake.opened.length;
  // Its export failed for weeks: the days behind it left the window before it.
  await addHits(db, site, day(26), 15);
  const all = await newest(now, 1000);
  expect(all).toHaveLength(265);
  const times = (rows: readonly string[]) => rows.map((row) => (JSON.parse(row) as { received_at: string }).received_at);
  expect(times(all)).toEqual(times(all).toSorted().toReversed());
  expect(
    new Set(
      times(all)
        .slice(-15)
        .map((time) => time.slice(0, 10)),
    ),
  ).toEqual(new Set([day(26)]));
  for (const count of [1, 40, 41, 70, 71, 249, 250, 251, 265])
    expect([count, await newest(now, count)]).toEqual([count, all.slice(0, count)]);
  // With enough hits in the window that are newer than each of the lake, nothing of it is read.
  const before = lake.opened.length;
  expect(before).toBeGreaterThan(opened);
  await newest(now, 40);
  expect(lake.opened).toHaveLength(before);
  await db.superuser.query(`delete from rempart.hits where site_id = $1 and received_at < $2`, [site, `${day(25)}T00:00:00Z`]);
});

test('the newest hits are without those of a person whose erasure waits, in both places', async () => {
  await db.application.withSite(site, tester, (session) => session.query(`select rempart.erase_person(null, 'v-3')`));
  const rows = await newest(now, 1000);
  expect(rows.length).toBeLessThan(250);
  expect(rows.filter((row) => row.includes('"visitor": "v-3"'))).toEqual([]);
});

test('an object of the site with rows of another one fails, whatever its folder', async () => {
  const [key = '', body = Buffer.alloc(0)] = [...lake.objects].find(([each]) => each.includes(day(24))) ?? [];
  const rows: LakeRow[] = [];
  const source = { bytes: body.length, read: async (start: number, end: number) => new Uint8Array(body.subarray(start, end)).buffer };
  for await (const part of readFile(source, {}, limits())) rows.push(...part);
  const foreign = await encodeFile(rows.map((row, at) => (at === 5 ? { ...row, site_id: site + 1 } : row)));
  lake.objects.set(key, foreign.body);
  await db.superuser.query('update rempart.lake_files set bytes = $1 where object_key = $2', [foreign.body.length, key]);
  const read = db.application.withSite(site, tester, async (session) => {
    for await (const _ of hitsOf(session, lake.of(site), {}, limits()));
  });
  await expect(read).rejects.toThrow(`lake file ${key}: expected rows of site ${site}, got one of another site`);
});

// The hits of a site over window and lake on a real server: the rows that the window alone would have had, of one
// site, without those of an erased person, and within limits. The objects are in memory.
import fc from 'fast-check';
import { exportDueDays } from '../../../lambda/lake/lake-export/export';
import { dayFrom } from '../../../runtime/hit-days';
import { type HitFilter, hitsOf } from '../../../runtime/lake/hits';
import { ReadLimits } from '../../../runtime/lake/limits';
import type { SiteId } from '../../../runtime/site';
import { type LocalDatabase, startDatabase, tester } from '../../../tools/local-database/rempart';
import { provideZstd } from '../../../tools/local-database/zstd';
import { findObjects } from '../../database/lake-days';
import { addHits } from '../../lambda/lake/lake-hits';
import { databaseTimeLimit } from '../../time-limits';
import { MemoryLake } from './memory-lake';

let db: LocalDatabase;
let [one, two] = [0, 0] as unknown as [SiteId, SiteId];
const lake = new MemoryLake();
const now = new Date();
const day = (ago: number) => dayFrom(now, -ago);
/** All rows of the first site, as the window had them before days left it. */
let rowsBefore: readonly string[];

const limits = () => new ReadLimits(2 ** 30, new Date(Date.now() + 60_000));
const read = (filter: HitFilter, site = one, within = limits()) =>
  db.application.withSite(site, tester, async (session) => {
    const rows: string[] = [];
    for await (const part of hitsOf(session, lake.of(site), filter, within)) rows.push(...part);
    return rows;
  });

async function rowsOf(site: SiteId): Promise<readonly string[]> {
  const { rows } = await db.superuser.query<{ row: string }>(
    'select to_jsonb(h)::text as row from rempart.hits h where site_id = $1 and deleted_at is null order by received_at, id',
    [site],
  );
  return rows.map(({ row }) => row);
}

/** Drops the partition of a day from the window, as upkeep does. */
async function drop(of: string): Promise<void> {
  await findObjects(db, of);
  const name = `hits_${of.replaceAll('-', '_')}`;
  await db.maintenance.upkeep('detachHitPartition', name, '2000-01-01');
  await db.maintenance.upkeep('dropHitPartition', name);
}

beforeAll(async () => {
  await provideZstd();
  db = await startDatabase();
  [one, two] = [await db.createSite('one'), await db.createSite('two')];
  for (const [site, ago, count] of [
    [one, 25, 120],
    [one, 24, 40],
    [one, 20, 90],
    [one, 5, 60],
    [two, 25, 30],
  ] as const) {
    await addHits(db, site, day(ago), count);
  }
  rowsBefore = await rowsOf(one);
  await exportDueDays(db.maintenance, lake, { now, afterDays: 10, isLate: () => false });
  await drop(day(25));
  await drop(day(24));
}, databaseTimeLimit);
afterAll(() => db.close());

test('reads each row once: from the window while it has the day, and from the lake afterwards', async () => {
  const all = await read({});
  expect(all).toEqual(rowsBefore);
  expect(lake.opened.every((key) => [day(25), day(24)].some((of) => key.includes(of)))).toBe(true);
  expect(await rowsOf(one)).toHaveLength(rowsBefore.length - 160);
});

test('any filter yields the rows that a scan finds', async () => {
  const seed = 20261130;
  const instant = fc.integer({ min: 0, max: 26 * 24 * 60 }).map((minutes) => new Date(Date.parse(day(26)) + minutes * 60_000));
  const filter = fc.record(
    {
      visitor: fc.constantFrom('v-1', 'v-6', 'v-none', "v' or '1'='1"),
      kind: fc.constantFrom('page', 'click', 'none'),
      from: instant,
      to: instant,
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(filter, async (of) => {
      const expected = rowsBefore.filter((text) => {
        const row = JSON.parse(text) as { readonly visitor: string | null; readonly kind: string; readonly received_at: string };
        const at = Date.parse(row.received_at);
        return (
          (of.visitor === undefined || row.visitor === of.visitor) &&
          (of.kind === undefined || row.kind === of.kind) &&
          (of.from === undefined || at >= of.from.getTime()) &&
          (of.to === undefined || at < of.to.getTime())
        );
      });
      expect(await read(of)).toEqual(expected);
    }),
    { seed, numRuns: 60 },
  );
});

test('the window is read page by page, beyond its first', async () => {
  const three = await db.createSite('three');
  await addHits(db, three, day(4), 2001);
  expect(await read({}, three)).toEqual(await rowsOf(three));
});

test('a site has its own rows only, and nothing of another one', async () => {
  const rows = await read({}, two);
  expect(rows).toHaveLength(30);
  expect(rows.every((row) => row.includes(`"site_id": ${two}`))).toBe(true);
});

test('rows of a person whose erasure waits are left out, in both places; later ones are not', async () => {
  const erased = rowsBefore.filter((row) => !row.includes('"visitor": "v-3"'));
  expect(erased.length).toBeLessThan(rowsBefore.length);
  await db.application.withSite(one, tester, (session) => session.query(`select rempart.erase_person(null, 'v-3')`));
  expect(await read({})).toEqual(erased);
  expect(await read({ visitor: 'v-3' })).toEqual([]);
  await db.application.withSite(one, tester, (session) =>
    session.query(
      `insert into rempart.hits (site_id, received_at, id, occurred_at, kind, visitor) values ($1, now(), gen_random_uuid(), now(), 'page', 'v-3')`,
      [one],
    ),
  );
  expect(await read({ visitor: 'v-3' })).toHaveLength(1);
  // It came in before the erasure, and was stored after it.
  const late = dayFrom(now, -2);
  await addHits(db, one, late, 7);
  expect(await read({ visitor: 'v-3' })).toHaveLength(1);
  expect((await read({})).filter((row) => row.includes(late))).toHaveLength(6);
});

test('bounds are exact: the first instant is included, the last is not, and objects beyond them are not opened', async () => {
  const site = await db.createSite('bounds');
  const of = day(22);
  const [first, last] = [new Date(`${of}T10:00:00.001Z`), new Date(`${of}T10:00:00.003Z`)];
  for (const at of [first, last])
    await db.application.withSite(site, tester, (session) =>
      session.query(
        `insert into rempart.hits (site_id, received_at, id, occurred_at, kind) values ($1, $2, gen_random_uuid(), $2, 'page')`,
        [site, at],
      ),
    );
  await exportDueDays(db.maintenance, lake, { now, afterDays: 10, isLate: () => false });
  await drop(of);
  const next = (instant: Date) => new Date(instant.getTime() + 1);
  const found = async (filter: HitFilter) => {
    lake.opened.length = 0;
    const rows = await read(filter, site);
    return { rows: rows.length, opened: lake.opened.length };
  };
  expect(await found({ from: last })).toEqual({ rows: 1, opened: 1 });
  expect(await found({ from: next(last) })).toEqual({ rows: 0, opened: 0 });
  expect(await found({ to: first })).toEqual({ rows: 0, opened: 0 });
  expect(await found({ to: next(first) })).toEqual({ rows: 1, opened: 1 });
  expect(await found({ from: first, to: last })).toEqual({ rows: 1, opened: 1 });
});

test('the days of one visitor are read several at once, in order and up to a bound; those of all, one by one', async () => {
  const site = await db.createSite('many-days');
  for (let ago = 12; ago < 32; ago++) {
    await db.maintenance.upkeep('createHitDay', day(ago));
    await addHits(db, site, day(ago), 7);
  }
  const before = await rowsOf(site);
  await exportDueDays(db.maintenance, lake, { now, afterDays: 10, isLate: () => false });
  await db.superuser.query('delete from rempart.hit_days where site_id = $1', [site]);
  await db.superuser.query('set session_replication_role = replica');
  await db.superuser.query('delete from rempart.hits where site_id = $1', [site]);
  await db.superuser.query('reset session_replication_role');
  let [open, most] = [0, 0];
  const of = lake.of.bind(lake);
  jest.spyOn(lake, 'of').mockImplementation((each) => ({
    ...of(each),
    open: (object) => {
      const source = of(each).open(object);
      return {
        ...source,
        read: async (start, end) => {
          most = Math.max(most, ++open);
          // The later days answer first.
          await new Promise((resolve) => setTimeout(resolve, 40 - lake.opened.length));
          return source.read(start, end).finally(() => open--);
        },
      };
    },
  }));
  lake.opened.length = 0;
  expect(await read({ visitor: 'v-1' }, site)).toEqual(before.filter((row) => row.includes('"v-1"')));
  expect(most).toBe(16);
  most = 0;
  expect(await read({}, site)).toEqual(before);
  expect(most).toBe(1);
  jest.restoreAllMocks();
});

test('a read beyond its bytes or its time fails, and is logged as failed', async () => {
  await expect(read({}, one, new ReadLimits(100, new Date(Date.now() + 60_000)))).rejects.toThrow(
    /expected a read of at most 100 bytes, got/,
  );
  await expect(read({}, one, new ReadLimits(2 ** 30, new Date(0)))).rejects.toThrow(/expected a read that ends by 1970/);
  const { rows } = await db.superuser.query(
    `select outcome, detail from rempart.access_log where site_id = $1 and outcome = 'failed' order by at desc limit 1`,
    [one],
  );
  expect(rows).toEqual([{ outcome: 'failed', detail: 'LakeLimitError' }]);
});

test('while a read is open, upkeep cannot drop a day: no row is missing from both places', async () => {
  // The erasure has changed the day.
  await exportDueDays(db.maintenance, lake, { now, afterDays: 10, isLate: () => false });
  await findObjects(db, day(20));
  await db.application.withSite(one, tester, async (session) => {
    const reading = hitsOf(session, lake.of(one), {}, limits());
    const first = await reading.next();
    await expect(db.maintenance.upkeep('detachHitPartition', `hits_${day(20).replaceAll('-', '_')}`, '2000-01-01')).rejects.toThrow(
      /lock timeout/,
    );
    let rows = first.value?.length ?? 0;
    for await (const part of reading) rows += part.length;
    expect(rows).toBeGreaterThan(0);
  });
  await drop(day(20));
});

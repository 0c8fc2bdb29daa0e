// The export of days to the lake on a real server: exactly the rows of the window, resumable after each object, and
// again after a late hit. The objects are in memory.
import type { IsLate } from '../../../../lambda/lake/lake-export/day';
import { exportDueDays } from '../../../../lambda/lake/lake-export/export';
import { objectMilliseconds } from '../../../../lambda/lake/lake-export/limits';
import { dayFrom } from '../../../../runtime/hit-days';
import { ReadLimits } from '../../../../runtime/lake/limits';
import { readFile } from '../../../../runtime/lake/read';
import { rowText } from '../../../../runtime/lake/row-text';
import type { SiteId } from '../../../../runtime/site';
import { type LocalDatabase, startDatabase } from '../../../../tools/local-database/rempart';
import { provideZstd } from '../../../../tools/local-database/zstd';
import { MemoryLake } from '../../../runtime/lake/memory-lake';
import { databaseTimeLimit } from '../../../time-limits';
import { addHits, windowRows } from '../lake-hits';

jest.mock('../../../../lambda/lake/lake-export/limits', () => ({
  ...jest.requireActual('../../../../lambda/lake/lake-export/limits'),
  objectLimits: { rows: 60, characters: 2 ** 20 },
  pageSize: 20,
}));

let db: LocalDatabase;
let [one, two] = [0, 0] as unknown as [SiteId, SiteId];
const now = new Date();
const day = (ago: number) => dayFrom(now, -ago);
const never = () => false;
const run = (lake: MemoryLake, isLate: IsLate = never) => exportDueDays(db.maintenance, lake, { now, afterDays: 10, isLate });
/** Late before an object so many questions after that before the first day of the run. */
const lateAt = (number: number): IsLate => {
  let questions = 0;
  return (needed) => needed === objectMilliseconds && questions++ >= number;
};

beforeAll(async () => {
  await provideZstd();
  db = await startDatabase();
  [one, two] = [await db.createSite('one'), await db.createSite('two')];
}, databaseTimeLimit);
afterAll(() => db.close());

interface Catalogued {
  readonly site_id: number;
  readonly day: string;
  readonly object_key: string;
  readonly rows: string;
  readonly bytes: string;
}

async function catalogue(): Promise<readonly Catalogued[]> {
  const { rows } = await db.superuser.query<Catalogued>(
    `select site_id, to_char(day, 'YYYY-MM-DD') as day, object_key, rows, bytes from rempart.lake_files order by site_id, day, first_received`,
  );
  return rows;
}

/** The rows of a site's day in the lake, in the order of their arrival. */
async function lakeRows(lake: MemoryLake, site: SiteId, of: string): Promise<readonly string[]> {
  const found: { readonly at: bigint; readonly id: string; readonly text: string }[] = [];
  for (const { site_id: owner, day: its, object_key: key, bytes } of await catalogue()) {
    if (owner !== site || its !== of) continue;
    const source = lake.of(site).open({ key, bytes: Number(bytes) });
    for await (const rows of readFile(source, {}, new ReadLimits(2 ** 30, new Date(8.64e15)))) {
      for (const row of rows) found.push({ at: row.received_at, id: row.id, text: rowText(row) });
    }
  }
  found.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1));
  return found.map(({ text }) => text);
}

/** Days of any site that the lake has not. */
async function waiting(): Promise<number> {
  const { rows } = await db.superuser.query<{ n: number }>(
    `select count(*)::int as n from rempart.hit_days where state <> 'stored' and day < $1`,
    [day(10)],
  );
  return rows[0]?.n ?? 0;
}

/** Lets the time of all claims pass. */
const expireClaims = () =>
  db.superuser.query(`update rempart.hit_days set claimed_until = now() - interval '1 second' where claim is not null`);

const onDay = (of: string) => `received_at >= '${of}T00:00:00Z' and received_at < timestamptz '${of}T00:00:00Z' + interval '1 day'`;

test('exports each day that is over for ten days, as it is in the window, in objects of bounded size', async () => {
  await addHits(db, one, day(11), 250);
  await addHits(db, one, day(10), 30);
  await addHits(db, two, day(20), 61);
  const lake = new MemoryLake();
  expect(await run(lake)).toEqual({ days: 2, rows: 311, objects: 7, longestWaitHours: 0, unlisted: 0, failures: [] });
  expect(await lakeRows(lake, one, day(11))).toEqual(await windowRows(db, one, onDay(day(11))));
  expect(await lakeRows(lake, two, day(20))).toEqual(await windowRows(db, two, onDay(day(20))));
  expect((await catalogue()).map(({ rows }) => Number(rows))).toEqual([60, 60, 60, 60, 10, 60, 1]);
  expect([...lake.objects.keys()].sort()).toEqual((await catalogue()).map(({ object_key: key }) => key).sort());
  expect(await run(lake)).toEqual({ days: 0, rows: 0, objects: 0, longestWaitHours: 0, unlisted: 0, failures: [] });
});

test('a day that is longer than a run continues behind its last object, and the rows are those of one run', async () => {
  const late = day(13);
  await addHits(db, one, late, 250);
  const lake = new MemoryLake();
  const runs: number[] = [];
  // Each run ends after its first object.
  for (let due = 1; due > 0 && runs.length < 20; ) {
    await run(lake, lateAt(1));
    due = await waiting();
    runs.push(due);
  }
  expect(runs).toEqual([1, 1, 1, 1, 0]);
  expect(await lakeRows(lake, one, late)).toEqual(await windowRows(db, one, onDay(late)));
});

test('a run that dies after any write leaves nothing that the next does not complete or delete', async () => {
  for (let survivedWrites = 0; survivedWrites <= 5; survivedWrites++) {
    const of = day(14 + survivedWrites);
    await addHits(db, two, of, 250);
    const lake = new MemoryLake();
    let writes = 0;
    lake.failing = () => writes++ === survivedWrites;
    const { failures } = await run(lake);
    const failed = survivedWrites < 5 ? [expect.stringMatching(/^Error: site .*SlowDown/)] : [];
    expect(failures.map(String)).toEqual(failed);
    expect(await waiting()).toBe(survivedWrites < 5 ? 1 : 0);
    lake.failing = never;
    // The claim of the run that died holds the day for a while.
    expect(await run(lake)).toMatchObject({ days: 0, failures: [] });
    await expireClaims();
    await run(lake);
    expect(await lakeRows(lake, two, of)).toEqual(await windowRows(db, two, onDay(of)));
    const kept = new Set((await catalogue()).map(({ object_key: key }) => key));
    const { rows } = await db.superuser.query<{ object_key: string }>('select object_key from rempart.lake_deletions');
    const deleted = new Set(rows.map(({ object_key: key }) => key));
    for (const key of lake.objects.keys()) expect([kept.has(key), deleted.has(key)]).toContain(true);
  }
});

test('an object ends with its texts, too: long rows make small objects', async () => {
  const site = await db.createSite('long');
  await addHits(db, site, day(17), 60);
  // 30,000 characters a row: two pages of 20 have more than a mebi.
  await db.superuser.query(`update rempart.hits set fields = jsonb_build_object('text', repeat('x', 30000)) where site_id = $1`, [site]);
  const lake = new MemoryLake();
  expect(await run(lake)).toMatchObject({ days: 1, rows: 60, objects: 2, failures: [] });
  const rows = (await catalogue()).filter(({ site_id: of }) => of === site).map(({ rows: number }) => Number(number));
  expect(rows).toEqual([40, 20]);
});

test('a day whose last object is full is recorded', async () => {
  const of = day(16);
  const site = await db.createSite('full');
  await addHits(db, site, of, 120);
  const lake = new MemoryLake();
  expect(await run(lake)).toEqual({ days: 1, rows: 120, objects: 2, longestWaitHours: 0, unlisted: 0, failures: [] });
  expect(await lakeRows(lake, site, of)).toEqual(await windowRows(db, site, onDay(of)));
});

test('runs at once share the days: each is exported by one of them', async () => {
  const sites = await Promise.all(['a', 'b', 'c'].map((name) => db.createSite(`shared-${name}`)));
  for (const site of sites) for (const ago of [11, 12, 13]) await addHits(db, site, day(ago), 70);
  const lake = new MemoryLake();
  let puts = 0;
  lake.failing = () => ++puts < 0;
  const results = await Promise.all(
    [0, 0.4, 0.7].map((startAt) => exportDueDays(db.maintenance, lake, { now, afterDays: 10, isLate: never, startAt })),
  );
  expect(results.flatMap(({ failures }) => failures)).toEqual([]);
  const sum = (of: 'days' | 'rows' | 'objects') => results.reduce((total, result) => total + result[of], 0);
  expect([sum('days'), sum('rows'), sum('objects'), puts]).toEqual([9, 630, 18, 18]);
  expect(results.every(({ days }) => days > 0)).toBe(true);
  for (const site of sites)
    for (const ago of [11, 12, 13]) expect(await lakeRows(lake, site, day(ago))).toEqual(await windowRows(db, site, onDay(day(ago))));
  expect(await waiting()).toBe(0);
});

test('a late hit makes its day due again, and its objects are replaced', async () => {
  const of = day(11);
  const lake = new MemoryLake();
  await addHits(db, one, of, 1, 3);
  expect(await run(lake)).toMatchObject({ days: 1, rows: 251 });
  expect(await lakeRows(lake, one, of)).toEqual(await windowRows(db, one, onDay(of)));
});

test('a hit that comes while its day is read leaves the day to the next run, and no failure', async () => {
  const of = day(12);
  await addHits(db, one, of, 130);
  const lake = new MemoryLake();
  let added = false;
  const store = lake.of.bind(lake);
  jest.spyOn(lake, 'of').mockImplementation((site) => {
    const real = store(site);
    return {
      ...real,
      put: async (key, file) => {
        if (!added) await addHits(db, one, of, 1, 5);
        added = true;
        return real.put(key, file);
      },
    };
  });
  expect(await run(lake)).toMatchObject({ days: 0, failures: [] });
  expect(await run(lake)).toMatchObject({ days: 1, rows: 131, longestWaitHours: 0 });
  expect(await lakeRows(lake, one, of)).toEqual(await windowRows(db, one, onDay(of)));
});

test('a day whose objects lack a row fails with the reason, and is read from its beginning once its claim has ended', async () => {
  const of = day(17);
  await addHits(db, one, of, 130);
  const lake = new MemoryLake();
  expect(await run(lake, lateAt(2))).toMatchObject({ days: 0 });
  await db.superuser.query(`update rempart.lake_progress set files = jsonb_set(files, '{0,rows}', '59') where site_id = $1 and day = $2`, [
    one,
    of,
  ]);
  const { failures } = await run(lake);
  expect(failures).toEqual([
    expect.objectContaining({
      message: `site ${one}, ${of}: lake: expected the rows that the window has, got 129 in 3 objects; the export of the day begins again in 16 minutes`,
    }),
  ]);
  expect(await run(lake)).toMatchObject({ days: 0, failures: [] });
  await expireClaims();
  expect(await run(lake)).toMatchObject({ days: 1, rows: 130, failures: [] });
  expect(await lakeRows(lake, one, of)).toEqual(await windowRows(db, one, onDay(of)));
});

test('a day that is due again gets back an object that the catalogue has and the lake lost', async () => {
  const of = day(20);
  const lake = new MemoryLake();
  const marked = `update rempart.hit_days set state = 'changed' where site_id = ${two} and day = '${of}'`;
  await db.superuser.query(marked);
  expect(await run(lake)).toMatchObject({ days: 1, objects: 2, failures: [] });
  const before = [...lake.objects.keys()];
  lake.objects.delete(before[0] ?? '');
  await db.superuser.query(marked);
  expect(await run(lake)).toMatchObject({ days: 1, objects: 2, failures: [] });
  expect([...lake.objects.keys()].sort()).toEqual(before.sort());
  expect(await lakeRows(lake, two, of)).toEqual(await windowRows(db, two, onDay(of)));
});

describe('how long a day has been due', () => {
  const broken = () => {
    const lake = new MemoryLake();
    lake.failing = () => true;
    return lake;
  };
  const hoursToday = () => (Date.now() - Date.parse(`${day(0)}T00:00:00Z`)) / 3_600_000;
  let site: SiteId;
  const setChanged = (hours: number) =>
    db.superuser.query(`update rempart.hit_days set changed_at = now() - make_interval(secs => $2 * 3600) where site_id = $1`, [
      site,
      hours,
    ]);

  test('is measured from the midnight on which it was due, for a day whose hits came in time', async () => {
    site = await db.createSite('waits');
    await addHits(db, site, day(14), 5);
    await setChanged(14 * 24);
    const { longestWaitHours, failures } = await run(broken());
    expect(failures).toHaveLength(1);
    // Due when it was over for ten days: at the beginning of three days ago.
    expect(longestWaitHours).toBeCloseTo(72 + hoursToday(), 0);
  });

  test('begins with a late hit, not with the end of the day, and a further one does not begin it again', async () => {
    await expireClaims();
    expect(await run(new MemoryLake())).toMatchObject({ days: 1, longestWaitHours: 0 });
    // A day of a month ago becomes due by a hit of now: nobody is late.
    await addHits(db, site, day(14), 1, 7);
    expect((await run(broken())).longestWaitHours).toBeLessThan(0.1);
    await setChanged(30);
    // While it is read, and again while it waits.
    await addHits(db, site, day(14), 1, 8);
    await addHits(db, site, day(14), 1, 9);
    expect((await run(broken())).longestWaitHours).toBeCloseTo(30, 1);
    await expireClaims();
    expect(await run(new MemoryLake())).toMatchObject({ days: 1, rows: 8, longestWaitHours: 0 });
  });
});

test('a month of an earlier release counts until it is listed: only then are its days due', async () => {
  const site = await db.createSite('earlier');
  await addHits(db, site, day(15), 4);
  const partition = `hits_${day(15).replaceAll('-', '_')}`;
  // As the migration leaves it: hits of a partition, and no day of theirs.
  await db.superuser.query('set session_replication_role = replica');
  await db.superuser.query('delete from rempart.hit_days where day = $1', [day(15)]);
  await db.superuser.query('insert into rempart_private.unlisted_partitions values ($1)', [partition]);
  await db.superuser.query('reset session_replication_role');
  expect(await run(new MemoryLake())).toMatchObject({ days: 0, longestWaitHours: 0, unlisted: 1 });
  await db.maintenance.upkeep('listHitDays', partition);
  // A wait of seconds is no wait of 0.
  await db.superuser.query(`update rempart.hit_days set changed_at = now() - interval '2 seconds' where site_id = $1`, [site]);
  const failing = new MemoryLake();
  failing.failing = () => true;
  expect(await run(failing)).toMatchObject({ longestWaitHours: 0.01, unlisted: 0 });
  await expireClaims();
  const { days, longestWaitHours, unlisted } = await run(new MemoryLake());
  expect([days > 0, longestWaitHours, unlisted]).toEqual([true, 0, 0]);
});

test('a site whose days cannot be listed is a failure with its number, and the others are exported', async () => {
  const [bad, good] = [await db.createSite('bad'), await db.createSite('good')];
  for (const site of [bad, good]) await addHits(db, site, day(11), 3);
  const failing = new Proxy(db.maintenance, {
    get: (target, name) => {
      const value = Reflect.get(target, name);
      if (name !== 'withSite') return typeof value === 'function' ? value.bind(target) : value;
      return (of: SiteId, ...rest: [never, never]) =>
        of === bad ? Promise.reject(new Error('canceling statement due to lock timeout')) : target.withSite(of, ...rest);
    },
  });
  const { failures, days } = await exportDueDays(failing, new MemoryLake(), { now, afterDays: 10, isLate: never });
  expect([failures.map(String), days]).toEqual([[`Error: site ${bad}: canceling statement due to lock timeout`], 1]);
  expect(await waiting()).toBe(1);
  await run(new MemoryLake());
});

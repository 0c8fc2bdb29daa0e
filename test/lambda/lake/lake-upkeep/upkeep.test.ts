// The upkeep of the lake on a real server: an erased person's rows leave each object, resumable and counted; expired
// days and replaced objects leave, too. The objects are in memory.
import { exportDueDays } from '../../../../lambda/lake/lake-export/export';
import { upkeepOfLake } from '../../../../lambda/lake/lake-upkeep/upkeep';
import type { Database } from '../../../../runtime/database';
import { dayFrom } from '../../../../runtime/hit-days';
import { hitsOf } from '../../../../runtime/lake/hits';
import { ReadLimits } from '../../../../runtime/lake/limits';
import { readFile } from '../../../../runtime/lake/read';
import type { SiteId } from '../../../../runtime/site';
import { type LocalDatabase, startDatabase, tester } from '../../../../tools/local-database/rempart';
import { provideZstd } from '../../../../tools/local-database/zstd';
import { MemoryLake } from '../../../runtime/lake/memory-lake';
import { databaseTimeLimit } from '../../../time-limits';
import { addHits } from '../lake-hits';

let db: LocalDatabase;
const lake = new MemoryLake();
let [one, two] = [0, 0] as unknown as [SiteId, SiteId];
const now = new Date();
const day = (ago: number) => dayFrom(now, -ago);
const never = () => false;
const unlimited = () => new ReadLimits(2 ** 30, new Date(8.64e15));

const run = (isLate = never, keepMonths = 25) => upkeepOfLake(db.maintenance, lake, { now, keepMonths, isLate });
const exportAll = () => exportDueDays(db.maintenance, lake, { now, afterDays: 10, isLate: never });
const drop = async (of: string) => {
  const name = `hits_${of.replaceAll('-', '_')}`;
  await db.maintenance.upkeep('detachHitPartition', name, '2000-01-01');
  await db.maintenance.upkeep('dropHitPartition', name);
};
/** Lets an hour pass for the objects that await their deletion. */
const ripen = () =>
  db.superuser.query(`update rempart.lake_deletions set since = since - interval '61 minutes', exported_at = exported_at`);

/** Visitors of all rows in all objects, whatever the catalogue has. */
async function visitorsInObjects(site: SiteId): Promise<readonly (string | null)[]> {
  const visitors: (string | null)[] = [];
  for (const [key, body] of lake.objects) {
    if (!key.startsWith(`lake/site=${site}/`)) continue;
    for await (const rows of readFile(lake.of(site).open({ key, bytes: body.length }), {}, unlimited())) {
      visitors.push(...rows.map(({ visitor }) => visitor));
    }
  }
  return visitors;
}

const erase = (site: SiteId, visitor: string) =>
  db.application.withSite(site, tester, async (session) => {
    const { rows } = await session.query<{ id: string }>('select rempart.erase_person(null, $1) as id', [visitor]);
    return rows[0]?.id ?? '';
  });

const erasure = async (id: string) => {
  const { rows } = await db.superuser.query(
    `select counts->>'lake' as lake, lake_removed_at is not null as gone, removed_at is not null as removed from rempart.erasures where id = $1`,
    [id],
  );
  return rows[0];
};

beforeAll(async () => {
  await provideZstd();
  db = await startDatabase();
}, databaseTimeLimit);
afterAll(() => db.close());

// Two sites of each test. Each test completes the erasures that it begins.
let sites = 0;
beforeEach(async () => {
  [one, two] = [await db.createSite(`site-${sites++}`), await db.createSite(`site-${sites++}`)];
  for (const ago of [40, 25, 24]) await db.maintenance.upkeep('createHitDay', day(ago));
  for (const ago of [40, 25, 24]) await addHits(db, one, day(ago), 70);
  await addHits(db, two, day(25), 70);
  await exportAll();
});

test("an erased person's rows leave every object, and the objects that had them", async () => {
  await drop(day(40));
  const id = await erase(one, 'v-3');
  const others = (await visitorsInObjects(one)).filter((visitor) => visitor !== 'v-3');
  expect(await run()).toMatchObject({ erasures: { finished: 0, examined: 3, removed: 30 } });
  expect(await erasure(id)).toEqual({ lake: '30', gone: false, removed: false });
  await ripen();
  await run();
  expect(await erasure(id)).toEqual({ lake: '30', gone: true, removed: false });
  const left = await visitorsInObjects(one);
  expect(left).not.toContain('v-3');
  expect(left.toSorted()).toEqual(others.toSorted());
  expect(await visitorsInObjects(two)).toContain('v-3');
});

test('an erasure that ends after any object continues behind it, and examines each object once', async () => {
  const id = await erase(one, 'v-3');
  const examined: number[] = [];
  for (let runs = 0; runs < 3; runs++) {
    let calls = 0;
    const result = await run(() => calls++ > 0);
    examined.push(result.erasures.examined);
  }
  expect(examined).toEqual([1, 1, 1]);
  await ripen();
  let calls = 0;
  expect(await run(() => calls++ > 0)).toMatchObject({ deleted: 1 });
  expect(await run()).toMatchObject({ deleted: 2, erasures: { finished: 1, examined: 0, removed: 0 } });
  expect(await erasure(id)).toMatchObject({ lake: '30', gone: true });
});

test('an erasure that no run completes within a week fails the run; the site with the oldest is first', async () => {
  const ids = [await erase(one, 'v-3'), await erase(two, 'v-3')];
  const ageBy = (id: string | undefined, days: number) =>
    db.superuser.query(`update rempart.erasures set requested_at = requested_at - $2 * interval '1 day' where id = $1`, [id, days]);
  await db.superuser.query(`update rempart.lake_files set exported_at = exported_at - interval '9 days'`);
  await ageBy(ids[1], 7);
  await run(() => true);
  expect(await db.maintenance.upkeep('sitesWithLakeErasures')).toEqual([two, one]);
  // The time of the run is some seconds before the erasures.
  await ageBy(ids[1], 2);
  await expect(run(() => true)).rejects.toThrow(
    `got 1 failures, first: Error: erasure ${ids[1]} of site ${two}: expected its end in the lake within 7 days, got none after 8; invoke lake-upkeep`,
  );
  await db.superuser.query('update rempart.erasures set requested_at = now()');
  for (let runs = 0; runs < 2; runs++) {
    await run();
    await ripen();
  }
  await run();
  for (const id of ids) expect(await erasure(id)).toMatchObject({ gone: true });
});

test('an object whose rows are all of the person leaves without a successor', async () => {
  await addHits(db, two, day(24), 1, 1);
  await db.superuser.query(`update rempart.hits set visitor = 'v-only' where site_id = $1 and received_at::date = $2`, [two, day(24)]);
  await exportAll();
  await erase(two, 'v-only');
  await run();
  await ripen();
  await run();
  expect([...lake.objects.keys()].filter((key) => key.startsWith(`lake/site=${two}/day=${day(24)}`))).toEqual([]);
  expect(await visitorsInObjects(two)).not.toContain('v-only');
});

test('a store that fails leaves the erasure unfinished, without another site; the next run completes it', async () => {
  const ids = [await erase(one, 'v-3'), await erase(two, 'v-3')];
  lake.failing = (key) => key.startsWith(`lake/site=${one}/`);
  await expect(run()).rejects.toThrow(/expected all sites to succeed, got 1 failures, first: .*erasures of site .*SlowDown/);
  await ripen();
  lake.failing = never;
  await run();
  await ripen();
  await run();
  for (const id of ids) expect(await erasure(id)).toMatchObject({ gone: true });
  expect([...(await visitorsInObjects(one)), ...(await visitorsInObjects(two))]).not.toContain('v-3');
});

/** Makes an object of site one await its deletion, and its content that of the day again. */
async function replaceAndRestore(): Promise<void> {
  const { rows } = await db.application.withSite(one, tester, (session) =>
    session.query<{ id: string }>(
      `insert into rempart.hits (site_id, received_at, id, occurred_at, kind) values ($1, $2, gen_random_uuid(), $2, 'late') returning id`,
      [one, `${day(25)}T23:59:00Z`],
    ),
  );
  await exportAll();
  await db.application.withSite(one, tester, (session) => session.query(`select rempart.mark_deleted('hits', $1)`, [rows[0]?.id ?? '']));
  await ripen();
}

const filesWithoutObject = async () => {
  const { rows } = await db.superuser.query<{ key: string }>('select object_key as key from rempart.lake_files where site_id = $1', [one]);
  return rows.filter(({ key }) => !lake.objects.has(key));
};

test('a day whose content is that of an object that awaits its deletion is exported at once', async () => {
  await replaceAndRestore();
  expect(await exportAll()).toMatchObject({ failures: [] });
  expect(await filesWithoutObject()).toEqual([]);
  await ripen();
  await run();
  expect(await filesWithoutObject()).toEqual([]);
});

test('an object that another run deleted, and an export wrote again, stays', async () => {
  await replaceAndRestore();
  let isFirst = true;
  const slow: Database = Object.create(db.maintenance, {
    withSite: {
      value: async (...of: Parameters<Database['withSite']>) => {
        const result = await db.maintenance.withSite(...of);
        if (!isFirst || of[1].doing !== 'delete lake objects') return result;
        // The objects are listed now.
        isFirst = false;
        expect((await run()).deleted).toBeGreaterThan(0);
        expect(await exportAll()).toMatchObject({ failures: [] });
        return result;
      },
    },
  });
  await upkeepOfLake(slow, lake, { now, keepMonths: 25, isLate: never });
  expect(await filesWithoutObject()).toEqual([]);
  await ripen();
  await run();
  expect(await filesWithoutObject()).toEqual([]);
});

test('days beyond the months that hits are kept leave the catalogue, the counts and the bucket', async () => {
  const far = dayFrom(new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 3, 10)), 0);
  await db.maintenance.upkeep('createHitDay', far);
  await addHits(db, one, far, 10);
  await exportAll();
  await drop(far);
  expect(await run(never, 2)).toMatchObject({ expired: 1, deleted: 0 });
  await ripen();
  expect(await run(never, 2)).toMatchObject({ expired: 0, deleted: 1 });
  expect([...lake.objects.keys()].some((key) => key.includes(far))).toBe(false);
  const { rows } = await db.superuser.query('select count(*)::int as count from rempart.hit_counts where day = $1', [far]);
  expect(rows).toEqual([{ count: 0 }]);
  const hits = await db.application.withSite(one, tester, async (session) => {
    let count = 0;
    for await (const part of hitsOf(session, lake.of(one), {}, unlimited())) count += part.length;
    return count;
  });
  expect(hits).toBe(210);
});

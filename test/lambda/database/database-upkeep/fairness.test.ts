// No part of the upkeep of the database delays another, and an erasure that waits is seen. (DSS-4.2)
import { type IsLate, oldestErasureHours, upkeep } from '../../../../lambda/database/database-upkeep/upkeep';
import type { Database } from '../../../../runtime/database';
import type { SiteId } from '../../../../runtime/site';
import { type LocalDatabase, startDatabase, tester } from '../../../../tools/local-database/rempart';
import { addHit, daysAgo } from '../../../database/lake-days';
import { databaseTimeLimit } from '../../../time-limits';

let db: LocalDatabase;
beforeAll(async () => {
  db = await startDatabase();
}, databaseTimeLimit);
afterAll(() => db.close());

const now = new Date();
const kept = { hotDays: 35, keepMonths: 13 };
let names = 0;

/** Sites with an erasure and a hit of the person each. */
async function erased(count: number): Promise<readonly SiteId[]> {
  const sites: SiteId[] = [];
  for (let index = 0; index < count; index++) {
    const site = await db.createSite(`erased-${names++}`);
    await addHit(db, site, daysAgo(1), { visitor: 'v-ada' });
    await db.application.withSite(site, tester, (session) => session.query(`select rempart.erase_person(null, 'v-ada')`));
    sites.push(site);
  }
  return sites;
}
const age = (sites: readonly SiteId[], hours: number) =>
  db.superuser.query(
    `update rempart.erasures set requested_at = requested_at - $2 * interval '1 hour',
       window_removed_at = window_removed_at - $2 * interval '1 hour' where site_id = any ($1)`,
    [sites, hours],
  );
const hitsOf = async (sites: readonly SiteId[]) =>
  (await db.superuser.query('select from rempart.hits where site_id = any ($1)', [sites])).rowCount;

/** The database, which notes its calls, and in which the work of some sites fails first. */
function noted(failures: ReadonlyMap<SiteId, unknown[]> = new Map()) {
  const calls: (string | SiteId)[] = [];
  const database: Database = Object.create(db.maintenance, {
    upkeep: {
      value: (...of: Parameters<Database['upkeep']>) => {
        calls.push(of[0]);
        return db.maintenance.upkeep(...of);
      },
    },
    withSite: {
      value: async (...of: Parameters<Database['withSite']>) => {
        calls.push(of[0]);
        const failure = failures.get(of[0])?.shift();
        if (failure !== undefined) throw failure;
        return db.maintenance.withSite(...of);
      },
    },
  });
  return { database, calls };
}

test('the age of the oldest erasure counts from its request, and then from the last time when all its rows were removed', async () => {
  expect(await oldestErasureHours(db.maintenance, now)).toBe(0);
  const [site] = await erased(1);
  if (site === undefined) throw new Error('expected a site');
  await age([site], 13);
  expect(await oldestErasureHours(db.maintenance, new Date())).toBe(13);
  await upkeep(db.maintenance, kept, now);
  expect(await oldestErasureHours(db.maintenance, now)).toBe(0);
  // A hit of before the request arrives late: the next run removes it.
  const { rows } = await db.superuser.query<{ at: Date }>('select requested_at as at from rempart.erasures where site_id = $1', [site]);
  await addHit(db, site, daysAgo(2), { visitor: 'v-ada' });
  expect(rows[0]?.at.getTime()).toBeGreaterThan(Date.parse(daysAgo(2)) + 43_200_000);
  await age([site], 5.5);
  expect(await oldestErasureHours(db.maintenance, new Date())).toBe(5);
  await upkeep(db.maintenance, kept, now);
  expect(await hitsOf([site])).toBe(0);
  await db.superuser.query('update rempart.erasures set removed_at = now()');
  expect(await oldestErasureHours(db.maintenance, new Date(Date.now() + 86_400_000))).toBe(0);
});

test('sites are listed once for all, that whose rows wait for longest first; a failed one is tried once', async () => {
  const sites = await erased(6);
  const [first, second, ...others] = sites.toReversed() as [SiteId, SiteId, ...SiteId[]];
  await age([first], 8);
  await age([second], 7);
  const { database, calls } = noted(new Map([[second, [new Error('no rows today')]]]));
  await expect(upkeep(database, kept, now)).rejects.toThrow('no rows today');
  expect(calls.filter((call) => typeof call === 'number')).toEqual([first, second, ...others.toReversed()]);
  expect(calls.filter((call) => call === 'sitesWithDueErasures').length).toBeLessThanOrEqual(2);
  expect(await hitsOf(others)).toBe(0);
  expect(await hitsOf([second])).toBe(1);
  await upkeep(db.maintenance, kept, now);
  expect(await hitsOf(sites)).toBe(0);
});

test('a site whose rows others have locked, in another order, is tried again in the same run', async () => {
  const sites = await erased(1);
  const deadlock = Object.assign(new Error('deadlock detected'), { code: '40P01' });
  const { database } = noted(new Map(sites.map((site) => [site, [deadlock]])));
  await upkeep(database, kept, now);
  expect(await hitsOf(sites)).toBe(0);
});

test('erasures that take their part of the time leave the rest to the other tasks, and fail the run', async () => {
  const sites = await erased(5);
  await db.maintenance.upkeep('createHitDay', '2019-05-01');
  const { database, calls } = noted();
  const isLate: IsLate = (part) => part < 0.7 && calls.filter((call) => typeof call === 'number').length >= 3;
  await expect(upkeep(database, kept, now, isLate)).rejects.toThrow(
    /got 1 failures, first: Error: remove erased: expected all sites within the time of a run, got 2 left; the next run continues/,
  );
  expect(await hitsOf(sites)).toBe(2);
  expect(((await db.maintenance.upkeep('hitPartitions')) as { name: string }[]).map(({ name }) => name)).not.toContain('hits_2019_05_01');
  await upkeep(db.maintenance, kept, now);
  expect(await hitsOf(sites)).toBe(0);
});

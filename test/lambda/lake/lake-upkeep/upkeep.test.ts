// The upkeep of the lake on a real server: an erased person's rows leave each object, resumable and counted; expired
// days and replaced objects leave, too. The objects are in memory.
import { dayFrom } from '../../../../runtime/hit-days';
import { hitsOf } from '../../../../runtime/lake/hits';
import { tester } from '../../../../tools/local-database/rempart';
import { addHits } from '../lake-hits';
import { day, never, now, UpkeepWorld, unlimited } from './upkeep-world';

const world = new UpkeepWorld();

test("an erased person's rows leave every object, and the objects that had them", async () => {
  await world.drop(day(40));
  const id = await world.erase(world.one, 'v-3');
  const others = (await world.visitorsInObjects(world.one)).filter((visitor) => visitor !== 'v-3');
  expect(await world.run()).toMatchObject({ erasures: { finished: 0, examined: 3, removed: 30 } });
  expect(await world.erasure(id)).toEqual({ lake: '30', gone: false, removed: false });
  await world.ripen();
  await world.run();
  expect(await world.erasure(id)).toEqual({ lake: '30', gone: true, removed: false });
  const left = await world.visitorsInObjects(world.one);
  expect(left).not.toContain('v-3');
  expect(left.toSorted()).toEqual(others.toSorted());
  expect(await world.visitorsInObjects(world.two)).toContain('v-3');
});

test('an erasure that ends after any object continues behind it, and examines each object once', async () => {
  const id = await world.erase(world.one, 'v-3');
  const examined: number[] = [];
  for (let runs = 0; runs < 3; runs++) {
    const before = world.lake.opened.length;
    const result = await world.run(() => world.lake.opened.length > before);
    examined.push(result.erasures.examined);
  }
  expect(examined).toEqual([1, 1, 1]);
  await world.ripen();
  const { size } = world.lake.objects;
  expect(await world.run(() => world.lake.objects.size < size)).toMatchObject({ deleted: 1 });
  expect(await world.run()).toMatchObject({ deleted: 2, erasures: { finished: 1, examined: 0, removed: 0 } });
  expect(await world.erasure(id)).toMatchObject({ lake: '30', gone: true });
});

test('an erasure that no run completes within half a day fails the run; the site with the oldest is first', async () => {
  const ids = [await world.erase(world.one, 'v-3'), await world.erase(world.two, 'v-3')];
  const ageBy = (id: string | undefined, hours: number) =>
    world.db.superuser.query(`update rempart.erasures set requested_at = requested_at - $2 * interval '1 hour' where id = $1`, [id, hours]);
  await world.db.superuser.query(`update rempart.lake_files set exported_at = exported_at - interval '9 days'`);
  await ageBy(ids[1], 12);
  // The time of the run is some seconds before the erasures.
  expect(await world.run(() => true)).toMatchObject({ oldestErasureHours: 11 });
  expect(await world.db.maintenance.upkeep('sitesWithLakeErasures')).toEqual([world.two, world.one]);
  await ageBy(ids[1], 1);
  await expect(world.run(() => true)).rejects.toThrow(
    `got 1 failures, first: Error: erasures of site ${world.two}: expected their end in the lake within 12 hours, got none of the oldest after 12; invoke lake-upkeep`,
  );
  await world.db.superuser.query('update rempart.erasures set requested_at = now()');
  for (let runs = 0; runs < 2; runs++) {
    await world.run();
    await world.ripen();
  }
  await world.run();
  for (const id of ids) expect(await world.erasure(id)).toMatchObject({ gone: true });
});

test('an object whose rows are all of the person leaves without a successor', async () => {
  await addHits(world.db, world.two, day(24), 1, 1);
  await world.db.superuser.query(`update rempart.hits set visitor = 'v-only' where site_id = $1 and received_at::date = $2`, [
    world.two,
    day(24),
  ]);
  await world.exportAll();
  await world.erase(world.two, 'v-only');
  await world.run();
  await world.ripen();
  await world.run();
  expect([...world.lake.objects.keys()].filter((key) => key.startsWith(`lake/site=${world.two}/day=${day(24)}`))).toEqual([]);
  expect(await world.visitorsInObjects(world.two)).not.toContain('v-only');
});

test('a store that fails leaves the erasure unfinished, without another site; the next run completes it', async () => {
  const ids = [await world.erase(world.one, 'v-3'), await world.erase(world.two, 'v-3')];
  world.lake.failing = (key) => key.startsWith(`lake/site=${world.one}/`);
  await expect(world.run()).rejects.toThrow(/expected all sites to succeed, got 1 failures, first: .*erasures of site .*SlowDown/);
  await world.ripen();
  world.lake.failing = never;
  await world.run();
  await world.ripen();
  await world.run();
  for (const id of ids) expect(await world.erasure(id)).toMatchObject({ gone: true });
  expect([...(await world.visitorsInObjects(world.one)), ...(await world.visitorsInObjects(world.two))]).not.toContain('v-3');
});

/** Makes an object of site one await its deletion, and its content that of the day again. */
async function replaceAndRestore(): Promise<void> {
  const { rows } = await world.db.application.withSite(world.one, tester, (session) =>
    session.query<{ id: string }>(
      `insert into rempart.hits (site_id, received_at, id, occurred_at, kind) values ($1, $2, gen_random_uuid(), $2, 'late') returning id`,
      [world.one, `${day(25)}T23:59:00Z`],
    ),
  );
  await world.exportAll();
  await world.db.application.withSite(world.one, tester, (session) =>
    session.query(`select rempart.mark_deleted('hits', $1)`, [rows[0]?.id ?? '']),
  );
  await world.ripen();
}

const filesWithoutObject = async () => {
  const { rows } = await world.db.superuser.query<{ key: string }>('select object_key as key from rempart.lake_files where site_id = $1', [
    world.one,
  ]);
  return rows.filter(({ key }) => !world.lake.objects.has(key));
};

test('a day whose content is that of an object that awaits its deletion is exported at once', async () => {
  await replaceAndRestore();
  expect(await world.exportAll()).toMatchObject({ failures: [] });
  expect(await filesWithoutObject()).toEqual([]);
  await world.ripen();
  await world.run();
  expect(await filesWithoutObject()).toEqual([]);
});

test('an object that an export writes again while it is deleted stays, and another run does not wait for it', async () => {
  await replaceAndRestore();
  const of = world.lake.of.bind(world.lake);
  let exporting: Promise<unknown> | undefined;
  jest.spyOn(world.lake, 'of').mockImplementation((site) => {
    const store = of(site);
    const remove = async (key: string) => {
      jest.restoreAllMocks();
      exporting = world.exportAll();
      expect(await world.run()).toMatchObject({ deleted: 0 });
      // The export waits for the end of this transaction.
      await new Promise((resolve) => setTimeout(resolve, 300));
      await store.remove(key);
    };
    return { ...store, remove };
  });
  expect(await world.run()).toMatchObject({ deleted: 1 });
  expect(await exporting).toMatchObject({ failures: [], days: 1 });
  expect(await filesWithoutObject()).toEqual([]);
  await world.ripen();
  await world.run();
  expect(await filesWithoutObject()).toEqual([]);
});

test('days beyond the months that hits are kept leave the catalogue, the counts and the bucket', async () => {
  const far = dayFrom(new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 3, 10)), 0);
  await world.db.maintenance.upkeep('createHitDay', far);
  await addHits(world.db, world.one, far, 10);
  await world.exportAll();
  await world.drop(far);
  expect(await world.run(never, 2)).toMatchObject({ expired: 1, deleted: 0 });
  await world.ripen();
  expect(await world.run(never, 2)).toMatchObject({ expired: 0, deleted: 1 });
  expect([...world.lake.objects.keys()].some((key) => key.includes(far))).toBe(false);
  const { rows } = await world.db.superuser.query('select count(*)::int as count from rempart.hit_counts where day = $1', [far]);
  expect(rows).toEqual([{ count: 0 }]);
  const hits = await world.db.application.withSite(world.one, tester, async (session) => {
    let count = 0;
    for await (const part of hitsOf(session, world.lake.of(world.one), {}, unlimited())) count += part.length;
    return count;
  });
  expect(hits).toBe(210);
});

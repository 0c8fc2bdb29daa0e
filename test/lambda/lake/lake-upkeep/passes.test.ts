// An hour of the upkeep of the lake at its limits: several persons, many objects, several reads and runs at once.
import { dayFrom } from '../../../../runtime/hit-days';
import { addHits } from '../lake-hits';
import { day, UpkeepWorld } from './upkeep-world';

const world = new UpkeepWorld();

test('a row of the very instant of the erasure goes, one of a microsecond later stays', async () => {
  const id = await world.erase(world.two, 'v-3');
  const { rows } = await world.db.superuser.query<{ at: string }>(
    `select received_at::text as at from rempart.hits where site_id = $1 and visitor = 'v-3' and received_at::date = $2 order by 1 offset 4 limit 1`,
    [world.two, day(25)],
  );
  await world.db.superuser.query(`update rempart.lake_files set exported_at = '2020-01-01' where site_id = $1`, [world.two]);
  await world.db.superuser.query('update rempart.erasures set requested_at = $2 where id = $1', [id, rows[0]?.at]);
  await world.run().catch(() => undefined);
  expect(await world.erasure(id)).toMatchObject({ lake: '5' });
  await world.db.superuser.query('update rempart.erasures set requested_at = now() where id = $1', [id]);
  await world.run();
  await world.ripen();
  await world.run();
  expect(await world.erasure(id)).toEqual({ lake: '5', gone: true, removed: false });
});

test('several persons of a site share one read of each object', async () => {
  const ids = [await world.erase(world.one, 'v-3'), await world.erase(world.one, 'v-4'), await world.erase(world.one, 'v-none')];
  world.lake.opened.length = 0;
  // No object has a row of the third, and nothing is to be deleted for it.
  expect(await world.run()).toMatchObject({ erasures: { examined: 3, removed: 60, finished: 1 } });
  expect(world.lake.opened).toHaveLength(3);
  await world.ripen();
  expect(await world.run()).toMatchObject({ erasures: { finished: 2, examined: 0 } });
  for (const [index, rows] of ['30', '30', null].entries()) expect(await world.erasure(ids[index] ?? '')).toMatchObject({ lake: rows });
  expect(await world.visitorsInObjects(world.one)).toEqual(expect.not.arrayContaining(['v-3', 'v-4']));
});

test('objects are read several at once, up to a bound, and rewritten one at a time', async () => {
  for (let ago = 11; ago < 24; ago++) await addHits(world.db, world.one, day(ago), 7);
  await world.exportAll();
  await world.erase(world.one, 'v-3');
  const most = { reads: 0, writes: 0 };
  const open = { reads: 0, writes: 0 };
  const during = async <T>(kind: 'reads' | 'writes', work: () => Promise<T>): Promise<T> => {
    most[kind] = Math.max(most[kind], ++open[kind]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    return work().finally(() => open[kind]--);
  };
  const of = world.lake.of.bind(world.lake);
  jest.spyOn(world.lake, 'of').mockImplementation((site) => {
    const store = of(site);
    return {
      ...store,
      open: (object) => {
        const source = store.open(object);
        return { ...source, read: (start, end) => during('reads', () => source.read(start, end)) };
      },
      put: (key, file) => during('writes', () => store.put(key, file)),
    };
  });
  expect((await world.run()).erasures.examined).toBe(16);
  jest.restoreAllMocks();
  expect(most.reads).toBe(8);
  expect(most.writes).toBeLessThan(8);
  await world.ripen();
  await world.run();
});

test('a site with more objects than one list has is done in one run', async () => {
  const [first] = (await world.db.superuser.query('select * from rempart.lake_files where site_id = $1', [world.two])).rows;
  const body = world.lake.objects.get(first.object_key) ?? Buffer.alloc(0);
  // 250 more days of the same content, in the lake alone.
  for (let ago = 0; ago < 250; ago++) {
    const of = dayFrom(new Date('2025-01-01'), ago);
    const key = first.object_key.replace(/day=[^/]+/, `day=${of}`);
    world.lake.objects.set(key, body);
    await world.db.superuser.query(
      `insert into rempart.lake_files (site_id, day, object_key, rows, bytes, sha256, first_received, last_received)
       select site_id, $2::date, $3, rows, bytes, sha256, $2::timestamptz, $2::timestamptz from rempart.lake_files where object_key = $1`,
      [first.object_key, `${of} 00:00Z`, key],
    );
  }
  await world.erase(world.two, 'v-none');
  expect(await world.run()).toMatchObject({ erasures: { finished: 1, examined: 251, removed: 0 } });
  await world.db.superuser.query(`delete from rempart.lake_files where site_id = $1 and day < '2026-01-01'`, [world.two]);
});

test('more objects than one list has are deleted in one run', async () => {
  await world.db.superuser.query(
    `insert into rempart.lake_deletions (site_id, object_key, since) select $1::integer, 'lake/site=' || $1::integer || '/x-' || n, '2020-01-01' from generate_series(1, 1100) as n`,
    [world.one],
  );
  expect(await world.run()).toMatchObject({ deleted: 1100 });
});

test('an object that another run replaces while it is read is read again under its new key', async () => {
  const [id] = [await world.erase(world.one, 'v-3')];
  const of = world.lake.of.bind(world.lake);
  let isFirst = true;
  jest.spyOn(world.lake, 'of').mockImplementation((site) => {
    const store = of(site);
    return {
      ...store,
      put: async (key, file) => {
        await store.put(key, file);
        if (!isFirst) return;
        isFirst = false;
        // Another run, which was started by hand, does all of it.
        jest.restoreAllMocks();
        await world.run();
      },
    };
  });
  await world.run();
  await world.ripen();
  expect(await world.run()).toMatchObject({ erasures: { finished: 1 } });
  expect(await world.erasure(id ?? '')).toMatchObject({ lake: '30', gone: true });
});

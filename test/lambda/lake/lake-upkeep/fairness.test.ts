// No part of the upkeep of the lake delays another: objects that cannot be read or deleted, erasures that wait, sites
// with much to do, and 10,000 sites whose month is over.
import { createHash } from 'node:crypto';
import type { Database } from '../../../../runtime/database';
import { dayFrom } from '../../../../runtime/hit-days';
import { lakeKey } from '../../../../runtime/lake/store';
import type { SiteId } from '../../../../runtime/site';
import { addHits } from '../lake-hits';
import { day, UpkeepWorld } from './upkeep-world';

const world = new UpkeepWorld();

/**
 * More days of the content of a site's first file, in the lake alone, oldest first. Those of `missing` have entries
 * and no objects. Returns the keys.
 */
async function addDays(site: SiteId, count: number, missing: (index: number) => boolean): Promise<readonly string[]> {
  const { rows } = await world.db.superuser.query<{ object_key: string; sha: string }>(
    `select object_key, encode(sha256, 'hex') as sha from rempart.lake_files where site_id = $1 order by day limit 1`,
    [site],
  );
  const [first] = rows;
  if (first === undefined) throw new Error(`site ${site}: expected a file, got none`);
  const days = Array.from({ length: count }, (_, index) => dayFrom(new Date('2020-01-01'), index));
  const keys = days.map((of) => lakeKey(site, of, first.sha));
  const body = world.lake.objects.get(first.object_key) ?? Buffer.alloc(0);
  for (const [index, key] of keys.entries()) if (!missing(index)) world.lake.objects.set(key, body);
  await world.db.superuser.query(
    `insert into rempart.lake_files (site_id, day, object_key, rows, bytes, sha256, first_received, last_received, exported_at)
     select site_id, n.day, n.key, rows, bytes, sha256, n.day::timestamp at time zone 'UTC', n.day::timestamp at time zone 'UTC', '2021-01-01'
     from rempart.lake_files, unnest($2::date[], $3::text[]) as n (day, key) where object_key = $1`,
    [first.object_key, days, keys],
  );
  return keys;
}

const removeDays = (site: SiteId) =>
  world.db.superuser.query(`delete from rempart.lake_files where site_id = $1 and day < '2026-01-01'`, [site]);

test('a bad first object fails the run, and those behind it are done in it; the next run reads the bad one alone', async () => {
  for (let ago = 11; ago < 31; ago++) if (ago !== 24 && ago !== 25) await addHits(world.db, world.one, day(ago), 7);
  await world.exportAll();
  const bad = [...world.lake.objects.keys()].find((key) => key.startsWith(`lake/site=${world.one}/day=${day(40)}`)) ?? '';
  const body = world.lake.objects.get(bad) ?? Buffer.alloc(0);
  world.lake.objects.delete(bad);
  const id = await world.erase(world.one, 'v-3');
  world.lake.opened.length = 0;
  const failure = `erasures of site ${world.one}: expected all objects to be read, got 1 that were not, first ${bad}: NoSuchKey`;
  await expect(world.run()).rejects.toThrow(failure);
  expect(world.lake.opened).toHaveLength(21);
  expect(world.lake.opened[0]).toBe(bad);
  expect(await world.erasure(id)).toEqual({ lake: String(2 * 10 + 18), gone: false, removed: false });
  await world.ripen();
  world.lake.opened.length = 0;
  await expect(world.run()).rejects.toThrow(failure);
  expect(world.lake.opened).toEqual([bad]);
  world.lake.objects.set(bad, body);
  await world.run();
  await world.ripen();
  expect(await world.run()).toMatchObject({ erasures: { finished: 1 } });
  expect(await world.visitorsInObjects(world.one)).not.toContain('v-3');
});

test('a hundred erasures that an unreadable object holds up do not hold up the next', async () => {
  const [bad = ''] = await addDays(world.two, 1, () => true);
  await world.db.superuser.query(
    `insert into rempart.erasures (site_id, visitor, requested_at, requested_by) select $1, 'v-old-' || n, now() - interval '1 hour', 'tester' from generate_series(1, 100) as n`,
    [world.two],
  );
  // It was exported after the hundred were asked for.
  await world.db.superuser.query('update rempart.lake_files set exported_at = now() where site_id = $1 and object_key <> $2', [
    world.two,
    bad,
  ]);
  const id = await world.erase(world.two, 'v-3');
  await world.db.superuser.query(`update rempart.erasures set requested_at = requested_at - interval '1 hour' where id <> $1`, [id]);
  await expect(world.run()).rejects.toThrow('got 1 that were not');
  expect(await world.erasure(id)).toMatchObject({ lake: '10' });
  await removeDays(world.two);
  await world.ripen();
  expect(await world.run()).toMatchObject({ erasures: { finished: 101 } });
});

test('a site with many objects leaves the next its turn', async () => {
  await addDays(world.one, 1000, () => true);
  await world.erase(world.one, 'v-3');
  await world.db.superuser.query(`update rempart.erasures set requested_at = requested_at - interval '1 hour'`);
  await world.db.superuser.query(`update rempart.lake_files set exported_at = '2021-01-01'`);
  const id = await world.erase(world.two, 'v-3');
  world.lake.opened.length = 0;
  await expect(world.run(() => world.lake.opened.length >= 500)).rejects.toThrow(/expected all objects to be read, got \d+ that were not/);
  expect(world.lake.opened.length).toBeLessThan(510);
  expect(await world.erasure(id)).toMatchObject({ lake: '10' });
  await removeDays(world.one);
  for (let runs = 0; runs < 2; runs++) {
    await world.run();
    await world.ripen();
  }
  await world.run();
});

test('objects that cannot be deleted stay announced, and those behind them go', async () => {
  const keys = Array.from({ length: 450 }, (_, index) =>
    lakeKey(world.one, dayFrom(new Date('2020-01-01'), index), createHash('sha256').update(String(index)).digest('hex')),
  );
  await world.db.superuser.query(
    `insert into rempart.lake_deletions (site_id, object_key, since) select $1::integer, unnest($2::text[]), '2020-01-01'`,
    [world.one, keys],
  );
  const failing = new Set([...keys.slice(0, 220), keys[430] ?? '']);
  world.lake.failing = (key) => failing.has(key);
  await expect(world.run()).rejects.toThrow(
    `objects of site ${world.one}: expected all to be deleted, got 221 that were not, first: SlowDown: ${keys[0]}`,
  );
  world.lake.failing = () => false;
  const { rows } = await world.db.superuser.query<{ key: string }>(
    'select object_key as key from rempart.lake_deletions where site_id = $1 order by 1',
    [world.one],
  );
  expect(rows.map(({ key }) => key)).toEqual([...failing].sort());
  expect(await world.run()).toMatchObject({ deleted: 221 });
});

/** Sites with the rows of a query each, without triggers; the numbers of the sites are $1. */
async function bulk(sites: readonly number[], ...texts: readonly string[]): Promise<void> {
  await world.db.superuser.query('set session_replication_role = replica');
  for (const text of texts) await world.db.superuser.query(text, [sites]);
  await world.db.superuser.query('reset session_replication_role');
}

/** The database, and a clock whose unit is a transaction in a site. */
function clocked(): { readonly database: Database; readonly ticks: () => number } {
  let ticks = 0;
  const withSite = (...of: Parameters<Database['withSite']>) => {
    ticks++;
    return world.db.maintenance.withSite(...of);
  };
  return { database: Object.create(world.db.maintenance, { withSite: { value: withSite } }), ticks: () => ticks };
}

/** A run with time for so many transactions. */
async function runFor(transactions: number) {
  const { database, ticks } = clocked();
  const result = await world.run((part = 1) => ticks() >= transactions * part, 25, database);
  expect(ticks()).toBeLessThan(transactions + 10);
  return result;
}

test('10,000 sites whose month is over: each run ends, all tasks advance, and the one erasure is first', async () => {
  const { rows } = await world.db.superuser.query<{ id: number }>(
    `insert into rempart.sites (key, name) select 'many-' || n, 'Many' from generate_series(1, 10000) as n returning id`,
  );
  const sites = rows.map(({ id }) => id);
  await bulk(
    sites,
    `insert into rempart.lake_deletions (site_id, object_key, since) select s, 'lake/site=' || s || '/x', '2020-01-01' from unnest($1::integer[]) as s`,
    `insert into rempart.hit_counts (site_id, day, kind, hits, visitors, returning_visitors) select s, '2020-01-01', 'page', 1, 1, 0 from unnest($1::integer[]) as s`,
  );
  // The last by its number, and the youngest.
  const last = await world.db.createSite('the-last');
  await addHits(world.db, last, day(25), 70);
  await world.exportAll();
  const id = await world.erase(last, 'v-3');
  const first = await runFor(400);
  expect(first.erasures).toEqual({ finished: 0, examined: 1, removed: 10 });
  expect(first.deleted).toBeGreaterThan(250);
  expect(first.expired + first.deleted).toBeGreaterThan(0);
  const left = async (table: string) =>
    Number((await world.db.superuser.query(`select count(*) from rempart.${table} where site_id = any ($1)`, [sites])).rows[0]?.count);
  expect(await left('hit_counts')).toBeLessThan(9960);
  await world.db.superuser.query(`update rempart.lake_deletions set since = since - interval '61 minutes' where site_id = $1`, [last]);
  const second = await runFor(400);
  expect(second.erasures).toMatchObject({ finished: 1 });
  expect(await world.erasure(id)).toMatchObject({ gone: true });
  // Each run deletes what the others have not.
  expect(await left('lake_deletions')).toBe(10_000 - first.deleted - (second.deleted - 1));

  // As many erasures, whose sites have nothing to read: the others advance all the same.
  await bulk(
    sites,
    `insert into rempart.erasures (site_id, visitor, requested_by) select s, 'v-1', 'tester' from unnest($1::integer[]) as s`,
  );
  const before = [await left('lake_deletions'), await left('hit_counts')];
  const third = await runFor(400);
  expect(third.erasures.finished).toBeGreaterThan(50);
  expect(third.deleted).toBeGreaterThan(90);
  expect(await left('hit_counts')).toBeLessThan(Number(before[1]) - 50);
  await bulk(
    sites,
    'delete from rempart.lake_deletions where site_id = any ($1)',
    'delete from rempart.hit_counts where site_id = any ($1)',
    'delete from rempart.erasures where site_id = any ($1)',
  );
}, 120_000);

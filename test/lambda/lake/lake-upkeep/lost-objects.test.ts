// Objects that are lost while the window has their day, and afterwards: written again, looked for before the last copy
// goes, or given up with an entry in the log (TOM-4.9, TOM-4.10).

import { restoreObject } from '../../../../lambda/lake/lake-export/restore';
import { examineDays } from '../../../../lambda/lake/lake-upkeep/examine';
import { giveUp, isGiveUp } from '../../../../lambda/lake/lake-upkeep/give-up';
import { isErasures, listErasures } from '../../../../lambda/lake/lake-upkeep/list-erasures';
import { isReconcile, reconcile } from '../../../../lambda/lake/lake-upkeep/reconcile';
import type { SiteId } from '../../../../runtime/site';
import { databaseTimeLimit } from '../../../time-limits';
import type { Cluster } from './restored-world';
import { day, never, RestoredWorld } from './restored-world';

jest.setTimeout(databaseTimeLimit);

const world = new RestoredWorld();
const [old, young] = [day(40), day(25)];
const partition = (of: string) => `hits_${of.replaceAll('-', '_')}`;
let site: SiteId;
let cluster: Cluster;

beforeEach(async () => {
  cluster = world.former;
  site = await cluster.createSite('one');
  await cluster.maintenance.upkeep('createHitDay', old);
  for (const one of [old, young]) await cluster.addHits(site, one);
  await cluster.exportAll();
});

const keyOf = async (of: string) => (await cluster.keys(site, of))[0] ?? '';
const detach = (of: string) => cluster.maintenance.upkeep('detachHitPartition', partition(of), '2000-01-01');
const examine = async () => {
  await cluster.maintenance.upkeep('askLakeDays', partition(old));
  const failures: unknown[] = [];
  return { ...(await examineDays(cluster.maintenance, world.bucket, never, failures)), failures };
};
const give = (key: string, confirm = true) => giveUp(cluster.maintenance, world.bucket, { giveUp: { key, confirm } });

test.each([
  ['gone', (key: string) => world.bucket.put(key, undefined)],
  ['damaged', (key: string) => world.bucket.put(key, Buffer.alloc(world.bucket.current(key)?.length ?? 0, 1))],
])('a day whose object is %s does not leave the window before the object is written again', async (_, lose) => {
  const [key, rows] = [await keyOf(old), await cluster.hits(site)];
  const body = world.bucket.current(key);
  await expect(detach(old)).rejects.toThrow(/expected the objects of each site-day of .* to be found within a week, got 1/);
  lose(key);
  expect(await examine()).toEqual({ seen: 0, exportedAgain: 1, discarded: 0, failures: [] });
  await expect(detach(old)).rejects.toThrow(/expected each site-day of .* in the lake, got 1 that are not, or changed since/);
  await cluster.exportAll();
  expect(world.bucket.current(key)).toEqual(body);
  await expect(detach(old)).rejects.toThrow(/to be found within a week/);
  expect(await examine()).toEqual({ seen: 1, exportedAgain: 0, discarded: 0, failures: [] });
  // One that was found is not asked for again.
  expect(await cluster.maintenance.upkeep('askLakeDays', partition(old))).toEqual(['0']);
  expect(await examine()).toMatchObject({ seen: 0 });
  expect(await detach(old)).toEqual([partition(old)]);
  await cluster.maintenance.upkeep('dropHitPartition', partition(old));
  expect(await cluster.hits(site)).toEqual(rows);
});

test('a change of the day, and a rewrite by an erasure, require another look', async () => {
  await examine();
  await cluster.addHits(site, old, 2);
  await cluster.exportAll();
  await expect(detach(old)).rejects.toThrow(/to be found within a week/);
  await examine();
  await cluster.erase(site, 'v-3');
  await cluster.upkeep();
  await cluster.exportAll();
  await expect(detach(old)).rejects.toThrow(/to be found within a week/);
});

test('an object of the window day that is damaged is found by its content when an operator names the day', async () => {
  const key = await keyOf(young);
  world.bucket.put(key, Buffer.alloc(world.bucket.current(key)?.length ?? 0, 1));
  expect((await cluster.reconcile(true)).days).toEqual([]);
  expect((await cluster.reconcile(false, { site, day: young })).days).toMatchObject([{ exportedAgain: true }]);
  expect(await cluster.query(`select state from rempart.hit_days where day = $1`, [young])).toEqual([{ state: 'stored' }]);
  expect((await cluster.reconcile(true, { site, day: young })).days).toMatchObject([{ exportedAgain: true }]);
  expect(await cluster.query(`select state from rempart.hit_days where day = $1`, [young])).toEqual([{ state: 'changed' }]);
  await cluster.exportAll();
  expect((await cluster.reconcile(true, { site, day: young })).days).toMatchObject([{ exportedAgain: false, left: [] }]);
});

test('an object with the rows of another site, or under the key of another content, becomes no file', async () => {
  await cluster.drop(old);
  const key = await keyOf(old);
  const other = await cluster.createSite('two');
  const body = world.bucket.current(key) ?? Buffer.alloc(0);
  const foreign = key.replace(`site=${site}`, `site=${other}`);
  world.bucket.put(foreign, body);
  const renamed = key.replace(/[0-9a-f]{16}\.parquet/, '0123456789abcdef.parquet');
  world.bucket.put(renamed, body);
  world.bucket.put(key, undefined);
  expect((await cluster.reconcile(true)).days).toMatchObject([
    {
      site,
      added: [],
      gone: [{ key, rows: 70, restorable: true }],
      left: [{ key: renamed, reason: expect.stringContaining('the content of its key') }],
    },
    { site: other, added: [], left: [{ key: foreign, reason: expect.stringContaining('rows of site') }] },
  ]);
  expect(await cluster.keys(other, old)).toEqual([]);
});

test('a file that no version has is given up with an entry in the log; then exports and erasures end', async () => {
  await cluster.drop(old);
  const key = await keyOf(old);
  await expect(give(key)).rejects.toThrow(`give up of ${key}: expected an object that is gone or damaged, got an intact one`);
  world.bucket.put(key, undefined);
  await expect(give(key)).rejects.toThrow('expected no version with its content, got one; restore it by npm run lake -- restore');
  world.bucket.end(key);
  await cluster.erase(site, 'v-3');
  expect(await cluster.upkeep()).not.toEqual([]);
  expect(await give(key, false)).toEqual({ key, outcome: 'would be given up', rows: 70 });
  expect(await cluster.keys(site, old)).toEqual([key]);
  expect(await give(key)).toEqual({ key, outcome: 'given up', rows: 70 });
  expect(await cluster.upkeep()).toEqual([]);
  expect(await cluster.query('select lake_removed_at is not null as ended from rempart.erasures')).toEqual([{ ended: true }]);
  expect((await cluster.hits(site)).length).toBeGreaterThan(0);
  expect(
    await cluster.query(
      `select actor, source, operation, before->'rows' as rows, length(before->>'sha256') as digits from rempart.modification_log where row_key = $1`,
      [key],
    ),
  ).toEqual([{ actor: 'lake-upkeep', source: 'operator', operation: 'remove', rows: 70, digits: 64 }]);
  expect(
    await cluster.query(`select outcome from rempart.access_log where action = 'give up lake object' and outcome = 'done'`),
  ).not.toEqual([]);
  await expect(give(key)).rejects.toThrow('expected a file of the catalogue');
});

test('a file of a window day is not given up', async () => {
  const key = await keyOf(young);
  world.bucket.put(key, undefined);
  await expect(give(key)).rejects.toThrow('expected a day of the lake alone, got one of the window; reconcile the day');
  await expect(
    cluster.maintenance.withSite(site, { name: 'x', from: 'y', doing: 'give up lake object' }, (session) =>
      session.query(`select rempart.reconcile_lake_day($1, '[]', $2)`, [young, [key]]),
    ),
  ).rejects.toThrow(/expected a day that the window does not have/);
});

test('files of a deleted site are examined, restored, reconciled and given up: its erasures read them', async () => {
  await cluster.query('update rempart.sites set deleted_at = now() where id = $1', [site]);
  expect(await examine()).toMatchObject({ seen: 1, failures: [] });
  await detach(old);
  await cluster.maintenance.upkeep('dropHitPartition', partition(old));
  const key = await keyOf(old);
  world.bucket.put(key, undefined);
  expect((await cluster.reconcile(true, { site })).days).toMatchObject([{ gone: [{ key, restorable: true }] }]);
  expect(await restoreObject(cluster.maintenance, world.bucket, { restore: { key, confirm: true } })).toMatchObject({
    outcome: 'restored',
  });
  expect((await cluster.reconcile(true, { site })).days).toEqual([]);
  world.bucket.end(key);
  expect(await give(key)).toMatchObject({ outcome: 'given up' });
  await cluster.query('insert into rempart.erasures (site_id, visitor, requested_by) values ($1, $2, $3)', [site, 'v-1', 'test']);
  expect(await cluster.listErasures('2026-01-01T00:00:00Z')).toEqual([{ site, person: null, visitor: 'v-1' }]);
});

test('a reconciliation that ends before its time continues behind the last day', async () => {
  const second = await cluster.createSite('two');
  for (const one of [day(20), day(21), day(22)]) await cluster.addHits(second, one, 3);
  await cluster.exportAll();
  for (const key of world.bucket.present()) world.bucket.put(key, undefined);
  const found: string[] = [];
  let behind: { readonly site: number; readonly day: string } | undefined;
  let runs = 0;
  do {
    let calls = 0;
    const result = await reconcile(
      cluster.maintenance,
      world.bucket,
      { reconcile: { confirm: true, ...(behind && { behind }) } },
      () => ++calls > 2,
    );
    found.push(...result.days.map((one) => `${one.site} ${one.day}`));
    behind = result.behind;
  } while (behind !== undefined && ++runs < 10);
  expect(found).toEqual([`${site} ${old}`, `${site} ${young}`, ...[day(22), day(21), day(20)].map((one) => `${second} ${one}`)]);
  expect(runs).toBe(2);
});

test.each([
  [{}],
  [{ confirm: 'yes' }],
  [{ confirm: true, site: 0 }],
  [{ confirm: true, day: '2026-11-01' }],
  [{ confirm: true, site: 1, day: 'x' }],
  [{ confirm: true, behind: { site: 'x', day: '' } }],
  [null],
])('%j is no reconciliation', async (wrong) => {
  await expect(reconcile(cluster.maintenance, world.bucket, { reconcile: wrong } as never, never)).rejects.toThrow(
    'reconcile: expected confirm, and a site',
  );
});

test.each([[{}], [{ key: 'x', confirm: true }], [{ key: 'lake/site=7/day=2026-11-01/0123456789abcdef.parquet' }], [null]])(
  '%j is nothing to give up',
  async (wrong) => {
    await expect(giveUp(cluster.maintenance, world.bucket, { giveUp: wrong } as never)).rejects.toThrow('give up: expected the key');
  },
);

test('erasures are listed since a time of a form that the database reads alone', async () => {
  await cluster.erase(site, 'v-1');
  expect(await cluster.listErasures('2026-01-01T00:00:00Z')).toHaveLength(1);
  expect(await cluster.listErasures('2100-01-01T00:00:00Z')).toEqual([]);
  for (const wrong of ['yesterday', '', '2026-01-01'])
    await expect(listErasures(cluster.maintenance, { erasures: { since: wrong } })).rejects.toThrow('erasures: expected a time such as');
});

test('no event of the schedule is a request', () => {
  for (const event of [{}, null, undefined, 'reconcile', { time: 'x' }])
    expect([isGiveUp(event), isErasures(event), isReconcile(event)]).toEqual([false, false, false]);
  expect([isGiveUp({ giveUp: 1 }), isErasures({ erasures: 1 }), isReconcile({ reconcile: 1 })]).toEqual([true, true, true]);
});

// After a restore from a snapshot of before an erasure: exports work, erasures finish, and erased rows are nowhere.
// (DSS-4.2, TOM-4.10)
import { giveUp } from '../../../../lambda/lake/lake-upkeep/give-up';
import { checkedObject } from '../../../../lambda/lake/lake-upkeep/objects';
import type { LakeVersion } from '../../../../runtime/lake/versions';
import type { SiteId } from '../../../../runtime/site';
import { databaseTimeLimit } from '../../../time-limits';
import type { VersionedBucket } from '../versioned-bucket';
import { type Cluster, day, RestoredWorld } from './restored-world';

jest.setTimeout(databaseTimeLimit);

const world = new RestoredWorld();
const [old, young] = [day(40), day(25)];
let site: SiteId;
let other: SiteId;

/** Two sites with a day of the lake alone, and one of both places. */
beforeEach(async () => {
  const { former } = world;
  site = await former.createSite('one');
  other = await former.createSite('two');
  await former.maintenance.upkeep('createHitDay', old);
  for (const each of [site, other]) for (const one of [old, young]) await former.addHits(each, one);
  await former.exportAll();
  await former.drop(old);
});

const visitorsOf = (rows: readonly string[]) => new Set(rows.map((row) => (JSON.parse(row) as { visitor: unknown }).visitor));

/** Objects that were deleted have no versions: the restore is more than 14 days after. */
const endVersions = (bucket: VersionedBucket) => {
  for (const key of bucket.keys.keys()) if (bucket.current(key) === undefined) bucket.end(key);
};

/** An erasure that ends in the cluster before, whose rows the snapshot has. */
async function erasedSince(visitor = 'v-3') {
  const snapshot = await world.snapshot();
  const { former, bucket } = world;
  await former.erase(site, visitor);
  expect(await former.upkeep()).toEqual([]);
  await former.exportAll();
  expect(await former.upkeep()).toEqual([]);
  expect(visitorsOf(await former.hits(site))).not.toContain(visitor);
  expect(await former.visitorsAnywhere(site)).not.toContain(visitor);
  const [rows, others, erasures] = [await former.hits(site), await former.hits(other), await former.listErasures(snapshot.at)];
  endVersions(bucket);
  return { restored: await world.restore(snapshot.name), rows, others, erasures };
}

async function repeat(restored: Cluster, erasures: Awaited<ReturnType<Cluster['listErasures']>>) {
  for (const { visitor } of erasures) expect(await restored.erase(site, String(visitor))).not.toBe('nobody');
}

const finished = async (cluster: Cluster) =>
  (await cluster.query<{ ended: boolean }>('select lake_removed_at is not null as ended from rempart.erasures')).map(({ ended }) => ended);

test('without a reconciliation exports of the site fail, and no erasure ends', async () => {
  const { restored } = await erasedSince();
  await expect(restored.hits(site, { visitor: 'v-1' })).rejects.toThrow('NoSuchKey');
  await restored.erase(site, 'v-1');
  expect(await restored.upkeep()).not.toEqual([]);
  expect(await finished(restored)).toEqual([false]);
  await restored.rest();
});

test('erasures are repeated and the lake is reconciled: exports work, erasures finish, erased rows are nowhere', async () => {
  const { restored, rows, others, erasures } = await erasedSince();
  expect(erasures).toEqual([{ site, person: null, visitor: 'v-3' }]);
  await repeat(restored, erasures);
  const lost = await restored.keys(site, old);
  const before = await restored.query('select * from rempart.lake_files order by site_id, object_key');

  // Without --confirm nothing changes.
  const planned = await restored.reconcile(false);
  expect(await restored.query('select * from rempart.lake_files order by site_id, object_key')).toEqual(before);
  expect(await restored.query('select from rempart.lake_deletions')).toEqual([]);
  const done = await restored.reconcile(true);
  expect(done).toEqual(planned);
  expect(done.failures).toEqual([]);
  expect(done.days).toMatchObject([
    { site, day: old, place: 'lake', replaced: lost, discarded: [], gone: [], left: [] },
    { site, day: young, place: 'window', exportedAgain: true },
  ]);
  expect(await restored.keys(site, old)).toEqual(done.days[0]?.added);
  expect(await restored.reconcile(true, { site, day: old })).toMatchObject({ days: [{ added: [], replaced: [], gone: [], left: [] }] });

  await restored.exportAll();
  expect(await restored.upkeep()).toEqual([]);
  expect(await finished(restored)).toEqual([true]);
  expect(await restored.hits(site)).toEqual(rows);
  expect(await restored.hits(other)).toEqual(others);
  expect(await restored.visitorsAnywhere(site)).not.toContain('v-3');
  expect((await restored.reconcile(true)).days).toEqual([]);
  // The entry of what was replaced is in the log.
  expect(
    await restored.query(`select actor, source, row_key, before->'rows' as rows from rempart.modification_log where row_key = $1`, [
      lost[0],
    ]),
  ).toEqual([{ actor: 'lake-upkeep', source: 'operator', row_key: lost[0], rows: 70 }]);
  await restored.rest();
});

test('an erasure that is repeated later reads the new files, too', async () => {
  const { restored } = await erasedSince();
  // The rows of v-4 are in the object that was found, and the erasure is of before the reconciliation.
  await restored.erase(site, 'v-4');
  await restored.query(`update rempart.erasures set requested_at = requested_at - interval '2 hours'`);
  await restored.reconcile(true);
  await restored.exportAll();
  expect(await restored.upkeep()).toEqual([]);
  expect(await restored.visitorsAnywhere(site)).not.toContain('v-4');
  await restored.rest();
});

test('days since the snapshot come back from the lake with their numbers, the newest of two objects with the same rows', async () => {
  const snapshot = await world.snapshot();
  const { former, bucket } = world;
  const since = day(20);
  await former.addHits(site, since, 50);
  await former.exportAll();
  const [first = ''] = await former.keys(site, since);
  await former.addHits(site, since, 3);
  await former.exportAll();
  const [second = ''] = await former.keys(site, since);
  const [rows, counts] = [await former.hits(site), await former.counts(site, since)];
  expect(bucket.present()).toEqual(expect.arrayContaining([first, second]));
  const restored = await world.restore(snapshot.name);
  expect(await restored.counts(site, since)).toEqual([]);
  const { days } = await restored.reconcile(true, { site });
  expect(days).toMatchObject([{ day: since, place: 'lake', added: [second], discarded: [first], left: [] }]);
  expect(await restored.hits(site)).toEqual(rows);
  expect(await restored.counts(site, since)).toEqual(counts);
  // The former object goes, and nothing else.
  await restored.upkeep();
  expect(bucket.deleted).toEqual([first]);
  await restored.rest();
});

test('an object whose rows no newer one has stays, until an operator gives it up', async () => {
  const snapshot = await world.snapshot();
  const { former, bucket } = world;
  const since = day(20);
  await former.addHits(site, since, 50);
  await former.exportAll();
  const [first = ''] = await former.keys(site, since);
  await former.query(`delete from rempart.hits where site_id = $1 and received_at >= $2 and visitor = 'v-2'`, [site, since]);
  await former.exportAll();
  const restored = await world.restore(snapshot.name);
  const { days } = await restored.reconcile(true, { site });
  expect(days).toMatchObject([
    { discarded: [], left: [{ key: first, reason: expect.stringMatching(/^\d+ rows that no newer object has/) }] },
  ]);
  await restored.upkeep();
  expect(bucket.deleted).toEqual([]);
  const request = (confirm: boolean) => giveUp(restored.maintenance, bucket, { giveUp: { key: first, confirm } });
  expect(await request(false)).toEqual({ key: first, outcome: 'would be given up' });
  expect((await restored.reconcile(true, { site })).days).toHaveLength(1);
  expect(await request(true)).toEqual({ key: first, outcome: 'given up' });
  await restored.upkeep();
  expect(bucket.deleted).toEqual([first]);
  expect((await restored.reconcile(true, { site })).days).toEqual([]);
  await restored.rest();
});

test('an object of a window day without an entry goes once the window has its rows, and stays until then', async () => {
  const snapshot = await world.snapshot();
  const { former, bucket } = world;
  const late = await former.query<{ row: string }>(
    `select to_jsonb(h)::text as row from rempart.hits h where site_id = $1 and received_at < $2 order by received_at limit 1`,
    [site, day(24)],
  );
  const hit = { ...(JSON.parse(late[0]?.row ?? '{}') as object), id: '00000000-0000-4000-8000-000000000001', visitor: 'v-late' };
  const store = (cluster: Cluster) =>
    cluster.query(`insert into rempart.hits select * from jsonb_populate_record(null::rempart.hits, $1)`, [JSON.stringify(hit)]);
  const before = await former.keys(site, young);
  await store(former);
  await former.exportAll();
  const [withLate = ''] = await former.keys(site, young);
  expect(before).not.toContain(withLate);
  const restored = await world.restore(snapshot.name);
  await restored.exportAll();
  const again = () => restored.reconcile(true, { site });
  expect((await again()).days).toMatchObject([
    {
      day: young,
      place: 'window',
      exportedAgain: false,
      discarded: [],
      left: [{ key: withLate, reason: '1 rows that the window does not have' }],
    },
  ]);
  // The hits since the snapshot are replayed, and another one comes.
  await store(restored);
  await restored.addHits(site, young, 1);
  await restored.exportAll();
  expect((await again()).days).toMatchObject([{ day: young, discarded: [withLate], left: [] }]);
  await restored.upkeep();
  expect(bucket.present(`lake/site=${site}/day=${young}/`)).toEqual(await restored.keys(site, young));
  await restored.rest();
});

test('an object that is announced in the snapshot, of a rewrite that has ended since, becomes the file before it is deleted', async () => {
  const snapshot = await world.snapshot();
  const { former, bucket } = world;
  await former.erase(site, 'v-3');
  await former.upkeep();
  const [rewritten = ''] = await former.keys(site, old);
  endVersions(bucket);
  const restored = await world.restore(snapshot.name);
  await restored.query(`insert into rempart.lake_deletions (site_id, object_key, since) values ($1, $2, now() - interval '5 hours')`, [
    site,
    rewritten,
  ]);
  await restored.erase(site, 'v-3');
  await restored.reconcile(true, { site });
  await restored.upkeep();
  expect(await restored.keys(site, old)).toEqual([rewritten]);
  expect(bucket.present(`lake/site=${site}/day=${old}/`)).toEqual([rewritten]);
  await restored.rest();
});

test('objects of a site that was created after the snapshot never become those of the site that gets its id', async () => {
  const snapshot = await world.snapshot();
  const { former, bucket } = world;
  const lost = await former.createSite('lost');
  await former.addHits(lost, day(20));
  await former.exportAll();
  const keys = await former.keys(lost, day(20));
  const restored = await world.restore(snapshot.name);
  const next = await restored.createSite('next');
  expect(next).toBe(lost);
  await restored.query('update rempart.sites set created_at = now() where id = $1', [next]);
  expect((await restored.reconcile(true, { site: next })).days).toMatchObject([
    { added: [], discarded: [], left: [{ key: keys[0], reason: expect.stringMatching(/^of before .*, when the site was created$/) }] },
  ]);
  expect(await restored.hits(next)).toEqual([]);
  const { entry } = await checkedObject(bucket.versionsOf(next), next, day(20), versionOf(await bucket.versionsOf(next).ofSite()));
  await expect(
    restored.maintenance.withSite(next, { name: 'x', from: 'y', doing: 'reconcile lake' }, async (session) => {
      await session.query('select rempart.plan_lake_file($1)', [entry.key]);
      await session.query(`select rempart.reconcile_lake_day($1, $2, '{}')`, [day(20), JSON.stringify([entry])]);
    }),
  ).rejects.toThrow('another site may have had its id');
  await restored.rest();
});

function versionOf([version]: readonly LakeVersion[]): LakeVersion {
  if (version === undefined) throw new Error('the bucket: expected a version, got none');
  return version;
}

// A file of the lake comes back from a version of its object on a real catalogue, and rows of erased persons do not.
// S3 is a typed fake with versions and deletions.
import { exportDueDays } from '../../../../lambda/lake/lake-export/export';
import { isRestore, restoreObject } from '../../../../lambda/lake/lake-export/restore';
import { LakeEraser } from '../../../../lambda/lake/lake-upkeep/erase';
import { dayFrom } from '../../../../runtime/hit-days';
import type { SiteId } from '../../../../runtime/site';
import { type LocalDatabase, startDatabase, tester } from '../../../../tools/local-database/rempart';
import { provideZstd } from '../../../../tools/local-database/zstd';
import { MemoryLake } from '../../../runtime/lake/memory-lake';
import { databaseTimeLimit } from '../../../time-limits';
import { addHits } from '../lake-hits';
import { VersionedBucket } from '../versioned-bucket';

let db: LocalDatabase;
let site: SiteId;
const now = new Date();
const lake = new MemoryLake();
const bucket = new VersionedBucket();
const day = dayFrom(now, -12);
const versions = { versionsOf: (of: SiteId) => bucket.versionsOf(of) };
const restore = (key: string, confirm = true) => restoreObject(db.maintenance, versions, { restore: { key, confirm } });
const keys = async () =>
  (await db.superuser.query<{ key: string }>('select object_key as key from rempart.lake_files where site_id = $1', [site])).rows.map(
    ({ key }) => key,
  );
/** Takes over what the lake has, as versions. */
const store = () => {
  for (const [key, body] of lake.objects) if (bucket.current(key)?.equals(body) !== true) bucket.put(key, body);
};

beforeAll(async () => {
  await provideZstd();
  db = await startDatabase();
  site = await db.createSite('one');
  await addHits(db, site, day, 70);
  await exportDueDays(db.maintenance, lake, { now, afterDays: 10, isLate: () => false });
  store();
}, databaseTimeLimit);
afterAll(() => db.close());
beforeEach(() => {
  bucket.puts.length = 0;
});

test('an object that was deleted comes back as it was, with --confirm alone, and in the access log', async () => {
  const [key = ''] = await keys();
  const body = bucket.current(key);
  expect(await restore(key)).toEqual({ key, outcome: 'intact', version: 'v1', bytes: body?.length });
  bucket.put(key, undefined);
  expect(await restore(key, false)).toMatchObject({ outcome: 'would be restored', version: 'v1' });
  expect([bucket.puts, bucket.current(key)]).toEqual([[], undefined]);
  expect(await restore(key)).toMatchObject({ outcome: 'restored', version: 'v1' });
  expect(bucket.current(key)).toEqual(body);
  const { rows } = await db.superuser.query(
    `select actor, source from rempart.access_log where site_id = $1 and action = 'restore lake object'`,
    [site],
  );
  expect(rows).toEqual(Array.from({ length: 3 }, () => ({ actor: 'lake-export', source: 'operator' })));
});

test('an object that was overwritten comes back from the version with the digest of the catalogue', async () => {
  const [key = ''] = await keys();
  const body = bucket.current(key) ?? Buffer.alloc(0);
  bucket.put(key, Buffer.alloc(body.length, 1));
  bucket.put(key, Buffer.from('short'));
  expect(await restore(key)).toMatchObject({ outcome: 'restored' });
  expect(bucket.current(key)).toEqual(body);
});

test('without a version of that digest nothing is written', async () => {
  const [key = ''] = await keys();
  const before = bucket.keys.get(key) ?? [];
  bucket.keys.set(key, [
    { id: 'x', body: undefined },
    { id: 'y', body: Buffer.alloc(before[0]?.body?.length ?? 0) },
  ]);
  await expect(restore(key)).rejects.toThrow(/expected a version with the digest of the catalogue, [0-9a-f]{64}, got 1 versions without/);
  expect(bucket.puts).toEqual([]);
  bucket.keys.set(key, before);
});

test('a day with an object that the catalogue does not have is refused: an erasure that a restored database forgot', async () => {
  const [key = ''] = await keys();
  const newer = key.replace(/[0-9a-f]{16}\.parquet$/, '0000000000000000.parquet');
  bucket.put(newer, Buffer.from('rewritten'));
  bucket.put(key, undefined);
  await expect(restore(key)).rejects.toThrow(`expected a day whose objects the catalogue has, got ${newer}`);
  expect(bucket.puts).toEqual([]);
  // One that is announced, or awaits its deletion, is known.
  await db.superuser.query('insert into rempart.lake_deletions (site_id, object_key) values ($1, $2)', [site, newer]);
  expect(await restore(key)).toMatchObject({ outcome: 'restored' });
  bucket.keys.delete(newer);
  await db.superuser.query('delete from rempart.lake_deletions where object_key = $1', [newer]);
});

test('an object that an erasure has replaced does not come back; the new one does, without the rows', async () => {
  const [former = ''] = await keys();
  await db.application.withSite(site, tester, (session) => session.query(`select rempart.erase_person(null, 'v-3')`));
  const failures: unknown[] = [];
  await new LakeEraser(db.maintenance, lake, failures).run(() => false);
  expect(failures).toEqual([]);
  store();
  const [rewritten = ''] = await keys();
  expect(rewritten).not.toBe(former);
  bucket.put(former, undefined);
  await expect(restore(former)).rejects.toThrow(
    `restore of ${former}: expected a file of the catalogue, got none; an erasure or an export has replaced it`,
  );
  expect(bucket.current(former)).toBeUndefined();
  bucket.put(rewritten, undefined);
  expect(await restore(rewritten)).toMatchObject({ outcome: 'restored' });
});

test('an erasure waits while a file is being restored', async () => {
  const [key = ''] = await keys();
  bucket.put(key, undefined);
  const order: string[] = [];
  const slow = {
    versionsOf: (of: SiteId) => {
      const real = versions.versionsOf(of);
      return {
        ofDay: (wanted: string) => real.ofDay(wanted),
        ofSite: () => real.ofSite(),
        digest: (wanted: string) => real.digest(wanted),
        read: real.read.bind(real),
        restore: async (...all: Parameters<typeof real.restore>) => {
          const other = db.superuser
            .query('select from rempart.lake_files where object_key = $1 for update', [key])
            .then(() => order.push('erasure'));
          await new Promise((resolve) => setTimeout(resolve, 200));
          order.push('restore');
          void other;
          return real.restore(...all);
        },
      };
    },
  };
  await restoreObject(db.maintenance, slow, { restore: { key, confirm: true } });
  await db.superuser.query('select 1');
  expect(order).toEqual(['restore', 'erasure']);
});

test.each([[{}], [{ key: 5, confirm: true }], [{ key: 'lake/site=7/x' }], [{ key: 'exports/1', confirm: false }], [null]])(
  '%j is no restore',
  async (wrong) => {
    await expect(restoreObject(db.maintenance, versions, { restore: wrong } as never)).rejects.toThrow(
      'restore: expected the key of an object of the lake',
    );
  },
);

test('no event of the schedule is a restore', () => {
  for (const event of [{}, null, undefined, 'restore', { time: 'x' }]) expect(isRestore(event)).toBe(false);
  expect(isRestore({ restore: {} })).toBe(true);
});

// The site snapshot, with a real server and a mock of the bucket: written after a change, and never replaced by an
// older state.
import { siteSnapshotKey } from '../../../../lambda/ingest/site-snapshot/env';
import { publishSites } from '../../../../lambda/ingest/site-snapshot/publish';
import { parseSiteSnapshot } from '../../../../runtime/site-snapshot';
import { type LocalDatabase, startDatabase } from '../../../../tools/local-database/rempart';
import { MockObjects } from '../../../runtime/mock-objects';
import { databaseTimeLimit } from '../../../time-limits';

let db: LocalDatabase;
beforeAll(async () => {
  db = await startDatabase();
  await db.createSite('acme');
}, databaseTimeLimit);
afterAll(() => db.close());

const keysIn = (objects: MockObjects) => parseSiteSnapshot(objects.objects.get(siteSnapshotKey)?.text ?? '').sites.map(({ key }) => key);

test('it is written once, and again when something changes', async () => {
  const settings = new MockObjects();
  expect(await publishSites(db.maintenance, settings)).toEqual({ sites: 1, changed: true });
  expect(keysIn(settings)).toEqual(['acme']);
  const first = settings.objects.get(siteSnapshotKey);
  expect(await publishSites(db.maintenance, settings)).toEqual({ sites: 1, changed: false });
  expect(settings.objects.get(siteSnapshotKey)).toBe(first);
  const site = await db.createSite('second');
  expect(await publishSites(db.maintenance, settings)).toEqual({ sites: 2, changed: true });
  await db.application.withSite(site, { name: 'ada', from: 'test', doing: 'set' }, (session) =>
    session.query('update rempart.site_settings set cookies = true'),
  );
  expect(await publishSites(db.maintenance, settings)).toEqual({ sites: 2, changed: true });
});

test('a run that finds the object changed reads the database again', async () => {
  const settings = new MockObjects();
  let runs = 0;
  settings.beforeWrite = () => {
    if (runs++ === 0) settings.objects.set(siteSnapshotKey, { text: 'by another run', version: '"other"' });
  };
  expect((await publishSites(db.maintenance, settings)).changed).toBe(true);
  expect(keysIn(settings)).toContain('acme');
  expect(runs).toBe(2);
});

test('a run with conflicts in all attempts is an error', async () => {
  const settings = new MockObjects();
  let version = 0;
  settings.beforeWrite = () => void settings.objects.set(siteSnapshotKey, { text: 'another', version: String(version++) });
  await expect(publishSites(db.maintenance, settings)).rejects.toThrow('expected no concurrent writer, got 3 conflicts');
});

test('where the database is away, the snapshot stays', async () => {
  const settings = new MockObjects();
  await publishSites(db.maintenance, settings);
  const before = settings.objects.get(siteSnapshotKey);
  await db.superuser.query('alter table rempart.sites rename to sites_away');
  try {
    await expect(publishSites(db.maintenance, settings)).rejects.toThrow(/does not exist/);
  } finally {
    await db.superuser.query('alter table rempart.sites_away rename to sites');
  }
  expect(settings.objects.get(siteSnapshotKey)).toBe(before);
});

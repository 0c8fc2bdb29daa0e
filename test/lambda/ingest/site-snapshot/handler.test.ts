// The deployed bundle of site-snapshot, as its schedule calls it: a real server behind a door with TLS; S3 and Secrets Manager are mocks.
import { siteSnapshotKey } from '../../../../lambda/ingest/site-snapshot/env';
import { parseSiteSnapshot } from '../../../../runtime/site-snapshot';
import { type LocalDatabase, startDatabase } from '../../../../tools/local-database/rempart';
import { keySecret, type Surroundings, surround } from '../../deployed/surroundings';

let db: LocalDatabase;
let around: Surroundings;

beforeAll(async () => {
  db = await startDatabase();
  around = await surround(db.server.port);
  around.aws.setSecret('context-key', keySecret(db.contextKey));
}, 120_000);
afterAll(async () => {
  await around?.close();
  await db?.close();
});

const variables = () => ({ ...around.database, DATABASE_USER: 'rempart_maintenance', SETTINGS_BUCKET: 'settings' });
const published = () => {
  const object = around.aws.objects.get(`settings/${siteSnapshotKey}`);
  return object && parseSiteSnapshot(object.toString()).sites.map(({ key }) => key);
};

test('writes the sites once, and again when there is another', async () => {
  await db.createSite('one');
  const instance = await around.start('site-snapshot', variables());
  expect(await instance.invoke({})).toEqual({ sites: 1, changed: true });
  expect(await instance.invoke({})).toEqual({ sites: 1, changed: false });
  await db.createSite('two');
  expect(await instance.invoke({})).toEqual({ sites: 2, changed: true });
  expect(published()).toEqual(['one', 'two']);
  expect(new Set(around.door.admitted)).toEqual(new Set(['rempart_maintenance']));
}, 120_000);

test('without a database it fails, and leaves the snapshot that is there', async () => {
  const before = published();
  const instance = await around.start('site-snapshot', { ...variables(), DATABASE_PORT: '1' });
  await expect(instance.invoke({})).rejects.toThrow('ECONNREFUSED');
  expect(published()).toEqual(before);
}, 120_000);

test('does not start without its bucket, or as the application', async () => {
  await expect(around.start('site-snapshot', { ...variables(), SETTINGS_BUCKET: '' })).rejects.toThrow('SETTINGS_BUCKET: expected');
  const application = { ...variables(), DATABASE_USER: 'rempart_application' };
  await expect(around.start('site-snapshot', application)).rejects.toThrow('DATABASE_USER: expected rempart_maintenance');
}, 120_000);

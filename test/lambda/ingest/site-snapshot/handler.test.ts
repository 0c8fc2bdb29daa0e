// The deployed bundle of site-snapshot, as its schedule calls it, with a real server; RDS Proxy, S3 and Secrets
// Manager are mocks.
import { siteSnapshotKey } from '../../../../lambda/ingest/site-snapshot/env';
import { parseSiteSnapshot } from '../../../../runtime/site-snapshot';
import { declaredActions } from '../../declared-calls';
import { deployFunction } from '../../deployed/deployed-function';

const deployed = deployFunction('site-snapshot', { DATABASE_USER: 'rempart_maintenance', SETTINGS_BUCKET: 'settings' });

const published = () => {
  const object = deployed.around.aws.objects.get(`settings/${siteSnapshotKey}`);
  return object && parseSiteSnapshot(object.toString()).sites.map(({ key }) => key);
};

test('writes the sites once, and again after a new site', async () => {
  await deployed.db.createSite('one');
  const instance = await deployed.start();
  expect(await instance.invoke({})).toEqual({ sites: 1, changed: true });
  expect(await instance.invoke({})).toEqual({ sites: 1, changed: false });
  await deployed.db.createSite('two');
  expect(await instance.invoke({})).toEqual({ sites: 2, changed: true });
  expect(published()).toEqual(['one', 'two']);
  expect(new Set(deployed.around.door.admitted)).toEqual(new Set(['rempart_maintenance']));
});

test('fails without a database and keeps the published snapshot', async () => {
  const before = published();
  const instance = await deployed.start({ DATABASE_PORT: '1' });
  await expect(instance.invoke({})).rejects.toThrow('ECONNREFUSED');
  expect(published()).toEqual(before);
});

test('does not start without its bucket, or as rempart_application', async () => {
  await expect(deployed.start({ SETTINGS_BUCKET: '' })).rejects.toThrow('SETTINGS_BUCKET: expected');
  const application = { DATABASE_USER: 'rempart_application' };
  await expect(deployed.start(application)).rejects.toThrow('DATABASE_USER: expected rempart_maintenance');
});

test('makes the calls that its contract declares, and no others', () => {
  expect(deployed.around.calls()).toEqual(declaredActions('site-snapshot'));
});

// The deployed bundle of site-admin, by IAM token and TLS to a real server; RDS Proxy and Secrets Manager are mocks.

import { declaredActions } from '../../declared-calls';
import { deployFunction } from '../../deployed/deployed-function';

const deployed = deployFunction('site-admin', {
  DATABASE_USER: 'rempart_maintenance',
  SITE_KEY_PREFIX: 'test/sites',
  ENCRYPTION_KEY: 'arn:aws:kms:eu-west-3:111111111111:key/1',
});
const actor = { name: 'operator', from: 'console' };

test('creates a site with a key, then rotates the key', async () => {
  const instance = await deployed.start();
  const { site } = (await instance.invoke({ action: 'create', key: 'acme', name: 'Acme', actor })) as { site: number };
  expect(Object.keys(JSON.parse(deployed.around.aws.secret(`test/sites/${site}`) ?? '').keys)).toEqual(['1']);
  expect(await instance.invoke({ action: 'rotate-key', site, actor })).toEqual({ site, keyVersion: 2 });
  expect(Object.keys(JSON.parse(deployed.around.aws.secret(`test/sites/${site}`) ?? '').keys)).toEqual(['1', '2']);
  expect(new Set(deployed.around.door.admitted)).toEqual(new Set(['rempart_maintenance']));
});

test.each<[string, unknown, string]>([
  ['an unknown action', { action: 'drop', actor }, 'action: expected create or rotate-key, got "drop"'],
  ['an actor without a name', { action: 'create', key: 'x', name: 'X', actor: { from: 'console' } }, 'actor'],
  ['a site that is not there', { action: 'rotate-key', site: 999_999, actor }, 'site'],
])('refuses %s', async (_, event, reason) => {
  const instance = await deployed.start();
  await expect(instance.invoke(event)).rejects.toThrow(reason);
});

test('does not start with a missing variable, or as another role', async () => {
  await expect(deployed.start({ SITE_KEY_PREFIX: undefined })).rejects.toThrow('SITE_KEY_PREFIX: expected');
  const application = { DATABASE_USER: 'rempart_application' };
  await expect(deployed.start(application)).rejects.toThrow('DATABASE_USER: expected rempart_maintenance');
});

test('fails without its context key, and with an untrusted certificate', async () => {
  const keyless = await deployed.start({ CONTEXT_KEY_SECRET: 'nowhere' });
  const rotate = { action: 'rotate-key', site: 1, actor };
  await expect(keyless.invoke(rotate)).rejects.toThrow('nowhere');
  const trusting = await deployed.start({ NODE_EXTRA_CA_CERTS: '' });
  await expect(trusting.invoke(rotate)).rejects.toThrow(/self.signed/);
});

test('makes the calls that its contract declares, and no others', () => {
  expect(deployed.around.calls()).toEqual(declaredActions('site-admin'));
});

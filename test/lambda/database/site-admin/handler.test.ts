// The deployed bundle of site-admin: by IAM token through a door with TLS to a real server; Secrets Manager is a mock.
import { type LocalDatabase, startDatabase } from '../../../../tools/local-database/rempart';
import { keySecret, type Surroundings, surround } from '../../deployed/surroundings';

let db: LocalDatabase;
let around: Surroundings;
const actor = { name: 'operator', from: 'console' };

beforeAll(async () => {
  db = await startDatabase();
  around = await surround(db.server.port);
  around.aws.setSecret('context-key', keySecret(db.contextKey));
}, 120_000);
afterAll(async () => {
  await around?.close();
  await db?.close();
});

const variables = () => ({
  ...around.database,
  DATABASE_USER: 'rempart_maintenance',
  SITE_KEY_PREFIX: 'test/sites',
  ENCRYPTION_KEY: 'arn:aws:kms:eu-west-3:111111111111:key/1',
});

test('makes a site and its key, then gives it another', async () => {
  const instance = await around.start('site-admin', variables());
  const { site } = (await instance.invoke({ action: 'create', key: 'acme', name: 'Acme', actor })) as { site: number };
  expect(Object.keys(JSON.parse(around.aws.secret(`test/sites/${site}`) ?? '').keys)).toEqual(['1']);
  expect(await instance.invoke({ action: 'rotate-key', site, actor })).toEqual({ site, keyVersion: 2 });
  expect(Object.keys(JSON.parse(around.aws.secret(`test/sites/${site}`) ?? '').keys)).toEqual(['1', '2']);
  expect(new Set(around.door.admitted)).toEqual(new Set(['rempart_maintenance']));
}, 120_000);

test.each<[string, unknown, string]>([
  ['an unknown action', { action: 'drop', actor }, 'action: expected create or rotate-key, got "drop"'],
  ['an actor without a name', { action: 'create', key: 'x', name: 'X', actor: { from: 'console' } }, 'actor'],
  ['a site that is not there', { action: 'rotate-key', site: 999_999, actor }, 'site'],
])(
  'refuses %s',
  async (_, event, reason) => {
    const instance = await around.start('site-admin', variables());
    await expect(instance.invoke(event)).rejects.toThrow(reason);
  },
  120_000,
);

test('does not start with a missing variable, or as another role', async () => {
  const { SITE_KEY_PREFIX: _, ...rest } = variables();
  await expect(around.start('site-admin', rest)).rejects.toThrow('SITE_KEY_PREFIX: expected');
  const application = { ...variables(), DATABASE_USER: 'rempart_application' };
  await expect(around.start('site-admin', application)).rejects.toThrow('DATABASE_USER: expected rempart_maintenance');
}, 120_000);

test('fails without its context key, and where the certificate is not trusted', async () => {
  const keyless = await around.start('site-admin', { ...variables(), CONTEXT_KEY_SECRET: 'nowhere' });
  const rotate = { action: 'rotate-key', site: 1, actor };
  await expect(keyless.invoke(rotate)).rejects.toThrow('nowhere');
  const trusting = await around.start('site-admin', { ...variables(), NODE_EXTRA_CA_CERTS: '' });
  await expect(trusting.invoke(rotate)).rejects.toThrow(/self.signed/);
}, 120_000);

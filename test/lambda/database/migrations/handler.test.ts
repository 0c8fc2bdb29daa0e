// The deployed bundle of migrations, invoked as by CloudFormation, on an empty database; AWS endpoints are mocks.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localPassword } from '../../../../tools/local-database/aurora';
import { emptyDatabase, migrationsFolder } from '../../../../tools/local-database/rempart';
import { type LocalServer, startServer } from '../../../../tools/local-database/server';
import { customResourceEvent } from '../../custom-resource';
import { declaredActions } from '../../declared-calls';
import { master } from '../../deployed/database-door';
import { keySecret, type Surroundings, surround } from '../../deployed/surroundings';

let server: LocalServer;
let around: Surroundings;
const contextKey = { version: 1, key: randomBytes(32) };

beforeAll(async () => {
  server = await startServer();
  around = await surround(server.port);
  around.aws.setSecret('context-key', keySecret(contextKey));
  around.aws.setSecret('master', JSON.stringify({ username: master, password: localPassword }));
}, 120_000);
afterAll(async () => {
  await around?.close();
  await server?.close();
});

const variables = (database: string) => ({
  ...around.database,
  DATABASE_NAME: database,
  DATABASE_CLUSTER: 'cluster-LOCAL',
  MASTER_SECRET: 'master',
  DATABASE_CA_FILE: around.certificateFile,
  // The file alone must do.
  NODE_EXTRA_CA_CERTS: '',
  ENVIRONMENT: 'production',
  MIGRATIONS_FOLDER: migrationsFolder,
});

async function answer(type: 'Create' | 'Update' | 'Delete', changed: Readonly<Record<string, string>>, milliseconds = 120_000) {
  const instance = await around.start('migrations', changed);
  await instance.invoke(customResourceEvent(type, around.aws.answerUrl), milliseconds);
  return around.aws.answers.splice(0);
}

/** A new database, and what is in it. */
async function made(name: string) {
  const admin = await emptyDatabase(server, name);
  const schemas = async () => (await admin.query("select nspname from pg_namespace where nspname like 'rempart%' order by 1")).rows;
  return { admin, schemas };
}

test('Create brings the schema up, Update finds it there, and Delete leaves it', async () => {
  const { admin, schemas } = await made('whole');
  const [created] = await answer('Create', variables('whole'));
  expect(created).toMatchObject({ Status: 'SUCCESS', Data: { Ahead: 0 } });
  expect(Number(created?.Data?.Applied)).toBeGreaterThanOrEqual(8);
  // Told again, the same key is taken and another one refused.
  const install = (key: Buffer) => admin.query('select rempart_private.install_context_key(1::smallint, $1::bytea)', [key]);
  await admin.query('set role rempart_owner');
  await install(contextKey.key);
  await expect(install(randomBytes(32))).rejects.toThrow('version 1 holds another key');
  expect(await answer('Update', variables('whole'))).toMatchObject([{ Status: 'SUCCESS', Data: { Applied: 0 } }]);
  expect(await answer('Delete', variables('whole'))).toMatchObject([{ Status: 'SUCCESS' }]);
  expect(await schemas()).not.toEqual([]);
  expect(new Set(around.door.admitted)).toEqual(new Set([master]));
}, 120_000);

test('Update fails on an empty database, as after the removal of data.restoreFrom from the configuration', async () => {
  const { schemas } = await made('emptied');
  const answers = await answer('Update', variables('emptied'));
  expect(answers).toMatchObject([
    { Status: 'FAILED', Reason: expect.stringContaining('got an empty one; restore the previous data.restoreFrom') },
  ]);
  expect(await schemas()).toEqual([]);
}, 120_000);

test('a migration that fails fails the deployment, with statement and error, and leaves the schema as it was', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rempart-broken-'));
  try {
    await writeFile(join(folder, '0001_broken.sql'), 'create table here (a int);\nselect nobody_knows_this();\n');
    const { admin } = await made('broken');
    const [failed] = await answer('Create', { ...variables('broken'), MIGRATIONS_FOLDER: folder });
    expect(failed).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('nobody_knows_this') });
    expect((await admin.query("select to_regclass('here') as found")).rows).toEqual([{ found: null }]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 120_000);

test.each<[string, Readonly<Record<string, string>>, RegExp]>([
  ['a missing variable', { MIGRATIONS_FOLDER: '' }, /MIGRATIONS_FOLDER: expected/],
  ['a missing master secret', { MASTER_SECRET: 'nowhere' }, /nowhere/],
  ['a wrong password', { MASTER_SECRET: 'wrong' }, /password/],
  ['a certificate that nobody vouches for', { DATABASE_CA_FILE: __filename }, /self.signed|certificate/],
])(
  '%s fails the deployment, with its reason',
  async (_, changed, reason) => {
    around.aws.setSecret('wrong', JSON.stringify({ username: master, password: 'x' }));
    await made('untouched').catch(() => undefined);
    const answers = await answer('Create', { ...variables('untouched'), ...changed });
    expect(answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringMatching(reason) }]);
  },
  120_000,
);

test('without time left, CloudFormation receives an error at once', async () => {
  const { schemas } = await made('late');
  const answers = await answer('Create', variables('late'), 10_001);
  expect(answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringMatching(/not done after|time/) }]);
  expect(await schemas()).toEqual([]);
}, 120_000);

test('makes the calls that its contract declares, and no others', () => {
  expect(around.calls()).toEqual(declaredActions('migrations'));
});

// The deployed bundle of context-key-rotation, with the steps of Secrets Manager, which is a mock.
import { randomUUID } from 'node:crypto';
import { parseContextKey } from '../../../../runtime/site-context';
import { localPassword } from '../../../../tools/local-database/aurora';
import { type LocalDatabase, startDatabase, tester } from '../../../../tools/local-database/rempart';
import { declaredActions } from '../../declared-calls';
import { master } from '../../deployed/database-door';
import { keySecret, type Surroundings, surround } from '../../deployed/surroundings';

let db: LocalDatabase;
let around: Surroundings;

beforeAll(async () => {
  db = await startDatabase();
  around = await surround(db.server.port);
  around.aws.setSecret('context-key', keySecret(db.contextKey));
  around.aws.setSecret('master', JSON.stringify({ username: master, password: localPassword }));
}, 120_000);
afterAll(async () => {
  await around?.close();
  await db?.close();
});

const variables = () => {
  const { CONTEXT_KEY_SECRET: _, ...database } = around.database;
  return { ...database, MASTER_SECRET: 'master', DATABASE_CA_FILE: around.certificateFile, NODE_EXTRA_CA_CERTS: '' };
};
const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];
const versions = async () =>
  (await db.superuser.query('select version from rempart_private.context_keys order by 1')).rows.map(({ version }) => version);

test('a rotation makes a key that the database takes, and repeating a step changes nothing', async () => {
  const site = await db.createSite('rotated');
  const instance = await around.start('context-key-rotation', variables());
  const id = randomUUID();
  for (const Step of steps.flatMap((step) => [step, step])) {
    await instance.invoke({ Step, SecretId: 'context-key', ClientRequestToken: id });
  }
  const key = parseContextKey(around.aws.secret('context-key') ?? '');
  expect(key.version).toBe(2);
  expect(await versions()).toEqual([1, 2]);
  const door = db.open('rempart_application', { contextKey: async () => key });
  expect(await door.withSite(site, tester, async () => 'in')).toBe('in');
  expect(new Set(around.door.admitted)).toEqual(new Set([master]));
}, 120_000);

test.each<[string, Readonly<Record<string, unknown>>, string]>([
  ['an unknown step', { Step: 'burn' }, 'Step: expected createSecret'],
  ['a version that was never made', { Step: 'setSecret' }, 'expected a value from createSecret'],
  ['a secret that is not there', { Step: 'createSecret', SecretId: 'nowhere' }, 'nowhere'],
])(
  'refuses %s, and the key in use stays',
  async (_, changed, reason) => {
    const before = [around.aws.secret('context-key'), await versions()];
    const instance = await around.start('context-key-rotation', variables());
    const event = { SecretId: 'context-key', ClientRequestToken: randomUUID(), ...changed };
    await expect(instance.invoke(event)).rejects.toThrow(reason);
    expect([around.aws.secret('context-key'), await versions()]).toEqual(before);
  },
  120_000,
);

test('does not start without a file of certificates', async () => {
  await expect(around.start('context-key-rotation', { ...variables(), DATABASE_CA_FILE: '' })).rejects.toThrow(
    'DATABASE_CA_FILE: expected',
  );
}, 120_000);

test('makes the calls that its contract declares, and no others', () => {
  expect(around.calls()).toEqual(declaredActions('context-key-rotation'));
});

// The deployed bundle of generated-data, as CloudFormation calls it: a real server behind a door with TLS; the endpoints of AWS are mocks.
import { type LocalDatabase, startDatabase } from '../../../../tools/local-database/rempart';
import { customResourceEvent, keySecret, type Surroundings, surround } from '../../deployed/surroundings';

let db: LocalDatabase;
let around: Surroundings;

beforeAll(async () => {
  db = await startDatabase('staging');
  around = await surround(db.server.port);
  around.aws.setSecret('context-key', keySecret(db.contextKey));
}, 120_000);
afterAll(async () => {
  await around?.close();
  await db?.close();
});

const variables = () => ({ ...around.database, ENVIRONMENT: 'staging', SEED: '7', SITES: '2', HITS_PER_SITE: '30' });
const hits = async () => (await db.superuser.query('select count(*)::int as n from rempart.hits')).rows[0].n;

/** What CloudFormation is told of one request. */
async function answer(type: 'Create' | 'Update' | 'Delete', changed: Readonly<Record<string, string>> = {}) {
  const instance = await around.start('generated-data', { ...variables(), ...changed });
  await instance.invoke(customResourceEvent(type, around.aws.answerUrl));
  return around.aws.answers.splice(0);
}

test('Create loads it, Update finds it there, and Delete leaves it', async () => {
  expect(await answer('Create')).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 'Resource' }]);
  expect(await hits()).toBe(60);
  expect(new Set(around.door.admitted)).toEqual(new Set(['rempart_maintenance', 'rempart_application']));
  expect(await answer('Update')).toMatchObject([{ Status: 'SUCCESS' }]);
  expect(await answer('Delete')).toMatchObject([{ Status: 'SUCCESS' }]);
  expect(await hits()).toBe(60);
}, 120_000);

test.each<[string, Readonly<Record<string, string>>, string]>([
  ['production', { ENVIRONMENT: 'production' }, 'production'],
  ['a wrong variable', { SEED: 'x' }, 'SEED: expected a number'],
  ['a missing key', { CONTEXT_KEY_SECRET: 'nowhere' }, 'nowhere'],
  ['no database', { DATABASE_PORT: '1' }, 'ECONNREFUSED'],
])(
  '%s fails the deployment, with its reason, and loads nothing',
  async (_, changed, reason) => {
    const before = await hits();
    expect(await answer('Create', changed)).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining(reason) }]);
    expect(await hits()).toBe(before);
  },
  120_000,
);

// The deployed bundle of generated-data, as CloudFormation calls it, with a real server; RDS Proxy and the AWS
// endpoints are mocks.

import { declaredActions } from '../../declared-calls';
import { deployFunction } from '../../deployed/deployed-function';

const deployed = deployFunction('generated-data', { ENVIRONMENT: 'staging', SEED: '7', SITES: '2', HITS_PER_SITE: '30' }, 'staging');

const hits = async () => (await deployed.db.superuser.query('select count(*)::int as n from rempart.hits')).rows[0].n;

test('Create loads the data, Update changes nothing, and Delete keeps the data', async () => {
  expect(await deployed.answers('Create')).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 'Resource' }]);
  expect(await hits()).toBe(60);
  expect(new Set(deployed.around.door.admitted)).toEqual(new Set(['rempart_maintenance', 'rempart_application']));
  expect(await deployed.answers('Update')).toMatchObject([{ Status: 'SUCCESS' }]);
  expect(await deployed.answers('Delete')).toMatchObject([{ Status: 'SUCCESS' }]);
  expect(await hits()).toBe(60);
});

test.each<[string, Readonly<Record<string, string>>, string]>([
  ['production', { ENVIRONMENT: 'production' }, 'production'],
  ['a wrong variable', { SEED: 'x' }, 'SEED: expected a number'],
  ['a missing key', { CONTEXT_KEY_SECRET: 'nowhere' }, 'nowhere'],
  ['no database', { DATABASE_PORT: '1' }, 'ECONNREFUSED'],
])('%s fails the deployment, with its reason, and loads nothing', async (_, changed, reason) => {
  const before = await hits();
  expect(await deployed.answers('Create', changed)).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining(reason) }]);
  expect(await hits()).toBe(before);
});

test('makes the calls that its contract declares, and no others', () => {
  expect(deployed.around.calls()).toEqual(declaredActions('generated-data'));
});

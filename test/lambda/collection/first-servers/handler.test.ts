// The deployed bundle in a process, with a mock of Elastic Load Balancing, responding to CloudFormation.
import { customResourceEvent } from '../../custom-resource';
import { declaredActions } from '../../declared-calls';
import { type Instance, type Surroundings, surround } from '../../deployed/surroundings';

const TARGET_GROUP = 'arn:aws:elasticloadbalancing:eu-west-3:111111111111:targetgroup/Targets/0123456789abcdef';
let surroundings: Surroundings;
let instance: Instance;

beforeAll(async () => {
  // The function does not connect to a database.
  surroundings = await surround(1);
  instance = await surroundings.start('first-servers', { TARGET_GROUP, SERVERS: '2' });
});
afterAll(() => surroundings.close());
beforeEach(() => {
  surroundings.aws.answers.length = 0;
  surroundings.aws.targets.length = 0;
});

const call = (type: 'Create' | 'Update' | 'Delete', milliseconds?: number) =>
  instance.invoke(customResourceEvent(type, surroundings.aws.answerUrl), milliseconds);

test('Create succeeds when two servers of the target group are healthy', async () => {
  surroundings.aws.targets.push({ group: TARGET_GROUP, id: 'i-1', state: 'healthy' }, { group: TARGET_GROUP, id: 'i-2', state: 'healthy' });
  await call('Create');
  expect(surroundings.aws.answers).toMatchObject([{ Status: 'SUCCESS', Data: { Healthy: 2 } }]);
});

test('Create fails within the timeout of the function otherwise, with the last result', async () => {
  surroundings.aws.targets.push(
    { group: TARGET_GROUP, id: 'i-1', state: 'unhealthy' },
    { group: 'another', id: 'i-2', state: 'healthy' },
    { group: 'another', id: 'i-3', state: 'healthy' },
  );
  await call('Create', 25_000);
  expect(surroundings.aws.answers).toMatchObject([
    {
      Status: 'FAILED',
      Reason: expect.stringContaining('expected 2 healthy servers behind the load balancer, got 0 of 1 registered: i-1 unhealthy'),
    },
  ]);
});

const update = (former: string) =>
  instance.invoke(
    customResourceEvent('Update', surroundings.aws.answerUrl, {
      ResourceProperties: { TargetGroup: TARGET_GROUP },
      OldResourceProperties: { TargetGroup: former },
    }),
    25_000,
  );

test('Update to another target group waits as Create does', async () => {
  await update(TARGET_GROUP.replace('Targets', 'Former'));
  expect(surroundings.aws.answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining('expected 2 healthy servers') }]);
});

test('Update of the same target group waits for nothing', async () => {
  await update(TARGET_GROUP);
  expect(surroundings.aws.answers).toMatchObject([{ Status: 'SUCCESS' }]);
});

test.each(['Update', 'Delete'] as const)('%s without former properties waits for nothing', async (type) => {
  await call(type, 25_000);
  expect(surroundings.aws.answers).toMatchObject([{ Status: 'SUCCESS' }]);
});

test('CloudFormation receives the error of an invalid environment', async () => {
  const broken = await surroundings.start('first-servers', { TARGET_GROUP, SERVERS: '0' });
  await broken.invoke(customResourceEvent('Create', surroundings.aws.answerUrl), 25_000);
  expect(surroundings.aws.answers).toMatchObject([
    { Status: 'FAILED', Reason: expect.stringContaining('SERVERS: expected a number of servers') },
  ]);
});

test('makes the calls that its contract declares, and no others', () => {
  expect(surroundings.calls()).toEqual(declaredActions('first-servers'));
});

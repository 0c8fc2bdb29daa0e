// The handler: its commands, and its response to CloudFormation. The `send` of the clients is mocked.
import { CloudWatchClient, type GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { type InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { handler } from '../../../../lambda/alarms/first-datapoint/handler';
import { declaredActions, recordSends } from '../../declared-calls';

const properties = {
  Namespace: 'AWS/Lambda',
  MetricName: 'Invocations',
  Statistic: 'Sum',
  Dimensions: [{ Name: 'FunctionName', Value: 'example-database-upkeep' }],
  AtLeast: '1',
  Invoke: 'example-database-upkeep',
};
const context = { awsRequestId: 'i', logGroupName: 'g', getRemainingTimeInMillis: () => 60_000 };
const event = (RequestType: 'Create' | 'Update' | 'Delete', ResourceProperties: object = properties) => ({
  RequestType,
  ResponseURL: 'https://example.org/answer',
  StackId: 's',
  RequestId: 'r',
  LogicalResourceId: 'First',
  ResourceProperties: { ...ResourceProperties },
});

let invoked: InvokeCommand[];
let read: GetMetricDataCommand[];
let answers: { Status: string; Reason?: string; Data?: object }[];

beforeEach(() => {
  invoked = [];
  read = [];
  answers = [];
  jest.spyOn(LambdaClient.prototype, 'send').mockImplementation(async (command: object) => {
    invoked.push(command as InvokeCommand);
    return {};
  });
  jest.spyOn(CloudWatchClient.prototype, 'send').mockImplementation(async (command: object) => {
    read.push(command as GetMetricDataCommand);
    return { MetricDataResults: [{ Id: 'metric', Values: [1], Timestamps: [new Date()] }] };
  });
  jest.spyOn(globalThis, 'fetch').mockImplementation(async (_, init) => {
    answers.push(JSON.parse(String(init?.body)));
    return new Response();
  });
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
});

const sent = recordSends(LambdaClient, CloudWatchClient);
afterEach(() => {
  jest.restoreAllMocks();
});

test('invokes the function asynchronously, with an empty event, and reads the newest value of the metric', async () => {
  await handler(event('Create'), context);
  expect(invoked.map(({ input }) => ({ ...input, Payload: String(input.Payload) }))).toEqual([
    { FunctionName: 'example-database-upkeep', InvocationType: 'Event', Payload: '{}' },
  ]);
  expect(read).toHaveLength(1);
  const { Dimensions, MetricName, Namespace } = properties;
  expect(read[0]?.input).toMatchObject({
    ScanBy: 'TimestampDescending',
    MetricDataQueries: [{ MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: 60, Stat: 'Sum' } }],
  });
  expect(answers).toMatchObject([{ Status: 'SUCCESS', Data: { Datapoint: 'there' } }]);
});

const update = (old: object, now: object = properties) => handler({ ...event('Update', now), OldResourceProperties: { ...old } }, context);

test.each<[string, object]>([
  ['Namespace', { ...properties, Namespace: 'Rempart/Probes' }],
  ['MetricName', { ...properties, MetricName: 'Completed' }],
  ['Dimensions', { ...properties, Dimensions: [{ Name: 'FunctionName', Value: 'example-another' }] }],
  ['Invoke', { ...properties, Invoke: 'example-another' }],
])('waits at an Update of %s, as the alarm then has no data', async (_, old) => {
  await update(old);
  expect(invoked).toHaveLength(1);
  expect(read).toHaveLength(1);
  expect(answers).toMatchObject([{ Status: 'SUCCESS', Data: { Datapoint: 'there' } }]);
});

test('does nothing at an Update to the same metric', async () => {
  await update({ ...properties, AtLeast: '2', Dimensions: [{ Value: 'example-database-upkeep', Name: 'FunctionName' }] });
  expect([...invoked, ...read]).toEqual([]);
  expect(answers).toMatchObject([{ Status: 'SUCCESS' }]);
});

test.each(['Update', 'Delete'] as const)('does nothing at an %s without former properties', async (type) => {
  await handler(event(type), context);
  expect([...invoked, ...read]).toEqual([]);
  expect(answers).toMatchObject([{ Status: 'SUCCESS' }]);
});

test.each([
  ['AtLeast', { ...properties, AtLeast: 'many' }, 'AtLeast: expected a number, got "many"'],
  ['Invoke', { ...properties, Invoke: 'arn:aws:lambda:x' }, 'Invoke: expected the name of a function'],
  ['Failures', { ...properties, Failures: '' }, 'Failures: expected the name of a metric, got ""'],
  ['Dimensions', { ...properties, Dimensions: [{ Name: 'x' }] }, 'Dimensions: expected a list of names and values'],
  ['MetricName', { ...properties, MetricName: undefined }, 'MetricName: expected a text, got undefined'],
])('fails on a broken %s before it asks anything', async (_, broken, reason) => {
  await handler(event('Create', broken), context);
  expect(answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining(reason) }]);
  expect([...invoked, ...read]).toEqual([]);
});

test('makes the calls that its contract declares, and no others', () => {
  expect(sent()).toEqual(declaredActions('first-datapoint'));
});

// The handler: its commands, and its response to CloudFormation. The `send` of the clients is mocked.
import { CloudWatchClient, type GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { type InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { handler } from '../../../../lambda/alarms/first-datapoint/handler';

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
    return { MetricDataResults: [{ Id: 'metric', Values: [1] }] };
  });
  jest.spyOn(globalThis, 'fetch').mockImplementation(async (_, init) => {
    answers.push(JSON.parse(String(init?.body)));
    return new Response();
  });
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
});

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

test.each(['Update', 'Delete'] as const)('does nothing at an %s', async (type) => {
  await handler(event(type), context);
  expect([...invoked, ...read]).toEqual([]);
  expect(answers).toMatchObject([{ Status: 'SUCCESS' }]);
});

test.each([
  ['AtLeast', { ...properties, AtLeast: 'many' }, 'AtLeast: expected a number, got "many"'],
  ['Invoke', { ...properties, Invoke: 'arn:aws:lambda:x' }, 'Invoke: expected the name of a function'],
  ['Dimensions', { ...properties, Dimensions: [{ Name: 'x' }] }, 'Dimensions: expected a list of names and values'],
  ['MetricName', { ...properties, MetricName: undefined }, 'MetricName: expected a text, got undefined'],
])('fails on a broken %s before it asks anything', async (_, broken, reason) => {
  await handler(event('Create', broken), context);
  expect(answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining(reason) }]);
  expect([...invoked, ...read]).toEqual([]);
});

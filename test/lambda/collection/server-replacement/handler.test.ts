// The function as Lambda calls it: the commands it sends. The clients' `send` is mocked.
import { AutoScalingClient, DescribeAutoScalingGroupsCommand, SetInstanceHealthCommand } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { handler } from '../../../../lambda/collection/server-replacement/handler';
import { declaredActions, recordSends } from '../../declared-calls';
import { restoreAfterEach } from '../../restore';

const variables = { GROUP: 'example-collectors', NAMESPACE: 'Rempart/example', METRIC: 'ArrayDegraded' };
const instances = ['i-1', 'i-2'].map((InstanceId) => ({ InstanceId, LifecycleState: 'InService', HealthStatus: 'Healthy' }));
let sent: object[];

const sentActions = recordSends(AutoScalingClient, CloudWatchClient);
restoreAfterEach();

beforeEach(() => {
  sent = [];
  Object.assign(process.env, variables);
  jest.spyOn(console, 'log').mockImplementation(() => undefined);
  jest.spyOn(AutoScalingClient.prototype, 'send').mockImplementation(async (command: object) => {
    sent.push(command);
    return command instanceof DescribeAutoScalingGroupsCommand
      ? { AutoScalingGroups: [{ MinSize: 2, DesiredCapacity: 2, Instances: instances }] }
      : {};
  });
  jest.spyOn(CloudWatchClient.prototype, 'send').mockImplementation(async (command: object) => {
    sent.push(command);
    return { MetricDataResults: [{ Id: 'server1', Label: 'i-2', Values: [1, 1] }] };
  });
});

test('finds the server, marks it unhealthy without a grace period, and logs it', async () => {
  await expect(handler()).resolves.toMatchObject({ replaced: 'i-2' });
  const [describe, report, mark] = sent as [DescribeAutoScalingGroupsCommand, GetMetricDataCommand, SetInstanceHealthCommand];
  expect(sent).toHaveLength(3);
  expect(describe.input).toEqual({ AutoScalingGroupNames: ['example-collectors'] });
  expect(report).toBeInstanceOf(GetMetricDataCommand);
  expect(mark.input).toEqual({ InstanceId: 'i-2', HealthStatus: 'Unhealthy', ShouldRespectGracePeriod: false });
  expect(console.log).toHaveBeenCalledWith(expect.stringContaining('"replaced":"i-2"'));
});

test('fails on an error of AWS, so that Lambda retries it', async () => {
  jest.spyOn(CloudWatchClient.prototype, 'send').mockImplementation(() => Promise.reject(new Error('Throttling')));
  await expect(handler()).rejects.toThrow('Throttling');
  expect(sent.some((command) => command instanceof SetInstanceHealthCommand)).toBe(false);
});

test('fails on an invalid environment before any call', async () => {
  delete process.env.GROUP;
  await expect(handler()).rejects.toThrow('GROUP: expected the name of an auto scaling group, got undefined');
  expect(sent).toEqual([]);
});

test('makes the calls that its contract declares, and no others', () => {
  expect(sentActions()).toEqual(declaredActions('server-replacement'));
});

// The guard as CloudWatch Logs and the schedule call it, in a mocked account: outputs have the SDK's types.
import { gzipSync } from 'node:zlib';
import * as trail from '@aws-sdk/client-cloudtrail';
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as ec2 from '@aws-sdk/client-ec2';
import * as iam from '@aws-sdk/client-iam';
import type { handler as Handler } from '../../../../lambda/access/tamper-guard/handler';
import { declaredActions, recordSends } from '../../declared-calls';
import { loadHandler } from '../../load-handler';
import { restoreAfterEach } from '../../restore';

const account = '111111111111';
const variables = {
  AWS_REGION: 'eu-west-3',
  DEPLOYMENT: 'production',
  ACCOUNT: account,
  REGION: 'eu-west-3',
  TRAIL: 'production-trail-eu-west-3',
  TRAIL_LOG: '/rempart/production/trail',
  ARCHIVE: 'arn:aws:s3:::production-audit',
  BOUNDARY: `arn:aws:iam::${account}:policy/production-boundary-eu-west-3`,
  EXECUTION_ROLE: `cdk-hnb659fds-cfn-exec-role-${account}-eu-west-3`,
  EXECUTION_BOUNDARY: `arn:aws:iam::${account}:policy/cdk-hnb659fds-execution-boundary-${account}-eu-west-3`,
  KEYS: `arn:aws:kms:eu-west-3:${account}:key/1,arn:aws:kms:eu-west-3:${account}:key/2`,
  VPC: 'vpc-01',
  METRIC_NAMESPACE: 'Rempart/Probes',
};

let status: Omit<trail.GetTrailStatusCommandOutput, '$metadata'>;
let destinations: string[];
let flowLogs: ec2.FlowLog[];
let boundary: string | undefined;
let refused: Record<string, Error>;
let written: string[];

/** One item on each page. */
const page = <Item>(items: readonly Item[], token: string | undefined) => {
  const at = Number(token ?? 0);
  return [items.slice(at, at + 1), at + 1 < items.length ? String(at + 1) : undefined] as const;
};

function answer(command: object): object {
  const error = refused[command.constructor.name];
  if (error) throw error;
  if (command instanceof trail.GetTrailStatusCommand) {
    expect(command.input.Name).toBe(variables.TRAIL);
    return status;
  }
  if (command instanceof logs.DescribeSubscriptionFiltersCommand) {
    expect(command.input.logGroupName).toBe(variables.TRAIL_LOG);
    const [items, nextToken] = page(destinations, command.input.nextToken);
    return { subscriptionFilters: items.map((destinationArn) => ({ destinationArn })), nextToken };
  }
  if (command instanceof ec2.DescribeFlowLogsCommand) {
    expect(command.input.Filter).toEqual([{ Name: 'resource-id', Values: ['vpc-01'] }]);
    const [FlowLogs, NextToken] = page(flowLogs, command.input.NextToken);
    return { FlowLogs, NextToken };
  }
  if (command instanceof iam.GetRoleCommand) {
    expect(command.input.RoleName).toBe(variables.EXECUTION_ROLE);
    return { Role: boundary === undefined ? {} : { PermissionsBoundary: { PermissionsBoundaryArn: boundary } } };
  }
  throw new Error(`the mock has no ${command.constructor.name}`);
}

const sentActions = recordSends(trail.CloudTrailClient, logs.CloudWatchLogsClient, ec2.EC2Client, iam.IAMClient);
restoreAfterEach();

beforeEach(() => {
  status = { IsLogging: true };
  destinations = ['siem', 'production-tamper-guard'].map((name) => `arn:aws:lambda:eu-west-3:${account}:function:${name}`);
  flowLogs = [{ FlowLogStatus: 'FAILED' }, { FlowLogStatus: 'ACTIVE' }];
  boundary = variables.EXECUTION_BOUNDARY;
  refused = {};
  const send = async (command: object) => answer(command);
  jest.spyOn(trail.CloudTrailClient.prototype, 'send').mockImplementation(send);
  jest.spyOn(logs.CloudWatchLogsClient.prototype, 'send').mockImplementation(send);
  jest.spyOn(ec2.EC2Client.prototype, 'send').mockImplementation(send);
  jest.spyOn(iam.IAMClient.prototype, 'send').mockImplementation(send);
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
});

async function run(event: unknown) {
  written = [];
  const shared = {
    '@aws-sdk/client-cloudtrail': trail,
    '@aws-sdk/client-cloudwatch-logs': logs,
    '@aws-sdk/client-ec2': ec2,
    '@aws-sdk/client-iam': iam,
  };
  await loadHandler<{ handler: typeof Handler }>('access/tamper-guard', variables, shared).handler(event);
  return JSON.parse(written[0] ?? '');
}

const delivery = (...records: readonly object[]) => {
  const logEvents = records.map((record, id) => ({
    id: String(id),
    message: typeof record === 'string' ? record : JSON.stringify(record),
  }));
  return { awslogs: { data: gzipSync(JSON.stringify({ messageType: 'DATA_MESSAGE', logEvents })).toString('base64') } };
};
const stopped = {
  ...{ eventID: 'e1', eventTime: '2026-11-29T10:00:00Z', eventSource: 'cloudtrail.amazonaws.com', eventName: 'StopLogging' },
  ...{ awsRegion: 'eu-west-3', sourceIPAddress: '203.0.113.7', requestParameters: { name: variables.TRAIL } },
  userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${account}:user/ada` },
};

test('a change of the audit in a delivery is reported with its caller', async () => {
  const read = { ...stopped, eventName: 'GetTrailStatus' };
  expect(await run(delivery(read, stopped))).toMatchObject({
    ...{ Probe: 'tamper-guard', Findings: 1, Completed: 1, clause: 'TOM-3.6', looked: { records: 2 } },
    findings: [{ id: 'event::e1', found: expect.stringContaining('StopLogging by arn:aws:iam::111111111111:user/ada from 203.0.113.7') }],
  });
  const archived = {
    ...stopped,
    eventSource: 's3.amazonaws.com',
    eventName: 'PutBucketPolicy',
    requestParameters: { bucketName: 'production-audit' },
  };
  expect(await run(delivery(archived))).toMatchObject({ Findings: 1 });
});

test('the schedule examines the state: in order, and with each part broken', async () => {
  expect(await run({})).toMatchObject({ Findings: 0, Completed: 1, looked: { parts: 4 } });
  status = { IsLogging: false, LatestCloudWatchLogsDeliveryError: 'AccessDenied' };
  destinations = ['arn:aws:lambda:eu-west-3:111111111111:function:siem'];
  flowLogs = [];
  boundary = undefined;
  expect(await run({})).toMatchObject({ Findings: 5, Completed: 1 });
});

test.each<[string, () => void, string]>([
  ['without a boundary', () => (boundary = undefined), 'no boundary'],
  ['with the boundary of another', () => (boundary = variables.BOUNDARY), variables.BOUNDARY],
  [
    'that does not exist',
    () => (refused = { GetRoleCommand: new iam.NoSuchEntityException({ message: 'none', $metadata: {} }) }),
    'no boundary',
  ],
])('an execution role %s is a finding', async (_, change, found) => {
  change();
  expect(await run({})).toMatchObject({ findings: [{ id: 'state::execution-role', found }], Completed: 1 });
});

test.each(['GetTrailStatusCommand', 'DescribeSubscriptionFiltersCommand', 'DescribeFlowLogsCommand', 'GetRoleCommand'])(
  'without %s the run is incomplete and fails, so that Lambda repeats it',
  async (command) => {
    refused = { [command]: Object.assign(new Error('denied'), { name: 'AccessDenied' }) };
    await expect(run({})).rejects.toThrow('tamper-guard: expected a complete run for production, got 1 failures');
    expect(JSON.parse(written[0] ?? '')).toMatchObject({ Completed: 0 });
  },
);

test('a message that is no record makes the run fail after the others are reported', async () => {
  await expect(run(delivery(stopped, 'cut off' as unknown as object))).rejects.toThrow('log event 1: no record of CloudTrail');
  expect(JSON.parse(written[0] ?? '')).toMatchObject({ Findings: 1, Completed: 0 });
});

test('the handler sends exactly the calls of its contract', () => expect(sentActions()).toEqual(declaredActions('tamper-guard')));

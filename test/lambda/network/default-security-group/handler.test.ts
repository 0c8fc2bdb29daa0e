// The function as Lambda calls it: the commands it sends to EC2 (the client's `send` is mocked) and what it answers CloudFormation.
import {
  DescribeSecurityGroupsCommand,
  EC2Client,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { handler } from '../../../../lambda/network/default-security-group/handler';

const id = 'sg-0123456789abcdef0';
const rules = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];

const context = { awsRequestId: 'i', logGroupName: 'g', getRemainingTimeInMillis: () => 60_000 };
const event = (RequestType: 'Create' | 'Update' | 'Delete') => ({
  RequestType,
  ResponseURL: 'https://example.org/answer',
  StackId: 's',
  RequestId: 'r',
  LogicalResourceId: 'Emptied',
  ResourceProperties: {},
});

let sent: object[];
let answers: { Status: string; Reason?: string; Data?: object }[];

beforeEach(() => {
  sent = [];
  answers = [];
  process.env.SECURITY_GROUP_ID = id;
  jest.spyOn(EC2Client.prototype, 'send').mockImplementation(async (command: object) => {
    sent.push(command);
    return command instanceof DescribeSecurityGroupsCommand
      ? { SecurityGroups: [{ GroupId: id, IpPermissions: rules, IpPermissionsEgress: rules }] }
      : {};
  });
  jest.spyOn(globalThis, 'fetch').mockImplementation(async (_, init) => {
    answers.push(JSON.parse(String(init?.body)));
    return new Response();
  });
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
});

afterEach(() => {
  jest.restoreAllMocks();
  delete process.env.SECURITY_GROUP_ID;
});

test.each(['Create', 'Update'] as const)('%s empties the group', async (type) => {
  await handler(event(type), context);
  const [describe, ingress, egress] = sent as [
    DescribeSecurityGroupsCommand,
    RevokeSecurityGroupIngressCommand,
    RevokeSecurityGroupEgressCommand,
  ];
  expect(sent).toHaveLength(3);
  expect(describe.input).toEqual({ GroupIds: [id] });
  expect(ingress).toBeInstanceOf(RevokeSecurityGroupIngressCommand);
  expect(ingress.input).toEqual({ GroupId: id, IpPermissions: rules });
  expect(egress).toBeInstanceOf(RevokeSecurityGroupEgressCommand);
  expect(egress.input).toEqual({ GroupId: id, IpPermissions: rules });
  expect(answers).toMatchObject([{ Status: 'SUCCESS', Data: { ingress: 1, egress: 1 } }]);
});

test('Delete leaves it empty', async () => {
  await handler(event('Delete'), context);
  expect(sent).toEqual([]);
  expect(answers).toMatchObject([{ Status: 'SUCCESS' }]);
});

test('a refusal of EC2 is told to CloudFormation', async () => {
  jest.spyOn(EC2Client.prototype, 'send').mockImplementation(() => Promise.reject(new Error('UnauthorizedOperation')));
  await handler(event('Create'), context);
  expect(answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining('UnauthorizedOperation') }]);
});

test('so is a broken environment', async () => {
  delete process.env.SECURITY_GROUP_ID;
  await handler(event('Create'), context);
  expect(sent).toEqual([]);
  expect(answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining('SECURITY_GROUP_ID: expected') }]);
});

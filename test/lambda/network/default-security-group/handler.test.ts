// The function as Lambda calls it: its commands to EC2 (the client's `send` is mocked) and its answers to
// CloudFormation.
import {
  DescribeSecurityGroupsCommand,
  EC2Client,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { handler } from '../../../../lambda/network/default-security-group/handler';
import { type Answer, customResourceEvent, invocationContext, mockCloudFormation } from '../../custom-resource';
import { declaredActions, recordSends } from '../../declared-calls';
import { restoreAfterEach } from '../../restore';

const id = 'sg-0123456789abcdef0';
const rules = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];

const context = invocationContext(60_000);

let sent: object[];
let answers: readonly Answer[];

const sentActions = recordSends(EC2Client);
restoreAfterEach();

beforeEach(() => {
  sent = [];
  process.env.SECURITY_GROUP_ID = id;
  jest.spyOn(EC2Client.prototype, 'send').mockImplementation(async (command: object) => {
    sent.push(command);
    return command instanceof DescribeSecurityGroupsCommand
      ? { SecurityGroups: [{ GroupId: id, IpPermissions: rules, IpPermissionsEgress: rules }] }
      : {};
  });
  answers = mockCloudFormation();
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
});

test.each(['Create', 'Update'] as const)('%s empties the group', async (type) => {
  await handler(customResourceEvent(type), context);
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

test('Delete leaves the group empty', async () => {
  await handler(customResourceEvent('Delete'), context);
  expect(sent).toEqual([]);
  expect(answers).toMatchObject([{ Status: 'SUCCESS' }]);
});

test('an error of EC2 is reported to CloudFormation', async () => {
  jest.spyOn(EC2Client.prototype, 'send').mockImplementation(() => Promise.reject(new Error('UnauthorizedOperation')));
  await handler(customResourceEvent('Create'), context);
  expect(answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining('UnauthorizedOperation') }]);
});

test('an invalid environment is reported to CloudFormation', async () => {
  delete process.env.SECURITY_GROUP_ID;
  await handler(customResourceEvent('Create'), context);
  expect(sent).toEqual([]);
  expect(answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining('SECURITY_GROUP_ID: expected') }]);
});

test('makes the calls that its contract declares, and no others', () => {
  expect(sentActions()).toEqual(declaredActions('default-security-group'));
});

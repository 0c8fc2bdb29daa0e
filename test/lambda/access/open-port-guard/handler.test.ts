// The guard as EventBridge calls it, in a mocked region: the client's `send` keeps groups and rules, and returns
// outputs with the SDK's types.
import * as ec2 from '@aws-sdk/client-ec2';
import type { handler as Handler } from '../../../../lambda/access/open-port-guard/handler';
import { declaredActions, recordSends } from '../../declared-calls';
import { loadHandler } from '../../load-handler';
import { restoreAfterEach } from '../../restore';

const variables = {
  AWS_REGION: 'eu-west-3',
  DEPLOYMENT: 'production',
  VPC: 'vpc-01',
  PROXY_GROUP: 'sg-0f',
  METRIC_NAMESPACE: 'Rempart/Probes',
};

let rules: ec2.SecurityGroupRule[];
let lists: Record<string, string[]>;
let refused: Record<string, Error>;
let written: string[];
let logged: string[];

const failure = (name: string) => Object.assign(new Error(name), { name });

/** One item on each page, with the token of the next. */
const page = <Item>(items: readonly Item[], token: string | undefined) => {
  const at = Number(token ?? 0);
  return { items: items.slice(at, at + 1), ...(at + 1 < items.length ? { NextToken: String(at + 1) } : {}) };
};

function answer(command: object): object {
  const error = refused[command.constructor.name];
  if (error) throw error;
  if (command instanceof ec2.DescribeSecurityGroupsCommand) {
    expect(command.input.Filters).toEqual([{ Name: 'vpc-id', Values: ['vpc-01'] }]);
    const groups = [...new Set(rules.map(({ GroupId }) => GroupId))].map((GroupId) => ({ GroupId }));
    const { items: SecurityGroups, ...rest } = page(groups, command.input.NextToken);
    return { SecurityGroups, ...rest };
  }
  if (command instanceof ec2.DescribeSecurityGroupRulesCommand) {
    const { SecurityGroupRuleIds: ids, Filters: [filter] = [], NextToken } = command.input;
    if (ids) {
      const found = rules.filter(({ SecurityGroupRuleId = '' }) => ids.includes(SecurityGroupRuleId));
      if (found.length === 0) throw failure('InvalidSecurityGroupRuleId.NotFound');
      return { SecurityGroupRules: found };
    }
    const all = rules.filter(({ GroupId = '' }) => filter?.Values?.includes(GroupId));
    const { items: SecurityGroupRules, ...rest } = page(all, NextToken);
    return { SecurityGroupRules, ...rest };
  }
  if (command instanceof ec2.GetManagedPrefixListEntriesCommand) {
    const entries = (lists[command.input.PrefixListId ?? ''] ?? []).map((Cidr) => ({ Cidr }));
    const { items: Entries, ...rest } = page(entries, command.input.NextToken);
    return { Entries, ...rest };
  }
  if (command instanceof ec2.RevokeSecurityGroupIngressCommand) {
    const { GroupId, SecurityGroupRuleIds: [id] = [] } = command.input;
    const at = rules.findIndex((rule) => rule.SecurityGroupRuleId === id && rule.GroupId === GroupId);
    if (at < 0) throw failure('InvalidSecurityGroupRuleId.NotFound');
    rules.splice(at, 1);
    return { Return: true };
  }
  throw new Error(`the mock has no ${command.constructor.name}`);
}

const rule = (id: string, group: string, more: ec2.SecurityGroupRule): ec2.SecurityGroupRule => ({
  ...{ SecurityGroupRuleId: id, GroupId: group, IsEgress: false, IpProtocol: 'tcp', FromPort: 22, ToPort: 22 },
  ...more,
});

const sentActions = recordSends(ec2.EC2Client);
restoreAfterEach();

beforeEach(() => {
  rules = [
    rule('sgr-01', 'sg-0f', { FromPort: 443, ToPort: 443, CidrIpv4: '0.0.0.0/0' }),
    rule('sgr-02', 'sg-0f', { FromPort: 80, ToPort: 80, CidrIpv6: '::/0' }),
    rule('sgr-03', 'sg-0a', { CidrIpv4: '10.64.0.0/16' }),
    rule('sgr-04', 'sg-0a', { IsEgress: true, CidrIpv4: '0.0.0.0/0' }),
    rule('sgr-05', 'sg-0a', { ReferencedGroupInfo: { GroupId: 'sg-0f' } }),
  ];
  lists = {};
  refused = {};
  written = [];
  logged = [];
  jest.spyOn(ec2.EC2Client.prototype, 'send').mockImplementation(async (command: object) => answer(command));
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  jest.spyOn(console, 'info').mockImplementation((text) => void logged.push(String(text)));
});

async function run(event: unknown = {}) {
  written = [];
  const { handler } = loadHandler<{ handler: typeof Handler }>('access/open-port-guard', variables, { '@aws-sdk/client-ec2': ec2 });
  await handler(event);
  return JSON.parse(written[0] ?? '');
}

const ids = () => rules.map(({ SecurityGroupRuleId }) => SecurityGroupRuleId);

test('a network in order stays as it is', async () => {
  expect(await run()).toMatchObject({ Findings: 0, Completed: 1, looked: { groups: 2, rules: 4 }, clause: 'DSS-5.6.3' });
  expect(ids()).toEqual(['sgr-01', 'sgr-02', 'sgr-03', 'sgr-04', 'sgr-05']);
});

test('opened rules are revoked, each by its id, and reported with their caller', async () => {
  rules.push(
    rule('sgr-06', 'sg-0a', { CidrIpv4: '0.0.0.0/0' }),
    rule('sgr-07', 'sg-0a', { CidrIpv4: '128.0.0.0/1', FromPort: 8080, ToPort: 8080 }),
    rule('sgr-08', 'sg-0f', { IpProtocol: '-1', FromPort: -1, ToPort: -1, CidrIpv6: '::/0' }),
    rule('sgr-09', 'sg-0f', { FromPort: 0, ToPort: 65_535, CidrIpv4: '0.0.0.0/0' }),
    rule('sgr-0a', 'sg-0a', { PrefixListId: 'pl-01' }),
    rule('sgr-0b', 'sg-0a', { PrefixListId: 'pl-02' }),
  );
  lists = { 'pl-01': ['10.0.0.0/8', '0.0.0.0/1'], 'pl-02': ['203.0.113.0/24', '198.51.100.7/32'] };
  const event = {
    'detail-type': 'AWS API Call via CloudTrail',
    detail: {
      eventName: 'AuthorizeSecurityGroupIngress',
      eventTime: '2026-11-29T10:00:00Z',
      userIdentity: { arn: 'arn:aws:iam::111111111111:user/ada' },
      sourceIPAddress: '203.0.113.7',
      requestParameters: { groupId: 'sg-0a' },
      responseElements: { securityGroupRuleSet: { items: [{ securityGroupRuleId: 'sgr-06' }] } },
    },
  };
  const { findings } = await run(event);
  expect(findings.map(({ id }: { id: string }) => id)).toEqual(['06', '07', '08', '09', '0a'].map((id) => `open::sgr-${id}`));
  expect(findings[0].found).toBe(
    'tcp 22 from 0.0.0.0/0, opened by arn:aws:iam::111111111111:user/ada from 203.0.113.7 by AuthorizeSecurityGroupIngress at 2026-11-29T10:00:00Z',
  );
  expect(findings[2].found).toContain('an unknown caller');
  expect(JSON.parse(logged[0] ?? '')).toMatchObject({ event: 'security-group-change', ids: ['sg-0a', 'sgr-06'], from: '203.0.113.7' });
  expect(ids()).toEqual(['sgr-01', 'sgr-02', 'sgr-03', 'sgr-04', 'sgr-05', 'sgr-0b']);
  expect(await run(event)).toMatchObject({ Findings: 0, Completed: 1 });
  expect(logged).toHaveLength(2);
});

test('a rule or a group that disappears between look and revert is fine', async () => {
  for (const [command, name] of [
    ['RevokeSecurityGroupIngressCommand', 'InvalidSecurityGroupRuleId.NotFound'],
    ['RevokeSecurityGroupIngressCommand', 'InvalidGroup.NotFound'],
  ] as const) {
    rules.push(rule('sgr-06', 'sg-0a', { CidrIpv4: '0.0.0.0/0' }));
    refused = { [command]: failure(name) };
    expect(await run()).toMatchObject({ Findings: 0, Completed: 1 });
  }
});

test('a list or a group that cannot be read is reported, closes nothing, and makes the run fail', async () => {
  rules.push(rule('sgr-06', 'sg-0a', { PrefixListId: 'pl-01' }), rule('sgr-07', 'sg-0a', { CidrIpv4: '0.0.0.0/0' }));
  refused = { GetManagedPrefixListEntriesCommand: failure('UnauthorizedOperation') };
  await expect(run()).rejects.toThrow('open-port-guard: expected a complete run for production, got 1 failures, first: rule sgr-06');
  expect(JSON.parse(written[0] ?? '')).toMatchObject({ Findings: 1, Completed: 0 });
  expect(ids()).toContain('sgr-06');
  expect(ids()).not.toContain('sgr-07');
  refused = { DescribeSecurityGroupsCommand: failure('RequestLimitExceeded') };
  await expect(run()).rejects.toThrow('security groups: RequestLimitExceeded');
});

test('the handler sends exactly the calls of its contract', () => expect(sentActions()).toEqual(declaredActions('open-port-guard')));

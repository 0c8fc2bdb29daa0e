import { peopleRoles } from '../../../../../lib/tom/rules/access/people-roles';
import type { Json, JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, att, facts, join, type Resources, ref, resource } from '../example';

const root = join('arn:aws:iam::', ref('AWS::AccountId'), ':root');
const users: JsonObject = {
  Bool: { 'aws:MultiFactorAuthPresent': 'true' },
  StringEquals: { 'aws:PrincipalTag/rempart:team': 'it-team', 'sts:RoleSessionName': '${aws:username}' },
  IpAddress: { 'aws:SourceIp': ['192.0.2.0/24'] },
};
const denial: JsonObject = {
  ...{ Effect: 'Deny', Action: '*', Resource: '*' },
  Condition: {
    NotIpAddress: { 'aws:SourceIp': ['192.0.2.0/24'] },
    StringNotEquals: { 'aws:SourceVpc': ref('Vpc') },
    BoolIfExists: { 'aws:ViaAWSService': 'false' },
  },
};

interface Parts {
  readonly condition?: Json;
  readonly principal?: Json;
  readonly seconds?: Json;
  readonly statement?: JsonObject;
  readonly further?: readonly JsonObject[];
  readonly name?: string | undefined;
  readonly offices?: readonly string[];
}

const withOffices = (officeAddresses: readonly string[]) => ({
  settings: {
    ...facts.settings,
    access: {
      ...facts.settings.access,
      officeAddresses: [...officeAddresses],
      managementNetworks: [{ name: 'manager', cidr: '192.168.40.0/24' }],
    },
  },
});
const network: Resources = {
  Vpc: resource('AWS::EC2::VPC'),
  Address: resource('AWS::EC2::EIP'),
  Gateway: resource('AWS::EC2::NatGateway', { AllocationId: att('Address', 'AllocationId') }),
};

function verdictOn({
  condition = users,
  principal = { AWS: root },
  seconds = 3600,
  statement = denial,
  further = [],
  offices = ['192.0.2.0/24'],
  ...parts
}: Parts): unknown {
  const { name = 'production-it-team-eu-west-3' } = parts;
  const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: principal, Condition: condition };
  const resources = {
    ...network,
    Role: resource('AWS::IAM::Role', {
      AssumeRolePolicyDocument: { Statement: [trust] },
      MaxSessionDuration: seconds,
      RoleName: name,
    }),
    Policy: resource('AWS::IAM::ManagedPolicy', { Roles: [ref('Role')], PolicyDocument: { Statement: [statement, ...further] } }),
  };
  return answers(peopleRoles, resources, withOffices(offices)).Role;
}

const without = (key: string): JsonObject => Object.fromEntries(Object.entries(users).filter(([operator]) => operator !== key));

test('users with MFA, of a team, from listed addresses comply', () => {
  expect(verdictOn({})).toBe('compliant');
  expect(
    verdictOn({
      condition: { ...without('IpAddress'), StringEquals: { ...(users.StringEquals as JsonObject), 'aws:SourceVpc': ref('Vpc') } },
    }),
  ).toBe('compliant');
});

test.each<[boolean, string, Json]>([
  [true, 'a part of an office', '192.0.2.128/25'],
  [false, 'a range around an office', '192.0.0.0/20'],
  [false, 'a range that is no office', '203.0.113.0/24'],
  [false, 'no range', 'anywhere'],
  [false, 'the address of a NAT gateway', join(att('Address', 'PublicIp'), '/32')],
  [false, 'a range that is decided outside', ref('Range')],
])('%s: from %s', (isKnown, _, range) => {
  const found = isKnown ? 'compliant' : ['network::AssumeRolePolicyDocument.Statement.0'];
  expect(verdictOn({ condition: { ...users, IpAddress: { 'aws:SourceIp': [range] } } })).toEqual(found);
});

/** A condition of users in the VPC, and a denial of every other network, as they are without an office. */
const inVpc = { ...without('IpAddress'), StringEquals: { ...(users.StringEquals as JsonObject), 'aws:SourceVpc': ref('Vpc') } };
const byVpcAlone = (more: JsonObject = {}): JsonObject => {
  const { NotIpAddress: _, ...condition } = denial.Condition as JsonObject;
  return { ...denial, Condition: { ...condition, ...more } };
};

test('without an office, sessions are of the VPC alone', () => {
  expect(verdictOn({ condition: inVpc, statement: byVpcAlone(), offices: [] })).toBe('compliant');
  expect(verdictOn({ condition: inVpc, statement: byVpcAlone({ StringNotEquals: {} }), offices: [] })).toEqual(['session-network']);
  expect(verdictOn({ condition: inVpc, offices: [] })).toEqual(['session-network']);
  expect(verdictOn({ condition: inVpc, statement: byVpcAlone() })).toEqual(['session-network']);
});

describe('the infrastructure manager', () => {
  const vpc = { 'aws:SourceVpc': ref('Vpc') };
  const from = (ranges: readonly string[] | undefined, of: JsonObject = vpc): JsonObject => ({
    ...without('IpAddress'),
    StringEquals: { ...(users.StringEquals as JsonObject), 'aws:PrincipalTag/rempart:team': 'infrastructure-manager', ...of },
    ...(ranges ? { IpAddress: { 'aws:VpcSourceIp': [...ranges] } } : {}),
  });
  const denies = (condition: JsonObject): JsonObject => ({
    ...denial,
    Condition: { ...condition, BoolIfExists: { 'aws:ViaAWSService': 'false' } },
  });
  const byAddress = denies({ NotIpAddress: { 'aws:VpcSourceIp': ['192.168.40.0/24'] } });
  const byVpc = denies({ StringNotEquals: vpc });
  const manager: Parts = {
    ...{ name: 'production-infrastructure-manager-eu-west-3', condition: from(['192.168.40.0/24']) },
    ...{ statement: byAddress, further: [byVpc] },
  };
  const trust = ['network::AssumeRolePolicyDocument.Statement.0'];

  test('works from the management networks in the VPC', () => {
    expect(verdictOn(manager)).toBe('compliant');
    expect(verdictOn({ ...manager, condition: from(['192.168.40.128/25']) })).toBe('compliant');
  });

  test.each<[string, JsonObject]>([
    ['every address of the VPC', from(['10.64.0.0/16'])],
    ['any address', from(undefined)],
    ['a range around the management network', from(['192.168.0.0/16'])],
    ['a second range', from(['192.168.40.0/24', '10.60.0.0/22'])],
    ['any VPC', from(['192.168.40.0/24'], {})],
    ['another VPC', from(['192.168.40.0/24'], { 'aws:SourceVpc': 'vpc-0123456789abcdef0' })],
    ['an office', { ...from(undefined, {}), IpAddress: { 'aws:SourceIp': ['192.0.2.0/24'] } }],
  ])('is not admitted from %s', (_, condition) => {
    expect(verdictOn({ ...manager, condition })).toEqual(trust);
  });

  test.each<[string, readonly JsonObject[]]>([
    ['private addresses of any VPC', [byAddress]],
    ['every address of the VPC', [byVpc]],
    ['offices', [denial]],
    ['a wider range', [denies({ NotIpAddress: { 'aws:VpcSourceIp': ['192.168.0.0/16'] } }), byVpc]],
    ['one that both denials leave', [denies({ NotIpAddress: { 'aws:VpcSourceIp': ['192.168.40.0/24'] }, StringNotEquals: vpc })]],
  ])('has no session that works from %s', (_, [statement = {}, ...further]) => {
    expect(verdictOn({ ...manager, statement, further })).toEqual(['session-network']);
  });
});

test('permission sets of IAM Identity Center comply, other roles do not', () => {
  const center = (arn: string, name = '*:${sts:RoleSessionName}'): JsonObject => ({
    ...{ ArnLike: { 'aws:PrincipalArn': arn }, IpAddress: { 'aws:SourceIp': ['192.0.2.0/24'] } },
    StringLike: { 'aws:userid': name },
  });
  const permissionSet = 'arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_it-team_*';
  expect(verdictOn({ condition: center(permissionSet) })).toBe('compliant');
  expect(verdictOn({ condition: center(permissionSet, '*') })).toEqual(['name::AssumeRolePolicyDocument.Statement.0']);
  expect(verdictOn({ condition: center('arn:aws:iam::111111111111:role/*') })).toEqual([
    'mfa::AssumeRolePolicyDocument.Statement.0',
    'team::AssumeRolePolicyDocument.Statement.0',
    'name::AssumeRolePolicyDocument.Statement.0',
  ]);
  expect(verdictOn({ condition: center(permissionSet), name: 'production-client-data-team-eu-west-3' })).toContain(
    'team::AssumeRolePolicyDocument.Statement.0',
  );
});

test.each<[string, Parts, string]>([
  ['without MFA', { condition: without('Bool') }, 'mfa::AssumeRolePolicyDocument.Statement.0'],
  [
    'without MFA by a condition that passes if the key is absent',
    { condition: { ...without('Bool'), BoolIfExists: users.Bool as Json } },
    'mfa::AssumeRolePolicyDocument.Statement.0',
  ],
  [
    'of any team',
    { condition: { ...users, StringEquals: { 'sts:RoleSessionName': '${aws:username}' } } },
    'team::AssumeRolePolicyDocument.Statement.0',
  ],
  ['of another team', { name: 'production-client-data-team-eu-west-3' }, 'team::AssumeRolePolicyDocument.Statement.0'],
  ['with a name of its own', { name: 'production-it-team' }, 'team::AssumeRolePolicyDocument.Statement.0'],
  [
    'with sessions of any name',
    { condition: { ...users, StringEquals: { 'aws:PrincipalTag/rempart:team': 'it-team' } } },
    'name::AssumeRolePolicyDocument.Statement.0',
  ],
  [
    'with sessions of one name',
    { condition: { ...users, StringEquals: { 'aws:PrincipalTag/rempart:team': 'it-team', 'sts:RoleSessionName': 'shared' } } },
    'name::AssumeRolePolicyDocument.Statement.0',
  ],
  ['from anywhere', { condition: without('IpAddress') }, 'network::AssumeRolePolicyDocument.Statement.0'],
  [
    'from half of the internet',
    { condition: { ...users, IpAddress: { 'aws:SourceIp': ['0.0.0.0/1', '128.0.0.0/1'] } } },
    'network::AssumeRolePolicyDocument.Statement.0',
  ],
  [
    'from private addresses of any VPC',
    { condition: { ...users, IpAddress: { 'aws:VpcSourceIp': ['10.0.0.0/8'] } } },
    'network::AssumeRolePolicyDocument.Statement.0',
  ],
  ['for 12 hours', { seconds: 43_200 }, 'session'],
  ['for 2 hours where the configuration has 1', { seconds: 7200 }, 'session'],
  ['for a time from outside', { seconds: ref('Seconds') }, 'session'],
  [
    'with a session that works anywhere',
    { statement: { Effect: 'Allow', Action: 'ec2:DescribeInstances', Resource: '*' } },
    'session-network',
  ],
  ['with a denial of some actions', { statement: { ...denial, Action: 'ssm:StartSession' } }, 'session-network'],
  [
    'with a denial that is absent with its key',
    { statement: { ...denial, Condition: { ...(denial.Condition as JsonObject), BoolIfExists: {} } } },
    'session-network',
  ],
  ...(
    [
      ['that spares who has a tag', { StringNotEquals: { 'aws:SourceVpc': ref('Vpc'), 'aws:PrincipalTag/spared': 'yes' } }],
      ['that spares who has MFA', { BoolIfExists: { 'aws:ViaAWSService': 'false', 'aws:MultiFactorAuthPresent': 'false' } }],
      ['that spares another VPC', { StringNotEquals: { 'aws:SourceVpc': [ref('Vpc'), 'vpc-0123456789abcdef0'] } }],
      ['that spares all addresses', { NotIpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '0.0.0.0/0'] } }],
      ['that spares a range of strangers', { NotIpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '203.0.113.0/24'] } }],
      ['that spares any address by the lack of its key', { NotIpAddressIfExists: { 'aws:SourceIp': ['192.0.2.0/24'] } }],
    ] as const
  ).map(([name, changed]): [string, Parts, string] => [
    `with a denial ${name}`,
    { statement: { ...denial, Condition: { ...(denial.Condition as JsonObject), ...changed } } },
    'session-network',
  ]),
  [
    'with a denial that leaves the internet',
    {
      statement: {
        ...denial,
        Condition: { ...(denial.Condition as JsonObject), NotIpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '0.0.0.0/1', '128.0.0.0/1'] } },
      },
    },
    'session-network',
  ],
  [
    'with a denial under a further key',
    {
      statement: {
        ...denial,
        Condition: { ...(denial.Condition as JsonObject), StringNotEquals: { 'aws:SourceVpc': ref('Vpc'), 'aws:userid': 'x' } },
      },
    },
    'session-network',
  ],
  [
    'with a denial under a further condition',
    { statement: { ...denial, Condition: { ...(denial.Condition as JsonObject), StringLike: { 'aws:userid': 'x' } } } },
    'session-network',
  ],
])('a role %s does not comply', (_, parts, id) => {
  expect(verdictOn(parts)).toEqual([id]);
});

test('services are not people', () => {
  expect(verdictOn({ principal: { Service: 'lambda.amazonaws.com' }, condition: {} })).toBe('not-applicable');
});

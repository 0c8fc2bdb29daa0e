import { settingsSchema } from '../../../../../lib/config/settings/settings';
import { peopleRoles } from '../../../../../lib/tom/rules/access/people-roles';
import type { Json, JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, join, type Resources, ref, resource } from '../example';

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
  readonly name?: string;
  readonly offices?: readonly string[];
}

const withOffices = (officeAddresses: readonly string[]) => ({
  settings: settingsSchema.parse({ environment: 'production', owner: 'platform-team', access: { officeAddresses } }),
});

function verdictOn({
  condition = users,
  principal = { AWS: root },
  seconds = 3600,
  statement = denial,
  name,
  offices = ['192.0.2.0/24'],
}: Parts): unknown {
  const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: principal, Condition: condition };
  const resources = {
    Role: resource('AWS::IAM::Role', {
      AssumeRolePolicyDocument: { Statement: [trust] },
      MaxSessionDuration: seconds,
      ...(name ? { RoleName: name } : {}),
    }),
    Policy: resource('AWS::IAM::ManagedPolicy', { Roles: [ref('Role')], PolicyDocument: { Statement: [statement] } }),
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

/** A condition of users in the VPC, and a denial of every other network, as they are without an office. */
const inVpc = { ...without('IpAddress'), StringEquals: { ...(users.StringEquals as JsonObject), 'aws:SourceVpc': ref('Vpc') } };
const byVpc = (more: JsonObject = {}): JsonObject => {
  const { NotIpAddress: _, ...condition } = denial.Condition as JsonObject;
  return { ...denial, Condition: { ...condition, ...more } };
};

test('without an office, sessions are of the VPC alone', () => {
  expect(verdictOn({ condition: inVpc, statement: byVpc(), offices: [] })).toBe('compliant');
  expect(verdictOn({ condition: inVpc, statement: byVpc({ StringNotEquals: {} }), offices: [] })).toEqual(['session-network']);
  expect(verdictOn({ condition: inVpc, offices: [] })).toEqual(['session-network']);
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
});

test.each<[string, Parts, string | string[]]>([
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
    'from the address of a NAT gateway',
    { condition: { ...users, IpAddress: { 'aws:SourceIp': ['192.0.2.0/24', join(ref('NatAddress'), '/32')] } } },
    'network::AssumeRolePolicyDocument.Statement.0',
  ],
  ['with a denial of offices, too', { statement: byVpc() }, 'session-network'],
  [
    'from private addresses of any VPC',
    { condition: { ...users, IpAddress: { 'aws:VpcSourceIp': ['10.0.0.0/8'] } } },
    ['network::AssumeRolePolicyDocument.Statement.0', 'session-network'],
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
  [
    'with a denial under a further condition',
    { statement: { ...denial, Condition: { ...(denial.Condition as JsonObject), StringLike: { 'aws:userid': 'x' } } } },
    'session-network',
  ],
])('a role %s does not comply', (_, parts, id) => {
  expect(verdictOn(parts)).toEqual([id].flat());
});

test('services are not people', () => {
  expect(verdictOn({ principal: { Service: 'lambda.amazonaws.com' }, condition: {} })).toBe('not-applicable');
});

test('the emergency role is used from anywhere with MFA, and an alarm reports it', () => {
  const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: root }, Condition: without('IpAddress') };
  const role = resource('AWS::IAM::Role', {
    AssumeRolePolicyDocument: { Statement: [trust] },
    MaxSessionDuration: 3600,
    RoleName: 'production-emergency-eu-west-3',
  });
  const filter = (name: string) =>
    resource('AWS::Logs::MetricFilter', {
      FilterPattern: join('{ $.requestParameters.roleArn = "arn:aws:iam::', ref('AWS::AccountId'), `:role/${name}" }`),
      MetricTransformations: [{ MetricName: 'Uses' }],
    });
  const alarm = (...actions: string[]) => resource('AWS::CloudWatch::Alarm', { MetricName: 'Uses', Threshold: 0, AlarmActions: actions });
  const says = (more: Resources) => answers(peopleRoles, { Role: role, ...more }).Role;
  expect(says({ Filter: filter('production-emergency-eu-west-3'), Alarm: alarm('topic') })).toBe('compliant');
  expect(says({ Filter: filter('production-emergency-eu-west-3'), Alarm: alarm() })).toEqual(['alarm']);
  expect(says({ Filter: filter('production-it-team-eu-west-3'), Alarm: alarm('topic') })).toEqual(['alarm']);
  expect(says({ Alarm: alarm('topic') })).toEqual(['alarm']);
});

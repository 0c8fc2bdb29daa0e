// Permissions that nobody declared, and networks of people that do not get through: each fault put back is found, with
// outcome, place and remedy.
import { settingsSchema } from '../../../lib/config/settings/settings';
import { siteOf } from '../../../lib/config/site';
import { permissionRows, sessionRows } from '../../../tools/rehearse/call-rows';
import { build } from '../../../tools/rehearse/deployments';
import { rehearseSessions, unservedCalls } from '../../../tools/rehearse/sessions';
import { StandIn } from '../../../tools/rehearse/stand-in';
import { isWithin } from '../../../tools/rehearse/undeclared-permissions';
import { deployed } from '../../lib/access/connected';
import { changed, production, withProperties, withText } from './faults/fault';
import { assemblyOf, idOf } from './production';

type Changes = Parameters<typeof changed>[1];

const standInOf = (changes: Changes) => new StandIn(changed(production, changes).assembly);
const statement = (Action: string, Resource = '*') => ({ Effect: 'Allow', Action, Resource });
const added = (...statements: readonly object[]) =>
  withText('"Statement":[', `"Statement":[${statements.map((each) => `${JSON.stringify(each)},`).join('')}`);

const handler = 'access/ConnectionHandlerFunctionPermissions';
const remedy = /^Remove the permission or narrow it/;

const firstStatement = (policy: unknown) => {
  const { Statement, ...rest } = policy as { readonly Statement: readonly unknown[] };
  return { ...rest, Statement: Statement.slice(0, 1) } as never;
};

describe('a permission that nobody declared', () => {
  test.each<[string, Changes, string, string]>([
    [
      'an action that no call of the function needs',
      { [handler]: added(statement('dynamodb:Scan')) },
      'access/ConnectionHandlerFunctionRole',
      `${handler} PolicyDocument.Statement.0: expected an action that a call of the role needs, got dynamodb:Scan on *`,
    ],
    [
      'deletions in every bucket',
      { [handler]: added(statement('s3:DeleteObject')) },
      'access/ConnectionHandlerFunctionRole',
      'expected an action that a call of the role needs, got s3:DeleteObject on *',
    ],
    [
      'the whole registry instead of one object',
      { [handler]: withText('/certificates.json', '/*') },
      'access/ConnectionHandlerFunctionRole',
      'PolicyDocument.Statement.3: expected s3:GetObject on arn:aws:s3:::production-vpn-registry-111122223333-eu-west-3/certificates.json, got s3:GetObject on arn:aws:s3:::production-vpn-registry-111122223333-eu-west-3/*',
    ],
    [
      'the objects of an auditor',
      { 'access/PeopleAuditorPermissions': added(statement('s3:GetObject')) },
      'access/PeopleAuditorRole',
      'access/PeopleAuditorPermissions PolicyDocument.Statement.0: expected an action that a call of the role needs, got s3:GetObject on *',
    ],
    [
      'an action with a wildcard, whose beginning is declared',
      { 'access/PeopleAuditorPermissions': withText('"s3:GetBucketPolicy"', '"s3:GetBucketP*"') },
      'access/PeopleAuditorRole',
      'expected an action that a call of the role needs, got s3:GetBucketP* on *',
    ],
    [
      'a key without the condition of the service that uses it',
      { 'data/UpkeepFunctionPermissions': withText(/"Condition":\{"StringEquals":\{"kms:ViaService":[^}]*\}\},/, '') },
      'data/UpkeepFunctionRole',
      '"kms:ViaService":"secretsmanager.eu-west-3.amazonaws.com"',
    ],
    [
      'a condition with another value beside the declared one',
      { 'access/PeopleItTeamPermissions': withText('["public","internal"', '["personal","public","internal"') },
      'access/PeopleItTeamRole',
      'got {"StringEquals":{"aws:ResourceTag/rempart:deployment":"production","aws:ResourceTag/rempart:classification":["personal","public"',
    ],
    [
      'every action but one',
      { [handler]: added({ Effect: 'Allow', NotAction: 'iam:CreateUser', Resource: '*' }) },
      'access/ConnectionHandlerFunctionRole',
      `${handler} PolicyDocument.Statement.0: expected actions and resources that are named, got NotAction`,
    ],
    [
      'a policy in the role itself',
      {
        'access/ConnectionHandlerFunctionRole': withProperties({
          Policies: [{ PolicyName: 'more', PolicyDocument: { Statement: [statement('sqs:ReceiveMessage')] } }],
        }),
      },
      'access/ConnectionHandlerFunctionRole',
      'access/ConnectionHandlerFunctionRole Policies.0.PolicyDocument.Statement.0: expected an action that a call of the role needs, got sqs:ReceiveMessage on *',
    ],
    [
      'a policy of AWS',
      { 'data/UpkeepFunctionRole': withProperties({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] }) },
      'data/UpkeepFunctionRole',
      'data/UpkeepFunctionRole ManagedPolicyArns: expected policies of the deployment, got arn:aws:iam::aws:policy/ReadOnlyAccess',
    ],
    [
      'the policy of another role',
      {
        'data/UpkeepFunctionPermissions': withText('"Roles":[', `"Roles":[{"Ref":"${idOf('data/MigrationsFunctionRole')}"},`),
      },
      'data/MigrationsFunctionRole',
      'data/UpkeepFunctionPermissions PolicyDocument.Statement.',
    ],
  ])('%s', async (_, changes, subject, detail) => {
    const rows = (await permissionRows(standInOf(changes))).filter(({ outcome }) => outcome === 'undeclared');
    expect(rows.filter((row) => row.subject === subject && row.detail.includes(detail))).not.toEqual([]);
    expect(rows.filter((row) => row.subject !== subject || !remedy.test(row.fix ?? ''))).toEqual([]);
  });
});

test('an action that a contract denies to code, and a policy no longer does, is found', async () => {
  const changes = { 'data/UpkeepFunctionPermissions': withText(/"lambda:SourceFunctionArn":/, '"lambda:SourceFunction":') };
  const rows = (await permissionRows(standInOf(changes))).filter(({ outcome }) => outcome !== 'ok');
  expect(rows.map(({ outcome, subject, detail, fix }) => `${outcome}: ${subject}: ${detail}. ${fix}`)).toContain(
    'undeclared: data/UpkeepFunctionRole: ec2:CreateNetworkInterface on *, which the contract of the role denies: expected a refusal, got allowed. Deny the action in the permissions of the role, as its contract does.',
  );
  expect(rows.every(({ subject }) => subject === 'data/UpkeepFunctionRole')).toBe(true);
});

describe('the network of a person', () => {
  test.each<[string, Changes, string, RegExp, RegExp]>([
    [
      'another VPC in the second statement of the trust',
      { 'access/PeopleItTeamRole': withText(/"aws:SourceVpc":\{[^}]*\}/, '"aws:SourceVpc":"vpc-0fedcba9876543210"') },
      'refused: access/PeopleItTeamRole',
      /^sts:AssumeRole on .*it-team.* from the VPN through the endpoints, .*: not allowed by the resource policy$/,
      /^Admit the network in the trust of the role/,
    ],
    [
      'no second statement of the trust',
      {
        'access/PeopleItTeamRole': (json) => ({
          ...json,
          Properties: { ...json.Properties, AssumeRolePolicyDocument: firstStatement(json.Properties?.AssumeRolePolicyDocument) },
        }),
      },
      'refused: access/PeopleItTeamRole',
      /^sts:AssumeRole on .* from the VPN through the endpoints, /,
      /^Admit the network in the trust of the role/,
    ],
    [
      'the VPC dropped from the denial of other networks, which locks the team out of the endpoints',
      {
        'access/PeopleItTeamPermissions': withText(
          /"StringNotEquals":\{"aws:SourceVpc":[^\]]*\]\},|"StringNotEquals":\{"aws:SourceVpc":\{[^}]*\}\},/,
          '',
        ),
      },
      'refused: access/PeopleItTeamRole',
      /^ssm:StartSession on .* from the VPN through the endpoints, .*: denied by the permissions of the role$/,
      /^Admit the network in the trust of the role and in its denial/,
    ],
    [
      'another VPC in the denial of other networks',
      { 'access/PeopleClientDataTeamPermissions': withText(/"aws:SourceVpc":\[?\{[^}]*\}\]?/, '"aws:SourceVpc":"vpc-0fedcba9876543210"') },
      'refused: access/PeopleClientDataTeamRole',
      /^kms:GenerateDataKey on .* from the VPN through the endpoints, .*: denied by the permissions of the role$/,
      /^Admit the network in the trust of the role and in its denial/,
    ],
    [
      'an office that the denial of other networks does not except',
      { 'access/PeopleItTeamPermissions': withText(/"192\.0\.2\.0\/24"/, '') },
      'refused: access/PeopleItTeamRole',
      /^ec2:.* on .* from the office 192\.0\.2\.0\/24, .*: denied by the permissions of the role$/,
      /^Admit the network in the trust of the role and in its denial/,
    ],
    [
      'an endpoint policy that refuses people',
      { 'network/EndpointsSts': withText('"sts:*"', '"sts:GetCallerIdentity"') },
      'refused: access/PeopleInfrastructureManagerRole',
      /^sts:AssumeRole on .* from the management network manager, .*: not allowed by the endpoint policy$/,
      /and the role in the endpoint policy\.$/,
    ],
    [
      'a denial of other networks that needs a key which requests do not always have',
      { 'access/PeopleItTeamPermissions': withText('"BoolIfExists":{"aws:Via', '"Bool":{"aws:Via') },
      'undeclared: access/PeopleItTeamRole',
      /from an address elsewhere, optional context keys absent: expected a refusal, got allowed$/,
      /^Limit the trust of the role/,
    ],
    [
      'a trust without a network',
      { 'access/PeopleRecoveryRole': withText(/,?"IpAddress":\{[^}]*\}/, '') },
      'undeclared: access/PeopleRecoveryRole',
      /^sts:AssumeRole on .* from another VPC with the same addresses, .*: expected a refusal, got allowed$/,
      /^Limit the trust of the role/,
    ],
    [
      'a range beside the networks of the role',
      { 'access/PeopleRecoveryRole': withText('"192.0.2.0/24"', '"192.0.2.0/24","192.0.0.0/8"') },
      'undeclared: access/PeopleRecoveryRole AssumeRolePolicyDocument.Statement.0',
      /^expected one of the office 192\.0\.2\.0\/24 .*, got \{"aws:SourceIp":\["192\.0\.2\.0\/24","192\.0\.0\.0\/8"\]\}$/,
      /^Give the statement a network of the role/,
    ],
  ])(
    '%s',
    async (_, changes, subject, detail, fix) => {
      const rows = (await sessionRows(standInOf(changes))).filter(({ outcome }) => outcome === 'refused' || outcome === 'undeclared');
      const found = rows.filter((row) => `${row.outcome}: ${row.subject}` === subject && detail.test(row.detail));
      expect({ found: found.map((row) => fix.test(row.fix ?? '')), rows: found.length > 0 ? [] : rows }).toEqual({
        found: expect.arrayContaining([true]),
        rows: [],
      });
    },
    60_000,
  );
});

test.each([
  ['production', 'home'],
  ['production', 'recovery'],
  ['staging', 'home'],
  ['development', 'home'],
] as const)(
  '%s at its %s site has no permission and no network that nobody declared',
  async (deployment, site) => {
    const standIn = new StandIn(assemblyOf(deployment, site));
    const rows = [...(await permissionRows(standIn)), ...(await sessionRows(standIn))];
    expect(rows.length).toBeGreaterThan(50);
    expect(rows.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
  },
  60_000,
);

test('people are rehearsed from each network, through the endpoints of the VPC too', async () => {
  const rows = await rehearseSessions(new StandIn(production.assembly));
  const of = (role: string) => rows.filter((row) => row.role === `access/People${role}Role`);
  const networks = (role: string) => [...new Set(of(role).map(({ from, wanted }) => `${wanted}: ${from}`))];
  const elsewhere = ['an address elsewhere', 'a NAT gateway', 'another VPC with the same addresses'].map((name) => `refused: ${name}`);
  const known = ['allowed: the office 192.0.2.0/24', 'allowed: the VPN through the endpoints'];
  expect(networks('ItTeam')).toEqual([...known, ...elsewhere]);
  expect(networks('ClientDataTeam')).toEqual([...known, ...elsewhere]);
  expect(networks('InfrastructureManager')).toEqual(['allowed: the management network manager', ...elsewhere]);
  expect(networks('Recovery')).toEqual(['allowed: the office 192.0.2.0/24', ...elsewhere]);
  expect(networks('Emergency')).toEqual(['allowed: an address elsewhere']);
  expect(networks('Auditor')).toEqual(['allowed: an address elsewhere']);
  const services = of('ItTeam').filter(({ from }) => from === 'the VPN through the endpoints');
  expect([...new Set(services.map(({ action }) => action.split(':')[0]))].toSorted()).toEqual([
    ...['autoscaling', 'cloudwatch', 'kms', 'ssm', 'ssmmessages', 'sts'],
  ]);
});

test('people of a permission set assume and use their roles from each network', async () => {
  const access = { signIn: 'identity-center', officeAddresses: ['192.0.2.0/24'] };
  const settings = settingsSchema.parse({ environment: 'development', owner: 'platform', access });
  const standIn = new StandIn(build(siteOf('example', 'home', settings, [])).assembly);
  const rows = await sessionRows(standIn);
  expect(rows.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
  expect(rows.filter(({ detail }) => detail.startsWith('sts:AssumeRole on ')).length).toBeGreaterThan(10);
}, 60_000);

test('tunnels to servers, which no endpoint serves, are rehearsed from public addresses alone', async () => {
  const standIn = new StandIn(deployed({ instanceConnect: true }));
  const rows = [...(await permissionRows(standIn)), ...(await sessionRows(standIn))];
  expect(rows.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
  const from = rows
    .filter(({ detail }) => detail.startsWith('ec2-instance-connect:OpenTunnel '))
    .map(({ detail }) => / from (.*),/.exec(detail)?.[1]);
  expect(new Set(from)).toEqual(new Set(['the office 192.0.2.0/24']));
}, 60_000);

test('what people cannot call through the endpoints is left out with the reason', () => {
  const calls = unservedCalls(new StandIn(production.assembly));
  const reason = 'no interface endpoint of the VPC serves these calls from';
  expect(calls.map((each) => `${each.role}: ${each.reason}`).toSorted()).toEqual([
    `access/PeopleClientDataTeamRole: ${reason} the VPN through the endpoints`,
    `access/PeopleItTeamRole: ${reason} the VPN through the endpoints`,
  ]);
  expect(calls.find(({ role }) => role === 'access/PeopleItTeamRole')?.actions).toEqual(
    expect.arrayContaining(['ec2:DescribeInstances', 'rds:DescribeDBClusters', 's3:GetObject']),
  );
});

test.each([
  ['s3:Get*', 's3:*', true],
  ['s3:*', 's3:Get*', false],
  ['*', '*', true],
  ['a*', 'a?', false],
  ['ab', 'a?', true],
  ['arn:aws:s3:::b/*', 'arn:aws:s3:::b/*', true],
  ['arn:aws:s3:::b/*', 'arn:aws:s3:::b/k', false],
  ['arn:aws:s3:::b/k', 'arn:aws:s3:::b.k', false],
])('%s is within %s: %s', (narrow, wide, expected) => {
  expect(isWithin(narrow, wide)).toBe(expected);
});

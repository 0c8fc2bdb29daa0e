import { controlCalls, serverCalls } from '../../../../../lib/config/calls';
import { loadSite } from '../../../../../lib/config/load';
import { evaluateRule } from '../../../../../lib/tom/evaluate';
import { dataAccess } from '../../../../../lib/tom/rules/identity/data-access';
import { powers } from '../../../../../lib/tom/rules/identity/powers';
import { Assembly, type Json, type JsonObject } from '../../../../../lib/tom/template/assembly';
import { nameOf } from '../../../../../lib/tom/template/names';
import type { Call } from '../../../../../runtime/calls';
import { build } from '../../../../../tools/rehearse/deployments';
import { projectRoot } from '../../../../../tools/synthesis/synthesize';
import { facts, type Resources, resource, stack } from '../example';

const data: Resources = {
  Settings: resource('AWS::S3::Bucket'),
  Archive: resource('AWS::S3::Bucket'),
  DataKey: resource('AWS::KMS::Key', { KeyPolicy: { Statement: [] } }),
};

/** Findings of the rule, by the logical id of the resource, with the stack of data beside the examples. */
function findingsOn(resources: Resources, name = 'production-data'): Readonly<Record<string, readonly string[]>> {
  const assembly = new Assembly(facts, [stack({ ...data, ...resources }, { name })]);
  const outcomes = evaluateRule(assembly, dataAccess).flatMap(({ resource: about, verdict }) =>
    verdict === 'not-applicable' || verdict.length === 0 || !about ? [] : [[about.logicalId, verdict.map(({ id }) => id)] as const],
  );
  return Object.fromEntries(outcomes);
}

const trustOf = (service: string): JsonObject => ({
  AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service } }] },
});

/** Finding ids of a policy of the data stack that is attached to a role. */
function findingsOf(role: string, Action: Json, Resource: Json, more: JsonObject = {}): readonly string[] {
  const { Policy = [] } = findingsOn({
    [role]: resource('AWS::IAM::Role', trustOf('lambda.amazonaws.com')),
    Policy: resource('AWS::IAM::ManagedPolicy', {
      Roles: [{ Ref: role }],
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource, ...more }] },
    }),
  });
  return Policy;
}

const exports: Json = { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Archive', 'Arn'] }, '/exports/*']] };
const key: Json = { 'Fn::GetAtt': ['DataKey', 'Arn'] };
const through = (service: string): JsonObject => ({
  Condition: { StringEquals: { 'kms:ViaService': `${service}.eu-west-3.amazonaws.com` } },
});

test.each<[string, Json, Json, JsonObject?]>([
  ['the access of the role', 's3:PutObject', exports],
  ['the same in another notation', 's3:PutObject', { 'Fn::Sub': '${Archive.Arn}/exports/*' }],
  ['the key through its service', 'kms:GenerateDataKey', key, through('s3')],
  ['descriptions', ['ec2:DescribeImages', 'kms:ListGrants'], '*'],
])('%s complies', (_, ...policy) => {
  expect(findingsOf('PeopleExportRole', ...policy)).toEqual([]);
});

test.each<[string, string, Json, Json, JsonObject?]>([
  ['the access of another role', 'PeopleEraseRole', 's3:PutObject', exports],
  ['a read of what the role writes', 'PeopleExportRole', 's3:GetObject', exports],
  ['the access on the whole store', 'PeopleExportRole', 's3:PutObject', { 'Fn::Sub': '${Archive.Arn}/*' }],
  ['the access on another store', 'PeopleExportRole', 's3:PutObject', { 'Fn::Sub': '${Settings.Arn}/exports/*' }],
  ['the access on every store', 'PeopleExportRole', 's3:PutObject', '*'],
  ['the access by a pattern', 'PeopleExportRole', 's3:Put*', exports],
  ['the access in other letters', 'PeopleExportRole', 'S3:putobject', exports],
  ['the key without its service', 'PeopleExportRole', 'kms:GenerateDataKey', key],
  ['the key through another service', 'PeopleExportRole', 'kms:GenerateDataKey', key, through('kinesis')],
  [
    'the key through a second service',
    'PeopleExportRole',
    'kms:GenerateDataKey',
    key,
    {
      Condition: { StringEquals: { 'kms:ViaService': ['s3.eu-west-3.amazonaws.com', 'ebs.eu-west-3.amazonaws.com'] } },
    },
  ],
  ['a description that is not listed', 'PeopleExportRole', 'logs:DescribeLogStreams', '*'],
  ['an alias of reads', 'PeopleExportRole', 's3:Get*', '*'],
  ['a deletion', 'PeopleExportRole', 's3:DeleteObjectVersion', exports],
  [
    'an access point in the place of the bucket',
    'PeopleExportRole',
    's3:PutObject',
    {
      'Fn::Sub': 'arn:aws:s3:eu-west-3:${AWS::AccountId}:accesspoint/archive/object/exports/*',
    },
  ],
])('%s does not comply', (_, ...policy) => {
  expect(findingsOf(...policy)).toHaveLength(1);
});

test('exceptions of actions and of resources do not comply', () => {
  expect(findingsOf('PeopleExportRole', [], exports, { NotAction: 'iam:*' })).toEqual(['access::*']);
  const { Policy } = findingsOn({
    PeopleExportRole: resource('AWS::IAM::Role'),
    Policy: resource('AWS::IAM::ManagedPolicy', {
      Roles: [{ Ref: 'PeopleExportRole' }],
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 's3:PutObject', NotResource: 'arn:aws:s3:::x' }] },
    }),
  });
  expect(Policy).toEqual(['access::s3:PutObject']);
});

test('a role is assumed by its one service', () => {
  const trust = (Principal: Json, Action = 'sts:AssumeRole') =>
    findingsOn({
      PeopleExportRole: resource('AWS::IAM::Role', { AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Action, Principal }] } }),
    });
  expect(trust({ Service: 'lambda.amazonaws.com' })).toEqual({});
  for (const principal of [
    { Service: 'ec2.amazonaws.com' },
    { Service: ['lambda.amazonaws.com', 'ec2.amazonaws.com'] },
    { Service: 'lambda.amazonaws.com', AWS: { Ref: 'AWS::AccountId' } },
    { Federated: 'lambda.amazonaws.com' },
    '*',
  ])
    expect(trust(principal).PeopleExportRole).toHaveLength(1);
  expect(trust({ Service: 'lambda.amazonaws.com' }, 'sts:*').PeopleExportRole).toHaveLength(1);
});

/** Finding ids of the policy of the alarm topic with one statement. */
const topic = (statement: JsonObject): readonly string[] =>
  findingsOn(
    {
      Alarms: resource('AWS::SNS::Topic'),
      AlarmsPolicy: resource('AWS::SNS::TopicPolicy', { PolicyDocument: { Statement: [{ Effect: 'Allow', ...statement }] } }),
    },
    'production-account',
  ).AlarmsPolicy ?? [];

test('the policy of a resource admits listed principals, actions and resources', () => {
  const Principal = { Service: 'cloudwatch.amazonaws.com' };
  const Resource = { Ref: 'Alarms' };
  expect(topic({ Principal, Action: 'sns:Publish', Resource })).toEqual([]);
  expect(topic({ Principal, Action: 'sns:Publish', Resource: '*' })).toHaveLength(1);
  expect(topic({ Principal, Action: ['sns:Publish', 'sns:Subscribe'], Resource })).toHaveLength(1);
  expect(topic({ Principal, NotAction: 'sns:Subscribe', Resource })).toHaveLength(1);
  expect(topic({ Principal: { ...Principal, AWS: 'x' }, Action: 'sns:Publish', Resource })).toHaveLength(1);
  expect(topic({ NotPrincipal: Principal, Action: 'sns:Publish', Resource })).toHaveLength(1);
});

test('a policy that is decided outside the templates does not comply', () => {
  const outside = { Further: resource('AWS::Kinesis::ResourcePolicy', { ResourcePolicy: { Ref: 'Parameter' } }) };
  expect(findingsOn(outside)).toEqual({ Further: ['unread::ResourcePolicy'] });
});

describe('one line more in each of eleven contracts', () => {
  const bucket = (name: string, key: string): string => `arn:aws:s3:::<deployment>-${name}-\${AWS::AccountId}-<region>/${key}`;
  const own = (service: string, rest: string): string => `arn:aws:${service}:<region>:\${AWS::AccountId}:${rest}`;
  const hits = own('kinesis', 'stream/<deployment>-hits');

  const further: readonly [readonly Call[], string, string, string][] = [
    [controlCalls.certificate, 'edge/CertificateFunctionPermissions', 's3:GetObject', bucket('archive', 'hits/*')],
    [controlCalls['database-upkeep'], 'data/UpkeepFunctionPermissions', 'kinesis:GetRecords', hits],
    [controlCalls['first-servers'], 'collection/CollectorsFirstServersFunctionPermissions', 'kinesis:SubscribeToShard', hits],
    [controlCalls.ingest, 'collection/HitIngestFunctionPermissions', 's3:GetObject', bucket('archive', 'exports/*')],
    [controlCalls.migrations, 'data/MigrationsFunctionPermissions', 'kms:Decrypt', own('kms', 'key/*')],
    [controlCalls['person-erase'], 'data/PeopleErasePermissions', 's3:DeleteObject', bucket('archive', 'hits/*')],
    [controlCalls['person-export'], 'data/PeopleExportPermissions', 's3:GetObjectVersion', bucket('archive', 'exports/*')],
    [
      controlCalls['server-replacement'],
      'collection/CollectorsReplacementFunctionPermissions',
      'logs:FilterLogEvents',
      own('logs', 'log-group:/rempart/<deployment>/servers/collector:*'),
    ],
    [controlCalls['site-admin'], 'data/SiteAdminFunctionPermissions', 'sqs:ReceiveMessage', own('sqs', '*')],
    [controlCalls['site-snapshot'], 'collection/SiteSnapshotFunctionPermissions', 's3:PutObject', bucket('dead-letters', '*')],
    [serverCalls, 'collection/CollectorsRolePermissions', 'kinesis:GetRecords', hits],
  ];

  /** Names of the resources with findings and their ids, while the contracts have the further calls. */
  function findings(): readonly (readonly [string, string])[] {
    for (const [contract, , action, on] of further) (contract as Call[]).push({ actions: [action], resources: [on] });
    try {
      const { assembly } = build(loadSite({ directory: `${projectRoot}/config`, deployment: 'development', site: 'home' }));
      // An action that another role holds as a power is judged by `powers`.
      return [dataAccess, powers].flatMap((rule) =>
        evaluateRule(assembly, rule).flatMap(({ resource: about, verdict }) =>
          verdict === 'not-applicable' || !about
            ? []
            : verdict.map(({ id }) => [nameOf(about, assembly.facts), id.replace(/^(?:access|power)::/, '')] as const),
        ),
      );
    } finally {
      for (const [contract] of further) (contract as Call[]).pop();
    }
  }

  test('each is objected to, and nothing else', () => {
    const found = new Set(findings().map(([policy, action]) => `${policy}: ${action}`));
    expect(found).toEqual(new Set(further.map(([, policy, action]) => `${policy}: ${action}`)));
  });
});

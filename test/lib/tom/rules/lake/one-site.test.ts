import { oneSiteOfLake } from '../../../../../lib/tom/rules/lake/one-site';
import { lakeBypasses } from '../../../../../lib/tom/rules/lake/one-site-bypasses';
import { type Json, type JsonObject, valueAt } from '../../../../../lib/tom/template/assembly';
import { att, changed, type Resources, ref, resource } from '../example';
import { findings, lake, trust } from './example-lake';

const on = (id: string, resources: Resources) => findings(oneSiteOfLake, resources, id);
const statement = valueAt(trust('PeopleExportRole'), 'Statement.0') as JsonObject;
const withTrust = (...statements: readonly JsonObject[]) =>
  on('LakeRolesReaderRole', changed(lake, 'LakeRolesReaderRole', { AssumeRolePolicyDocument: { Statement: [...statements] } }));

test('the roles, their permissions and the policy of the bucket comply', () => {
  for (const id of ['Archive', 'LakeRolesReaderRole', 'LakeRolesReaderPermissions', 'LakeRolesWriterRole', 'LakeRolesWriterPermissions'])
    expect([id, on(id, lake)]).toEqual([id, []]);
  expect(on('ArchivePolicy', lake)).toBe(undefined);
});

test('a trust in fewer of its functions complies', () => {
  expect(
    on('LakeRolesWriterRole', changed(lake, 'LakeRolesWriterRole', { AssumeRolePolicyDocument: trust('LakeExportFunctionRole') })),
  ).toEqual([]);
});

test.each<[string, JsonObject]>([
  ['without conditions', { ...statement, Condition: {} }],
  ['without the tag of the site', { ...statement, Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': 'rempart:site' } } }],
  ['with further tags', { ...statement, Condition: { Null: { 'aws:RequestTag/rempart:site': 'false' } } }],
  [
    'with another key',
    {
      ...statement,
      Condition: { Null: { 'aws:RequestTag/site': 'false' }, 'ForAllValues:StringEquals': { 'aws:TagKeys': 'site' } },
    },
  ],
  [
    'of a request without the tag',
    {
      ...statement,
      Condition: { Null: { 'aws:RequestTag/rempart:site': 'true' }, 'ForAllValues:StringEquals': { 'aws:TagKeys': 'rempart:site' } },
    },
  ],
  ['in the whole account', { ...statement, Principal: { AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' } } }],
  ['in everybody', { ...statement, Principal: '*' }],
  ['in a service', { ...statement, Principal: { Service: 'lambda.amazonaws.com' } }],
  ['in the functions of the other role', { ...statement, Principal: { AWS: [att('LakeExportFunctionRole')] } }],
  ['in everybody but one', { ...statement, NotPrincipal: { AWS: '*' } }],
  ['for more than a session', { ...statement, Action: 'sts:*' }],
  ['for a session without tags', { ...statement, Action: 'sts:AssumeRole' }],
])('a trust %s does not', (_, weakened) => {
  expect(withTrust(weakened)).toEqual(['trust::0']);
  expect(withTrust(statement, weakened)).toEqual(['trust::1']);
});

test('nor does no trust, and a role that has the tag itself, in any case', () => {
  expect(withTrust()).toEqual(['trust']);
  for (const Key of ['rempart:site', 'Rempart:Site'])
    expect(on('LakeRolesReaderRole', changed(lake, 'LakeRolesReaderRole', { Tags: [{ Key, Value: '1' }] }))).toEqual(['tag::0']);
});

const archive = 'arn:aws:s3:::production-archive-${AWS::AccountId}-${AWS::Region}';
const granted = (Action: Json, Resource: Json, role = 'PeopleExportRole', more: JsonObject = {}) =>
  on('Further', {
    ...lake,
    Further: resource('AWS::IAM::ManagedPolicy', {
      Roles: [ref(role)],
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource, ...more }] },
    }),
  });

test.each<[string, Json, Json, string?]>([
  ['another folder', 's3:GetObject', { 'Fn::Sub': '${Archive.Arn}/exports/*' }],
  ['another bucket', 's3:GetObject', 'arn:aws:s3:::another/lake/*'],
  ['the names of the bucket', 's3:ListBucket', att('Archive')],
  ['configuration', 's3:GetBucketPolicy', '*'],
  ['another service', 'kms:Decrypt', '*'],
])('a permission on %s is not its concern', (_, ...grant) => {
  expect(granted(...grant)).toEqual([]);
});

test.each<[string, Json, Json, string?]>([
  ['the objects of one site, of a function', 's3:GetObject', { 'Fn::Sub': '${Archive.Arn}/lake/site=${!aws:PrincipalTag/rempart:site}/*' }],
  ['one site that is written out', 's3:GetObject', { 'Fn::Sub': '${Archive.Arn}/lake/site=1/*' }, 'LakeRolesReaderRole'],
  [
    'sites whose ids begin alike',
    's3:GetObject',
    { 'Fn::Sub': '${Archive.Arn}/lake/site=${!aws:PrincipalTag/rempart:site}*' },
    'LakeRolesReaderRole',
  ],
  ['the site of another tag', 's3:GetObject', { 'Fn::Sub': '${Archive.Arn}/lake/site=${!aws:PrincipalTag/site}/*' }, 'LakeRolesReaderRole'],
  [
    'the site of a request',
    's3:GetObject',
    { 'Fn::Sub': '${Archive.Arn}/lake/site=${!aws:RequestTag/rempart:site}/*' },
    'LakeRolesReaderRole',
  ],
  ['the whole lake', 's3:GetObject', { 'Fn::Sub': '${Archive.Arn}/lake/*' }, 'LakeRolesReaderRole'],
  ['the bucket by name', 's3:PutObject', { 'Fn::Sub': `${archive}/*` }],
  ['a folder that begins alike', 's3:Get*', { 'Fn::Sub': `${archive}/l*` }],
  ['everything', '*', '*'],
  ['a bucket that a parameter names', 's3:GetObject', { 'Fn::Sub': '${Bucket}/x/*' }],
  ['versions', 's3:DeleteObjectVersion', { 'Fn::Sub': `${archive}/lake/*` }, 'LakeRolesWriterRole'],
])('a permission on %s does not comply', (_, ...grant) => {
  expect(granted(...grant)).toEqual([expect.stringMatching(/^reach::/)]);
});

test('a permission on all but some objects does not comply', () => {
  expect(
    on('Further', {
      ...lake,
      Further: resource('AWS::IAM::ManagedPolicy', {
        Roles: [ref('LakeRolesReaderRole')],
        PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 's3:GetObject', NotResource: 'arn:aws:s3:::another/*' }] },
      }),
    }),
  ).toEqual(['reach::*']);
});

test.each(lakeBypasses.map(({ name, resources }) => [name, resources] as const))('%s does not comply', (_, added) => {
  expect(on('Further', { ...lake, ...(added as Resources) })).toEqual([expect.stringMatching(/^reach::/)]);
});

const denial = valueAt(lake.ArchivePolicy?.Properties, 'PolicyDocument.Statement.0') as JsonObject;
const withDenial = (change: JsonObject) =>
  on('Archive', changed(lake, 'ArchivePolicy', { PolicyDocument: { Statement: [{ ...denial, ...change }] } }));

test.each<[string, JsonObject]>([
  ['admits', { Effect: 'Allow' }],
  ['denies reads alone', { Action: 's3:GetObject' }],
  ['denies one site alone', { Resource: { 'Fn::Sub': '${Archive.Arn}/lake/site=1/*' } }],
  ['denies one role alone', { Principal: { AWS: att('PeopleExportRole') } }],
  ['excepts a further role', { Condition: { ArnNotEquals: { 'aws:PrincipalArn': ['arn:aws:iam::111111111111:role/*'] } } }],
  ['has a further condition', { Condition: { ...(denial.Condition as JsonObject), Bool: { 'aws:SecureTransport': 'false' } } }],
])('a bucket whose policy %s does not comply', (_, change) => {
  expect(withDenial({})).toEqual([]);
  expect(withDenial(change)).toEqual(['denial']);
});

const copy = 'arn:aws:s3:::production-replica-${AWS::AccountId}-eu-central-1';
const onReplica = (Action: string, Resource: string, holder = 'ArchiveReplicationRole') =>
  on('ArchiveReplicationPermissions', {
    ...lake,
    [holder]: resource('AWS::IAM::Role'),
    ArchiveReplicationPermissions: resource('AWS::IAM::ManagedPolicy', {
      Roles: [ref(holder)],
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource: { 'Fn::Sub': Resource } }] },
    }),
  });

test('S3 replicates into the lake of the replica, and nobody reads it', () => {
  expect(onReplica('s3:ReplicateObject', `${copy}/lake/*`)).toEqual([]);
  expect(onReplica('s3:ReplicateObject', `${copy}/*`)).toEqual([expect.stringMatching(/^reach::/)]);
  expect(onReplica('s3:GetObject', `${copy}/lake/*`)).toEqual([expect.stringMatching(/^reach::/)]);
  expect(onReplica('s3:ReplicateObject', `${copy}/lake/*`, 'AnotherRole')).toEqual([expect.stringMatching(/^reach::/)]);
});

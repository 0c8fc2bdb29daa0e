// Ways to the content of a store that no declared access has.
import type { Bypass } from '../../rule';
import type { Assembly, Json, JsonObject, Resource } from '../../template/assembly';
import { nameOf } from '../../template/names';
import {
  bucketPolicyType,
  bucketType,
  keyType,
  managedPolicyType,
  mappingType,
  permissionType,
  queuePolicyType,
  roleType,
} from '../../template/resource-types';
import { newResource, refTo } from '../bypass';

const allow = (Action: Json, Resource: Json = '*', more: JsonObject = {}): JsonObject => ({
  Statement: [{ Effect: 'Allow', Action, Resource, ...more }],
});
const reader: JsonObject = { AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:role/reader' } };
const admit = (Action: Json, Resource: Json = '*', Principal: Json = reader): JsonObject => allow(Action, Resource, { Principal });

/** The role of a function that has data of its own, to which a second policy is attached. */
const ingestRole = 'collection/HitIngestFunctionRole';
const roleBeside = (assembly: Assembly): Resource | undefined =>
  assembly.ofType(roleType).find((role) => nameOf(role, assembly.facts) === ingestRole);

const toHits = (name: string, Action: string): Bypass => ({
  name,
  beside: mappingType,
  resources: (beside, assembly) => ({
    Further: newResource(managedPolicyType, {
      Roles: [{ Ref: roleBeside(assembly)?.logicalId ?? 'Missing' }],
      PolicyDocument: allow(Action, beside.at('EventSourceArn')),
    }),
  }),
});

const alone = (name: string, type: string, properties: JsonObject): Bypass => ({
  name,
  resources: { Further: newResource(type, properties) },
});
const within = (PolicyDocument: JsonObject): JsonObject => ({ Policies: [{ PolicyName: 'further', PolicyDocument }] });

const byIdentity: readonly Bypass[] = [
  ...['s3:GetObject', 's3:Get*', 'S3:getobject', 's3:?etObject', 'kms:Encrypt', 'kms:Decrypt', 'logs:FilterLogEvents'].map((Action) =>
    alone(`a managed policy with ${Action}`, managedPolicyType, { PolicyDocument: allow(Action) }),
  ),
  alone('a managed policy with NotAction', managedPolicyType, { PolicyDocument: allow([], '*', { NotAction: 'iam:*' }) }),
  alone('a policy of a group', 'AWS::IAM::GroupPolicy', { GroupName: 'readers', PolicyDocument: allow('dynamodb:GetItem') }),
  alone('a policy within a group', 'AWS::IAM::Group', within(allow('dynamodb:Query'))),
  alone('a policy within a user', 'AWS::IAM::User', within(allow('s3:GetObject'))),
  alone('a policy within a role that another role assumes', roleType, {
    AssumeRolePolicyDocument: admit('sts:AssumeRole'),
    ...within(allow('s3:GetObject')),
  }),
  alone('a set of permissions', 'AWS::SSO::PermissionSet', { InlinePolicy: allow('s3:GetObject') }),
  alone('an access point in the place of its bucket', managedPolicyType, {
    PolicyDocument: allow('s3:GetObject', { 'Fn::Sub': 'arn:aws:s3:${AWS::Region}:${AWS::AccountId}:accesspoint/further/object/*' }),
  }),
  toHits('a second policy of a role that writes what it reads', 'kinesis:PutRecord'),
  toHits('a second policy of a role with a subscription', 'kinesis:SubscribeToShard'),
];

const byResource: readonly Bypass[] = [
  {
    name: 'a policy of a bucket that admits a role of the account',
    beside: bucketType,
    resources: (_, assembly) => ({
      Further: newResource(bucketPolicyType, { Bucket: refTo(bucketType, assembly), PolicyDocument: admit('s3:GetObject') }),
    }),
  },
  alone('a key whose policy creates grants', keyType, { KeyPolicy: admit('kms:CreateGrant') }),
  alone('a policy of a secret', 'AWS::SecretsManager::ResourcePolicy', {
    SecretId: 'context-key',
    ResourcePolicy: admit('secretsmanager:GetSecretValue'),
  }),
  alone('a policy of a queue', queuePolicyType, { Queues: ['x'], PolicyDocument: admit('sqs:ReceiveMessage') }),
  alone('a policy of a queue for all but one principal', queuePolicyType, {
    Queues: ['x'],
    PolicyDocument: allow('sqs:ReceiveMessage', '*', { NotPrincipal: reader }),
  }),
  alone('a policy of a stream', 'AWS::Kinesis::ResourcePolicy', { ResourceArn: 'x', ResourcePolicy: admit('kinesis:GetRecords') }),
  alone('a policy of logs as text', 'AWS::Logs::ResourcePolicy', {
    PolicyName: 'further',
    PolicyDocument: JSON.stringify(admit('logs:GetLogEvents', '*', { AWS: 'arn:aws:iam::111111111111:role/reader' })),
  }),
  alone('a policy that a parameter holds', 'AWS::SecretsManager::ResourcePolicy', {
    SecretId: 'context-key',
    ResourcePolicy: '{{resolve:ssm:/policy}}',
  }),
  alone('an access point with a policy', 'AWS::S3::AccessPoint', { Bucket: 'archive', Policy: admit('s3:GetObject') }),
  alone('a function that a role of the account invokes', permissionType, {
    Action: 'lambda:InvokeFunction',
    FunctionName: 'production-person-export',
    Principal: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:role/reader' },
  }),
];

export const dataBypasses: readonly Bypass[] = [...byIdentity, ...byResource];

// Encryption keys: policies, rotation, and which key encrypts which store.
import {
  attribute,
  type Challenge,
  importOf,
  listAt,
  otherAccount,
  put,
  resourceOfType,
  resourcesOfType,
  statementWith,
} from '../challenge';
import { accountId, append, condition, exchange, join, keyNamed, mentioning, parameter } from './places';

const volumes = 'LaunchTemplateData/BlockDeviceMappings';

export const keyChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-5.5',
    kind: 'G',
    title: 'a data key that the log service of the region uses for the log groups of every account',
    change: ({ data }) =>
      put(mentioning(keyNamed(data, 'DataKey').properties, 'KeyPolicy', '/aws/rds/proxy/'), 'Condition', {
        ArnLike: { 'kms:EncryptionContext:aws:logs:arn': 'arn:aws:logs:eu-west-3:*:log-group:/aws/rds/*' },
      }),
  },
  {
    clause: 'TOM-7.3',
    kind: 'F',
    title: 'a data key that principals of another account use through Amazon RDS',
    change: ({ data }) =>
      append(keyNamed(data, 'DataKey').properties, 'KeyPolicy/Statement', {
        Action: ['kms:CreateGrant', 'kms:Decrypt', 'kms:DescribeKey'],
        Condition: { StringEquals: { 'kms:CallerAccount': otherAccount, 'kms:ViaService': 'rds.eu-west-3.amazonaws.com' } },
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Resource: '*',
        Sid: 'RehearsalsOfRecovery',
      }),
  },
  {
    clause: 'TOM-5.5',
    kind: 'F',
    title: 'an audit key that any role with cdk in its name can delete',
    change: ({ account }) =>
      put(statementWith(keyNamed(account, 'AuditKey').properties, 'KeyPolicy', 'kms:ScheduleKeyDeletion', 'Deny'), 'Condition', {
        ArnNotLike: { 'aws:PrincipalArn': join('arn:aws:iam::', accountId, ':role/*cdk*') },
      }),
  },
  {
    clause: 'TOM-5.5',
    kind: 'F',
    title: 'a denial of grants on the data key that spares grants with a retiring principal',
    change: ({ data }) =>
      condition(
        statementWith(keyNamed(data, 'DataKey').properties, 'KeyPolicy', 'kms:CreateGrant', 'Deny'),
        'Null',
        'kms:RetiringPrincipal',
        'true',
      ),
  },
  {
    clause: 'TOM-5.5',
    kind: 'J',
    title: 'a data key that rotates every seven years',
    change: ({ data }) => put(keyNamed(data, 'DataKey').properties, 'RotationPeriodInDays', 2560),
  },
  {
    clause: 'TOM-5.5',
    kind: 'A',
    title: 'an audit key whose rotation is a parameter of the stack',
    change: ({ account }) => put(keyNamed(account, 'AuditKey').properties, 'EnableKeyRotation', parameter(account, 'RotateKeys', 'true')),
  },
  {
    clause: 'TOM-7.2',
    kind: 'J',
    title: 'a multi-Region data key, which can be replicated beside the deployment',
    change: ({ data }) => put(keyNamed(data, 'DataKey').properties, 'MultiRegion', true),
  },
  {
    clause: 'TOM-5.5',
    kind: 'B',
    title: 'two aliases that exchange the audit key and the key of the deployment',
    change: ({ account }) => {
      const alias = (id: string) => resourceOfType(account, 'AWS::KMS::Alias', id).properties;
      exchange(alias('AuditKeyAlias'), alias('DeploymentKeyAlias'), 'TargetKeyId');
    },
  },
  {
    clause: 'TOM-5.5',
    kind: 'B',
    title: 'a stream of hits under the key that AWS manages for Kinesis',
    change: ({ data }) => put(resourceOfType(data, 'AWS::Kinesis::Stream').properties, 'StreamEncryption/KeyId', 'alias/aws/kinesis'),
  },
  {
    clause: 'TOM-5.5',
    kind: 'B',
    title: 'a second mirrored disk under the key of the audit records',
    change: ({ account, collection }) =>
      put(
        resourceOfType(collection, 'AWS::EC2::LaunchTemplate').properties,
        `${volumes}/2/Ebs/KmsKeyId`,
        importOf(account, attribute(keyNamed(account, 'AuditKey').id)),
      ),
  },
  {
    clause: 'TOM-5.5',
    kind: 'B',
    title: 'performance insights of the database under the key that AWS manages for RDS',
    change: ({ data }) => put(resourceOfType(data, 'AWS::RDS::DBCluster').properties, 'PerformanceInsightsKmsKeyId', 'alias/aws/rds'),
  },
  {
    clause: 'TOM-3.10',
    kind: 'B',
    title: 'a password of the master user under the key that AWS manages for Secrets Manager',
    change: ({ data }) =>
      put(resourceOfType(data, 'AWS::RDS::DBCluster').properties, 'MasterUserSecret/KmsKeyId', 'alias/aws/secretsmanager'),
  },
  {
    clause: 'TOM-3.5',
    kind: 'G',
    title: 'a key of the deployment that alarms of every account may use',
    change: ({ account }) =>
      put(mentioning(keyNamed(account, 'DeploymentKey').properties, 'KeyPolicy', '"cloudwatch.amazonaws.com"'), 'Condition', {
        ArnLike: { 'aws:SourceArn': 'arn:aws:cloudwatch:*:*:alarm:*' },
      }),
  },
  {
    clause: 'DSS-5.5.1',
    kind: 'J',
    title: 'a data key that can be recovered for seven days only',
    change: ({ data }) => put(keyNamed(data, 'DataKey').properties, 'PendingWindowInDays', 7),
  },
  {
    clause: 'TOM-5.5',
    kind: 'F',
    title: 'a data key whose account root administers keys but decides no use, so that policies of roles have no effect',
    change: ({ data }) => {
      const statement = statementWith(keyNamed(data, 'DataKey').properties, 'KeyPolicy', 'kms:*');
      statement.Action = ['kms:Create*', 'kms:Describe*', 'kms:Enable*', 'kms:List*', 'kms:Put*', 'kms:Update*', 'kms:Tag*'];
    },
  },
  {
    clause: 'TOM-5.5',
    kind: 'J',
    title: 'a dead-letter queue that reuses a data key for a day under the key that AWS manages for SQS',
    change: ({ collection }) => {
      const [queue] = resourcesOfType(collection, 'AWS::SQS::Queue', 'HitIngest');
      Object.assign(queue?.properties ?? {}, { KmsMasterKeyId: 'alias/aws/sqs', KmsDataKeyReusePeriodSeconds: 86_400 });
    },
  },
  {
    clause: 'TOM-5.5',
    kind: 'J',
    title: 'a dead-letter bucket that accepts objects under keys of the client',
    change: ({ data }) => {
      const { properties } = resourceOfType(data, 'AWS::S3::Bucket', 'DeadLetters');
      const [encryption] = listAt(properties, 'BucketEncryption/ServerSideEncryptionConfiguration');
      Object.assign(encryption as object, { BlockedEncryptionTypes: { EncryptionType: ['NONE'] } });
    },
  },
];

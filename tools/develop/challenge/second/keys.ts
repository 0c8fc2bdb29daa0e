// Encryption keys: policies, rotation, and which key encrypts which store.
import { attribute, type Challenge, importOf, listAt, otherAccount, put, resourceOfType, statementWith } from '../challenge';
import { append, condition, exchange, keyNamed, mentioning } from './places';

const volumes = 'LaunchTemplateData/BlockDeviceMappings';

export const keyChallenges: readonly Challenge[] = [
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
    title: 'a second mirrored disk under the key of the audit records',
    change: ({ account, collection }) =>
      put(
        resourceOfType(collection, 'AWS::EC2::LaunchTemplate').properties,
        `${volumes}/2/Ebs/KmsKeyId`,
        importOf(account, attribute(keyNamed(account, 'AuditKey').id)),
      ),
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
    title: 'a dead-letter bucket that accepts objects under keys of the client',
    change: ({ data }) => {
      const { properties } = resourceOfType(data, 'AWS::S3::Bucket', 'DeadLetters');
      const [encryption] = listAt(properties, 'BucketEncryption/ServerSideEncryptionConfiguration');
      Object.assign(encryption as object, { BlockedEncryptionTypes: { EncryptionType: ['NONE'] } });
    },
  },
];

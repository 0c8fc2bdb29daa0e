// Keys: their policies, rotation, regions and end, and what is encrypted with another key.
import {
  addStatement,
  attribute,
  type Challenge,
  fieldsAt,
  importOf,
  logGroupNamed,
  otherAccount,
  put,
  ref,
  resourceOfType,
  section,
  statementOf,
  sub,
} from '../challenge';

export const keyChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-5.5',
    kind: 'J',
    title: 'a data key with the text "false" for its rotation',
    change({ data }) {
      put(resourceOfType(data, 'AWS::KMS::Key', 'DataKey').properties, 'EnableKeyRotation', 'false');
    },
  },
  {
    clause: 'TOM-7.3',
    kind: 'F',
    title: 'a data key that every account of the organization may use',
    change({ data }) {
      addStatement(resourceOfType(data, 'AWS::KMS::Key', 'DataKey').properties, 'KeyPolicy', {
        Sid: 'Analytics',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: ['kms:Decrypt', 'kms:DescribeKey'],
        Resource: '*',
        Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } },
      });
    },
  },
  {
    clause: 'TOM-7.3',
    kind: 'G',
    title: 'a deployment key for log groups of every account',
    change({ account }) {
      const statement = statementOf(resourceOfType(account, 'AWS::KMS::Key', 'DeploymentKey').properties, 'KeyPolicy', {
        Sid: 'LogGroupsOfTheDeployment',
      });
      put(statement, 'Condition/ArnLike', { 'kms:EncryptionContext:aws:logs:arn': 'arn:aws:logs:eu-west-3:*:log-group:/rempart/*' });
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'G',
    title: 'an audit key that admits log delivery from any account through StringLike',
    change({ account }) {
      const statement = statementOf(resourceOfType(account, 'AWS::KMS::Key', 'AuditKey').properties, 'KeyPolicy', {
        Sid: 'LogDeliveryEncrypts',
      });
      statement.Condition = { StringLike: { 'aws:SourceAccount': '*' }, ArnLike: { 'aws:SourceArn': 'arn:aws:logs:*:*:*' } };
    },
  },
  {
    clause: 'TOM-7.4',
    kind: 'F',
    title: 'a refusal of grants on the data key that sessions without MFA escape',
    change({ data }) {
      const statement = statementOf(resourceOfType(data, 'AWS::KMS::Key', 'DataKey').properties, 'KeyPolicy', { Sid: 'OnlyServicesGrant' });
      put(statement, 'Condition/Bool/aws:MultiFactorAuthPresent', 'true');
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'F',
    title: 'an audit key that every role of the account may disable',
    change({ account }) {
      const statement = statementOf(resourceOfType(account, 'AWS::KMS::Key', 'AuditKey').properties, 'KeyPolicy', {
        Sid: 'OnlyADeploymentEndsIt',
      });
      put(statement, 'Condition/ArnNotLike', { 'aws:PrincipalArn': sub('arn:aws:iam::${AWS::AccountId}:role/*') });
    },
  },
  {
    clause: 'TOM-7.2',
    kind: 'B',
    title: 'a database encrypted with the deployment key instead of its own key',
    change({ account, data }) {
      const key = importOf(account, attribute(resourceOfType(account, 'AWS::KMS::Key', 'DeploymentKey').id));
      put(resourceOfType(data, 'AWS::RDS::DBCluster').properties, 'KmsKeyId', key);
    },
  },
  {
    clause: 'TOM-5.5',
    kind: 'A',
    title: 'a log group of the database with a key that a parameter names',
    change({ data }) {
      section(data, 'Parameters').LogKey = { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/company/log-key' };
      put(logGroupNamed(data, '/postgresql').properties, 'KmsKeyId', ref('LogKey'));
    },
  },
  {
    clause: 'DSS-5.4.2',
    kind: 'section',
    title: 'a data key that a removed stack deletes after seven days',
    change({ data }) {
      const { resource, properties } = resourceOfType(data, 'AWS::KMS::Key', 'DataKey');
      resource.DeletionPolicy = 'Delete';
      properties.PendingWindowInDays = 7;
    },
  },
  {
    clause: 'TOM-2.1',
    kind: 'J',
    title: 'a multi-Region data key, which can be replicated outside the declared regions',
    change({ data }) {
      put(resourceOfType(data, 'AWS::KMS::Key', 'DataKey').properties, 'MultiRegion', true);
    },
  },
  {
    clause: 'TOM-7.3',
    kind: 'F',
    title: 'a data key with a direct statement for the account of another environment',
    change({ data }) {
      const statement = statementOf(resourceOfType(data, 'AWS::KMS::Key', 'DataKey').properties, 'KeyPolicy', {
        Sid: 'FleetEncryptsDisks',
      });
      statement.Principal = { AWS: [fieldsAt(statement, 'Principal').AWS ?? '', otherAccount] };
    },
  },
];

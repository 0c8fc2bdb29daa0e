// Permissions, trust, conditions and sources of service principals.
import {
  add,
  addStatement,
  type Challenge,
  functionNamed,
  otherAccount,
  permissionsOf,
  put,
  ref,
  resourceOfType,
  statementWith,
  sub,
} from '../challenge';
import { accountId, condition, join, mentioning, policyOfBucket, rewrite } from './places';

const document = 'PolicyDocument';
const trust = 'AssumeRolePolicyDocument';
const serverRole = 'CollectorsRole';

export const permissionChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-4.1',
    kind: 'F',
    title: 'an ingest function that signs in to the database as any user of the platform',
    change: ({ collection }) => rewrite(permissionsOf(collection, 'ingest').resource, '/rempart_application', '/rempart_*'),
  },
  {
    clause: 'TOM-3.10',
    kind: 'F',
    title: 'an export function that reads every secret but the keys of the sites',
    change: ({ data }) => {
      const statement = statementWith(permissionsOf(data, 'person-export').properties, document, 'secretsmanager:GetSecretValue');
      delete statement.Resource;
      statement.NotResource = join('arn:aws:secretsmanager:eu-west-3:', accountId, ':secret:production/sites/*');
    },
  },
  {
    clause: 'TOM-5.5',
    kind: 'F',
    title: 'a permission of servers to decrypt with every key, in capitals',
    change: ({ collection }) =>
      addStatement(resourceOfType(collection, 'AWS::IAM::ManagedPolicy', 'CollectorsRolePermissions').properties, document, {
        Action: 'KMS:DECRYPT',
        Effect: 'Allow',
        Resource: sub('arn:aws:kms:*:${AWS::AccountId}:key/*'),
      }),
  },
  {
    clause: 'TOM-3.4',
    kind: 'F',
    title: 'servers that may publish the metrics of the probes',
    change: ({ collection }) =>
      put(
        statementWith(
          resourceOfType(collection, 'AWS::IAM::ManagedPolicy', 'CollectorsRolePermissions').properties,
          document,
          'cloudwatch:PutMetricData',
        ),
        'Condition',
        { StringLike: { 'cloudwatch:namespace': 'Rempart/*' } },
      ),
  },
  {
    clause: 'TOM-4.2',
    kind: 'F',
    title: 'a role of the database proxy that every principal of the account may assume',
    change: ({ data }) =>
      addStatement(resourceOfType(data, 'AWS::IAM::Role', 'ProxyRole').properties, trust, {
        Action: 'sts:AssumeRole',
        Condition: { StringLike: { 'aws:PrincipalArn': sub('arn:aws:iam::${AWS::AccountId}:role/*') } },
        Effect: 'Allow',
        Principal: { AWS: accountId },
      }),
  },
  {
    clause: 'DSS-5.3.2',
    kind: 'F',
    title: 'a certificate function that may delete certificates without a tag',
    change: ({ edge }) =>
      rewrite(
        permissionsOf(edge, 'certificate').resource,
        '{"StringEquals":{"aws:ResourceTag',
        '{"StringEqualsIfExists":{"aws:ResourceTag',
      ),
  },
  {
    clause: 'TOM-3.5',
    kind: 'F',
    title: 'an erasure function whose own code may create network interfaces',
    change: ({ data }) => rewrite(permissionsOf(data, 'person-erase').resource, '"ArnLike"', '"ArnNotLike"'),
  },
  {
    clause: 'TOM-3.5',
    kind: 'G',
    title: 'a role of the probe schedule with a source that may be absent',
    change: ({ data }) =>
      rewrite(resourceOfType(data, 'AWS::IAM::Role', 'NoSharedBackupsRole').resource, '"StringEquals"', '"ForAllValues:StringEquals"'),
  },
  {
    clause: 'TOM-3.5',
    kind: 'G',
    title: 'a permission for Amazon S3 to invoke the ingest function, for a bucket name without an account',
    change: ({ collection }) => {
      add(collection, 'IngestOfFiles', 'AWS::Lambda::Permission', {
        Action: 'lambda:InvokeFunction',
        FunctionName: ref(functionNamed(collection, 'ingest').id),
        Principal: 's3.amazonaws.com',
        SourceArn: 'arn:aws:s3:::production-inbox',
      });
    },
  },
  {
    clause: 'TOM-3.1',
    kind: 'I',
    title: 'an inline policy of the servers beside their permissions, for sessions without a log',
    change: ({ collection }) => {
      add(collection, 'CollectorsSessions', 'AWS::IAM::RolePolicy', {
        PolicyDocument: {
          Statement: [{ Action: ['ssm:UpdateInstanceInformation', 'ssmmessages:*'], Effect: 'Allow', Resource: '*' }],
          Version: '2012-10-17',
        },
        PolicyName: 'sessions',
        RoleName: ref(resourceOfType(collection, 'AWS::IAM::Role', serverRole).id),
      });
    },
  },
  {
    clause: 'DSS-5.2',
    kind: 'F',
    title: 'a deployment role that a workflow on any branch of any repository assumes',
    change: ({ account }) => {
      const provider = add(account, 'Workflows', 'AWS::IAM::OIDCProvider', {
        ClientIdList: ['sts.amazonaws.com'],
        Url: 'https://token.actions.githubusercontent.com',
      });
      add(account, 'WorkflowRole', 'AWS::IAM::Role', {
        AssumeRolePolicyDocument: {
          Statement: [
            {
              Action: 'sts:AssumeRoleWithWebIdentity',
              Condition: {
                StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' },
                StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:*:environment:production' },
              },
              Effect: 'Allow',
              Principal: { Federated: provider },
            },
          ],
          Version: '2012-10-17',
        },
        PermissionsBoundary: sub('arn:aws:iam::${AWS::AccountId}:policy/production-boundary-eu-west-3'),
      });
    },
  },
  {
    clause: 'TOM-5.4',
    kind: 'F',
    title: 'an export function that may send mail with attachments',
    change: ({ data }) =>
      addStatement(permissionsOf(data, 'person-export').properties, document, {
        Action: 'ses:SendRawEmail',
        Condition: { 'ForAllValues:StringLike': { 'ses:Recipients': '*@rempart.invalid' } },
        Effect: 'Allow',
        Resource: sub('arn:aws:ses:eu-west-3:${AWS::AccountId}:identity/*'),
      }),
  },
  {
    clause: 'DSS-6.9',
    kind: 'F',
    title: 'an ingest function that reads uploads before their scan',
    change: ({ collection }) =>
      addStatement(permissionsOf(collection, 'ingest').properties, document, {
        Action: 's3:GetObject',
        Effect: 'Allow',
        Resource: sub('arn:aws:s3:::production-uploads-${AWS::AccountId}-eu-west-3/hits/*'),
      }),
  },
  {
    clause: 'TOM-5.1',
    kind: 'F',
    title: 'an ingest function that may decrypt the stream of the recovery region',
    change: ({ collection }) =>
      rewrite(permissionsOf(collection, 'ingest').resource, 'kinesis.eu-west-3.amazonaws.com', 'kinesis.eu-central-1.amazonaws.com'),
  },
  {
    clause: 'TOM-7.3',
    kind: 'F',
    title: 'a denial of other accounts at the archive that spares the accounts of the organization',
    change: ({ data }) =>
      condition(
        mentioning(policyOfBucket(data, 'Archive').properties, document, 'NoOtherAccount'),
        'StringNotEquals',
        'aws:PrincipalOrgID',
        'o-a1b2c3d4e5',
      ),
  },
  {
    clause: 'TOM-4.2',
    kind: 'F',
    title: 'an archive whose denial excepts a principal of another account by name',
    change: ({ data }) => {
      const statement = mentioning(policyOfBucket(data, 'Archive').properties, document, 'NoOtherAccount');
      delete statement.Principal;
      statement.NotPrincipal = { AWS: `arn:aws:iam::${otherAccount}:role/analytics` };
    },
  },
  {
    clause: 'TOM-3.5',
    kind: 'F',
    title: 'an upkeep function that reaches the buckets that tags of its session name',
    change: ({ data }) =>
      addStatement(permissionsOf(data, 'database-upkeep').properties, document, {
        Action: ['s3:GetObject', 's3:PutObject'],
        Effect: 'Allow',
        Resource: 'arn:aws:s3:::${aws:PrincipalTag/bucket}/*',
      }),
  },
];

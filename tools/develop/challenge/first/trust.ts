// Who assumes the roles, and roles beside those of the deployment.
import {
  add,
  addStatement,
  type Challenge,
  drop,
  fieldsAt,
  otherAccount,
  permissionsOf,
  put,
  ref,
  resourceOfType,
  roleOf,
  sub,
} from '../challenge';

const role = 'AWS::IAM::Role';
const trust = 'AssumeRolePolicyDocument';

export const trustChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-3.5',
    kind: 'F',
    title: 'an upkeep role that the whole account may assume beside its function',
    change({ data }) {
      put(fieldsAt(roleOf(data, 'database-upkeep').properties, `${trust}/Statement/0`), 'Principal', {
        Service: ['lambda.amazonaws.com'],
        AWS: ref('AWS::AccountId'),
      });
    },
  },
  {
    clause: 'TOM-7.3',
    kind: 'F',
    title: 'a role of the servers that another account may assume, by its number',
    change({ collection }) {
      addStatement(resourceOfType(collection, role, 'CollectorsRole').properties, trust, {
        Effect: 'Allow',
        Action: ['sts:AssumeRole', 'sts:TagSession'],
        Principal: { AWS: [otherAccount] },
      });
    },
  },
  {
    clause: 'DSS-5.2',
    kind: 'I',
    title: 'a deployment role for every branch of every repository',
    change({ account }) {
      const boundary = structuredClone(resourceOfType(account, role, 'AuditTrailLogRole').properties.PermissionsBoundary ?? '');
      add(account, 'Pipeline0A1B2C3D', role, {
        RoleName: 'production-pipeline',
        PermissionsBoundary: boundary,
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: 'sts:AssumeRoleWithWebIdentity',
              Principal: { Federated: sub('arn:aws:iam::${AWS::AccountId}:oidc-provider/token.actions.githubusercontent.com') },
              Condition: { StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:*' } },
            },
          ],
        },
      });
    },
  },
  {
    clause: 'TOM-3.5',
    kind: 'F',
    title: 'a policy of the export of persons attached to a user',
    change({ data }) {
      permissionsOf(data, 'person-export').properties.Users = ['contractor'];
    },
  },
  {
    clause: 'TOM-3.2',
    kind: 'I',
    title: 'a role for people without a condition on their address, for sessions of twelve hours',
    change({ account }) {
      const boundary = structuredClone(resourceOfType(account, role, 'AuditTrailLogRole').properties.PermissionsBoundary ?? '');
      add(account, 'Support0A1B2C3D', role, {
        RoleName: 'production-support',
        MaxSessionDuration: 43200,
        PermissionsBoundary: boundary,
        ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: sub('arn:aws:iam::${AWS::AccountId}:root') } }],
        },
      });
    },
  },
  {
    clause: 'TOM-3.9',
    kind: 'I',
    title: 'an auditor role without an external id',
    change({ account }) {
      const boundary = structuredClone(resourceOfType(account, role, 'AuditTrailLogRole').properties.PermissionsBoundary ?? '');
      add(account, 'Auditor0A1B2C3D', role, {
        RoleName: 'production-auditor',
        PermissionsBoundary: boundary,
        ManagedPolicyArns: ['arn:aws:iam::aws:policy/SecurityAudit'],
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: 'sts:AssumeRole',
              Principal: { AWS: `arn:aws:iam::${otherAccount}:root` },
              Condition: { StringLike: { 'sts:ExternalId': '*' } },
            },
          ],
        },
      });
    },
  },
  {
    clause: 'TOM-3.5',
    kind: 'G',
    title: 'a delivery role that Firehose may assume for any account',
    change({ collection }) {
      drop(resourceOfType(collection, role, 'HitArchiveRole').properties, `${trust}/Statement/0/Condition`);
    },
  },
  {
    clause: 'TOM-3.5',
    kind: 'G',
    title: 'a scheduler role for schedules of every group and account',
    change({ edge }) {
      const { properties } = resourceOfType(edge, role, 'CertificateRole');
      put(properties, `${trust}/Statement/0/Condition`, { StringLike: { 'aws:SourceArn': 'arn:aws:scheduler:*' } });
    },
  },
];

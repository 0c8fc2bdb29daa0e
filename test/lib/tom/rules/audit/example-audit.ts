// An audit trail with its archive and the boundary that guards both, as the templates of the house have them.
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { att, join, key, type Resources, ref, resource } from '../example';

export const noDeletion: JsonObject = {
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Action: ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:DeleteBucket', 's3:BypassGovernanceRetention'],
  Resource: [att('Archive'), join(att('Archive'), '/*')],
};

const marks = ['/sessions/*/aws-logs-write-test', '/sessions/completed/*'].map((key) => join(att('Archive'), key));
const notAService = { 'aws:PrincipalIsAWSService': 'false' };

/** Denials of writes to everyone but services, except the marks of the export of sessions. */
export const onlyServicesWrite: JsonObject = {
  ...{ Effect: 'Deny', Principal: { AWS: '*' }, Action: 's3:PutObject', NotResource: marks },
  Condition: { Bool: notAService },
};
export const onlyTheExportMarks: JsonObject = {
  ...{ Effect: 'Deny', Principal: { AWS: '*' }, Action: 's3:PutObject', Resource: marks },
  Condition: {
    Bool: notAService,
    ArnNotEquals: { 'aws:PrincipalArn': join('arn:aws:iam::', ref('AWS::AccountId'), ':role/production-session-archive-eu-west-3') },
  },
};

const sessionLog = join('arn:aws:logs:eu-west-3:', ref('AWS::AccountId'), ':log-group:/rempart/production/sessions');

/** Admissions of CloudWatch Logs, for the export of sessions. */
export const exports: readonly JsonObject[] = [
  ['s3:GetBucketAcl', att('Archive')] as const,
  ['s3:PutObject', join(att('Archive'), '/sessions/*')] as const,
].map(([Action, Resource]) => ({
  ...{ Effect: 'Allow', Principal: { Service: 'logs.eu-west-3.amazonaws.com' }, Action, Resource },
  Condition: { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') }, ArnLike: { 'aws:SourceArn': sessionLog } },
}));

export const denials: Readonly<Record<string, JsonObject>> = {
  regions: {
    Effect: 'Deny',
    NotAction: ['iam:*', 'sts:*', 'rds-db:*'],
    Resource: '*',
    Condition: { StringNotEquals: { 'aws:RequestedRegion': ['eu-west-3', 'eu-central-1'] } },
  },
  'sign-in': {
    Effect: 'Deny',
    Action: 'rds-db:*',
    NotResource: join('arn:aws:rds-db:eu-west-3:', ref('AWS::AccountId'), ':*'),
  },
  archive: { Effect: 'Deny', NotAction: ['s3:Get*', 's3:List*'], Resource: [att('Archive'), join(att('Archive'), '/*')] },
  trail: {
    Effect: 'Deny',
    Action: 'cloudtrail:*',
    Resource: join('arn:', ref('AWS::Partition'), ':cloudtrail:*:', ref('AWS::AccountId'), ':trail/production-*'),
  },
  shedding: {
    Effect: 'Deny',
    Action: [
      'iam:CreatePolicyVersion',
      'iam:DeleteRolePermissionsBoundary',
      'iam:DeleteUserPermissionsBoundary',
      'iam:SetDefaultPolicyVersion',
    ],
    Resource: '*',
  },
  unbounded: {
    Effect: 'Deny',
    Action: ['iam:AttachRolePolicy', 'iam:CreateRole', 'iam:PutRolePermissionsBoundary', 'iam:PutRolePolicy'],
    Resource: '*',
    Condition: { StringNotEquals: { 'iam:PermissionsBoundary': join('arn:aws:iam::', ref('AWS::AccountId'), ':policy/boundary') } },
  },
  network: {
    Effect: 'Deny',
    Action: [
      'EC2:DeleteFlowLogs',
      'ec2:ModifyVpcBlockPublicAccessOptions',
      'network-firewall:Delete*',
      'network-firewall:Disassociate*',
      'network-firewall:Update*',
      'route53resolver:*',
    ],
    Resource: '*',
  },
};

export const boundaryPolicy = (statements: Readonly<Record<string, JsonObject>> = denials): JsonObject => ({
  Statement: [{ Effect: 'Allow', Action: ['ec2:*', 's3:*'], Resource: '*' }, ...Object.values(statements)],
});

export const audit: Resources = {
  ...key,
  Archive: resource(
    'AWS::S3::Bucket',
    {
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 365 } } },
      VersioningConfiguration: { Status: 'Enabled' },
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    },
    { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' },
  ),
  ArchivePolicy: resource('AWS::S3::BucketPolicy', {
    Bucket: ref('Archive'),
    PolicyDocument: { Statement: [noDeletion, onlyServicesWrite, onlyTheExportMarks, ...exports] },
  }),
  Trail: resource('AWS::CloudTrail::Trail', {
    TrailName: 'production-trail',
    IsLogging: true,
    IsMultiRegionTrail: true,
    IncludeGlobalServiceEvents: true,
    EnableLogFileValidation: true,
    KMSKeyId: att('Key'),
    S3BucketName: ref('Archive'),
  }),
  Boundary: resource('AWS::IAM::ManagedPolicy', { ManagedPolicyName: 'boundary', PolicyDocument: boundaryPolicy() }),
  Role: resource('AWS::IAM::Role', { PermissionsBoundary: join('arn:aws:iam::', ref('AWS::AccountId'), ':policy/boundary') }),
};

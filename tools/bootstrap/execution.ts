// The permissions of the role by which CloudFormation deploys, and its boundary: what no deployment does.
import { environmentTag } from '../../lib/labels/labels';
import { arnOf, deploymentBoundaries, namesOf, type Target } from './names';

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[] | string;
  readonly NotResource?: readonly string[] | string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/**
 * Services whose resources the templates have, or whose calls a handler of CloudFormation makes for them. A test holds
 * the list against the templates. IAM is apart: its actions are named.
 */
const deployedServices = [
  'access-analyzer',
  'application-autoscaling',
  'autoscaling',
  'backup',
  'backup-storage',
  'cloudformation',
  'cloudtrail',
  'cloudwatch',
  'ec2',
  'elasticloadbalancing',
  'events',
  'firehose',
  'kinesis',
  'kms',
  'lambda',
  'logs',
  'network-firewall',
  'rds',
  'route53',
  'route53resolver',
  's3',
  'scheduler',
  'secretsmanager',
  'sns',
  'sqs',
  'ssm',
  'wafv2',
] as const;

/** Actions of IAM with which CloudFormation manages roles, policies, instance profiles and providers. */
const identityActions = [
  'iam:AddClientIDToOpenIDConnectProvider',
  'iam:AddRoleToInstanceProfile',
  'iam:AttachRolePolicy',
  'iam:CreateInstanceProfile',
  'iam:CreateOpenIDConnectProvider',
  'iam:CreatePolicy',
  'iam:CreatePolicyVersion',
  'iam:CreateRole',
  'iam:CreateServiceLinkedRole',
  'iam:DeleteInstanceProfile',
  'iam:DeleteOpenIDConnectProvider',
  'iam:DeletePolicy',
  'iam:DeletePolicyVersion',
  'iam:DeleteRole',
  'iam:DeleteRolePolicy',
  'iam:DeleteServiceLinkedRole',
  'iam:DetachRolePolicy',
  'iam:Get*',
  'iam:List*',
  'iam:PassRole',
  'iam:PutRolePermissionsBoundary',
  'iam:PutRolePolicy',
  'iam:RemoveClientIDFromOpenIDConnectProvider',
  'iam:RemoveRoleFromInstanceProfile',
  'iam:SetDefaultPolicyVersion',
  'iam:TagInstanceProfile',
  'iam:TagOpenIDConnectProvider',
  'iam:TagPolicy',
  'iam:TagRole',
  'iam:UntagInstanceProfile',
  'iam:UntagOpenIDConnectProvider',
  'iam:UntagPolicy',
  'iam:UntagRole',
  'iam:UpdateAssumeRolePolicy',
  'iam:UpdateOpenIDConnectProviderThumbprint',
  'iam:UpdateRole',
  'iam:UpdateRoleDescription',
] as const;

/** What the execution role may do, within its boundary. */
export const executionStatements = (): readonly Statement[] => [
  { Sid: 'ServicesOfTheTemplates', Effect: 'Allow', Action: deployedServices.map((service) => `${service}:*`), Resource: '*' },
  { Sid: 'Identities', Effect: 'Allow', Action: identityActions, Resource: '*' },
];

const deny = (
  Sid: string,
  Action: readonly string[],
  Resource: readonly string[] | string,
  Condition?: Statement['Condition'],
): Statement => ({
  ...{ Sid, Effect: 'Deny', Action, Resource },
  ...(Condition ? { Condition } : {}),
});

/**
 * The boundary: everything, and the denials. A denial holds also for a policy that is attached to the role later.
 * IAM has no key for the content of a trust, of a key policy or of a bucket policy: rules of the TOM judge those in
 * the template. (TOM-3.5, TOM-3.6, TOM-7.4)
 */
export function boundaryStatements(target: Target): readonly Statement[] {
  const { site } = target;
  return [
    { Sid: 'WithinTheDenials', Effect: 'Allow', Action: ['*'], Resource: '*' },
    ...identityDenials(target),
    ...bootstrapDenials(target),
    ...dataDenials(target),
    ...(site.settings.environment === 'production' ? removalDenials(target) : []),
    {
      ...{ Sid: 'OtherRegions', Effect: 'Deny', NotAction: ['iam:*', 'route53:*', 'sts:*'], Resource: '*' },
      Condition: { StringNotEquals: { 'aws:RequestedRegion': [site.settings.region, site.settings.recoveryRegion] } },
    },
    deny('OtherEnvironments', ['*'], '*', {
      StringNotEquals: { [`aws:ResourceTag/${environmentTag}`]: site.settings.environment },
      Null: { [`aws:ResourceTag/${environmentTag}`]: 'false' },
    }),
  ];
}

/** No users, no roles without the boundary of the deployment, no roles of others. */
function identityDenials(target: Target): readonly Statement[] {
  const { site } = target;
  const roles = arnOf('iam', target, `role/${site.deployment}-*`);
  const github = arnOf('iam', target, 'oidc-provider/token.actions.githubusercontent.com');
  const linked = arnOf('iam', target, 'role/aws-service-role/*');
  return [
    deny(
      'Users',
      [
        'iam:*AccessKey*',
        'iam:*Group*',
        'iam:*LoginProfile',
        'iam:*MFADevice',
        'iam:*SAMLProvider',
        'iam:*ServiceSpecificCredential',
        'iam:*SigningCertificate',
        'iam:*SSHPublicKey',
        'iam:*User*',
        'iam:CreateAccountAlias',
        'iam:DeleteAccountPasswordPolicy',
        'iam:UpdateAccountPasswordPolicy',
      ],
      '*',
    ),
    deny('UnboundedRoles', ['iam:AttachRolePolicy', 'iam:CreateRole', 'iam:PutRolePermissionsBoundary', 'iam:PutRolePolicy'], '*', {
      StringNotEquals: { 'iam:PermissionsBoundary': deploymentBoundaries(target) },
    }),
    deny('Boundaries', ['iam:DeleteRolePermissionsBoundary'], '*'),
    {
      ...{ Sid: 'RolesOfOthers', Effect: 'Deny', NotResource: [roles, linked] },
      Action: [
        'iam:*achRolePolicy',
        'iam:CreateRole',
        'iam:DeleteRole*',
        'iam:PassRole',
        'iam:PutRole*',
        'iam:*agRole',
        'iam:Update*Role*',
        'sts:Assume*',
      ],
    },
    {
      ...{ Sid: 'OtherProviders', Effect: 'Deny', NotResource: [github] },
      Action: ['iam:*OpenIDConnectProvider*'],
    },
  ];
}

/** The bootstrap itself changes by an administrator only. */
function bootstrapDenials(target: Target): readonly Statement[] {
  const names = namesOf(target);
  const { region } = target.site;
  const reads = ['iam:Get*', 'iam:List*'];
  return [
    {
      ...{ Sid: 'BootstrapIdentities', Effect: 'Deny', NotAction: reads },
      Resource: [arnOf('iam', target, 'role/cdk-*'), arnOf('iam', target, 'policy/cdk-*')],
    },
    deny(
      'BootstrapFiles',
      ['s3:Delete*', 's3:Put*', 's3:CreateBucket', 's3:Replicate*', 's3:BypassGovernanceRetention'],
      [`arn:aws:s3:::${names.bucket}`, `arn:aws:s3:::${names.bucket}/*`],
    ),
    deny('BootstrapVersion', ['ssm:DeleteParameter*', 'ssm:PutParameter'], [arnOf('ssm', target, `parameter${names.parameter}`, region)]),
    deny('Toolkit', ['cloudformation:*'], [arnOf('cloudformation', target, 'stack/CDKToolkit/*', region)]),
  ];
}

/** A deployment reads no data: files of the bootstrap bucket alone, which hold the code of functions. */
function dataDenials(target: Target): readonly Statement[] {
  return [
    { Sid: 'Objects', Effect: 'Deny', Action: ['s3:GetObject*'], NotResource: [`arn:aws:s3:::${namesOf(target).bucket}/*`] },
    deny(
      'Data',
      [
        'kinesis:GetRecords',
        'logs:FilterLogEvents',
        'logs:GetLogEvents',
        'logs:StartQuery',
        'rds-data:*',
        'rds-db:connect',
        'sqs:ReceiveMessage',
        'ssm:SendCommand',
        'ssm:StartSession',
      ],
      '*',
    ),
    deny(
      'Sharing',
      [
        'ec2:ModifyImageAttribute',
        'ec2:ModifySnapshotAttribute',
        'lambda:AddLayerVersionPermission',
        'rds:ModifyDB*SnapshotAttribute',
        'rds:StartExportTask',
        'ram:*',
      ],
      '*',
    ),
    deny('Records', ['s3:BypassGovernanceRetention', 's3:DeleteObject*', 's3:PutObjectLegalHold', 's3:PutObjectRetention'], '*'),
  ];
}

/**
 * Outside production a deployment is deleted whole. In production an administrator removes what holds the records, the
 * keys and the backups.
 */
function removalDenials(target: Target): readonly Statement[] {
  const { site } = target;
  return [
    deny(
      'Trail',
      ['cloudtrail:DeleteTrail', 'cloudtrail:StopLogging'],
      [arnOf('cloudtrail', target, `trail/${site.deployment}-trail-*`, '*')],
    ),
    // CloudFormation cuts the name of the stack in the generated name of a bucket, which has at most 63 characters.
    deny('AuditArchive', ['s3:DeleteBucket', 's3:DeleteBucketPolicy'], [`arn:aws:s3:::${site.deployment}-*auditarchive*`]),
    deny('Keys', ['kms:DeleteImportedKeyMaterial', 'kms:DisableKey', 'kms:DisableKeyRotation', 'kms:ScheduleKeyDeletion'], '*'),
    deny('Backups', ['backup:DeleteBackupVault*', 'backup:DeleteRecoveryPoint', 'rds:DeleteDBClusterSnapshot', 'rds:DeleteDBCluster'], '*'),
  ];
}

// The permissions boundary as a whole document: each statement by its Sid, with its actions in any order.
import { isObject, type Json, type JsonObject } from '../template/assembly';
import { copyRegionOf } from '../template/copies';
import { managedPolicyType } from '../template/resource-types';
import { type Declaration, declare } from './declaration';
import { type Context, type Deviation, type Form, fill } from './form';
import { reachLeaves } from './permissions';

const account = '${AWS::AccountId}';

/** Actions that roles may have: reads, calls of contracts, and services that the denials limit. */
const allowed = [
  ...['acm:AddTagsToCertificate', 'acm:DeleteCertificate', 'acm:Describe*', 'acm:Get*', 'acm:ImportCertificate', 'acm:List*'],
  ...['autoscaling:CompleteLifecycleAction', 'autoscaling:Describe*', 'autoscaling:RecordLifecycleActionHeartbeat'],
  ...['autoscaling:SetInstanceHealth', 'backup:*', 'cloudtrail:*', 'cloudwatch:Describe*', 'cloudwatch:Get*', 'cloudwatch:List*'],
  ...['cloudwatch:PutMetricData', 'dynamodb:*', 'elasticloadbalancing:Describe*'],
  // Export and Import of the revocation list; Assign and Unassign; Create and Delete.
  ...['ec2:*portClientVpn*', 'ec2:*ssignPrivateIp*', 'ec2:*teNetworkInterface', 'ec2:Describe*', 'ec2:Get*'],
  ...['ec2:RevokeSecurityGroup*', 'ec2:TerminateClientVpn*'],
  ...['events:PutEvents', 'firehose:Put*', 'iam:*', 'kinesis:Describe*', 'kinesis:Get*', 'kinesis:List*', 'kinesis:PutRecords'],
  ...['kms:*', 'lambda:Get*', 'lambda:InvokeFunction', 'lambda:List*', 'logs:*', 'network-firewall:Describe*'],
  ...['network-firewall:List*', 'rds-db:connect', 'rds:*', 'route53:ChangeResourceRecordSets', 'route53:Get*', 'route53:List*'],
  ...['route53resolver:Get*', 'route53resolver:List*', 's3:*', 'secretsmanager:CreateSecret', 'secretsmanager:Describe*'],
  ...['secretsmanager:Get*', 'secretsmanager:List*', 'secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecretVersionStage'],
  ...['sns:Publish', 'sqs:DeleteMessage', 'sqs:Get*', 'sqs:ReceiveMessage', 'sqs:SendMessage'],
  ...['ssm:*Document', 'ssm:*DocumentDefault*', 'ssm:*Session', 'ssm:Get*', 'ssm:UpdateInstanceI*'],
  ...['ssmmessages:*', 'sts:*', 'tag:Get*', 'transfer:*'],
];

/** The tunnels and keys of the client-data team. (DSS-5.6.6) */
const connecting = ['ec2-instance-connect:OpenTunnel', 'ec2-instance-connect:SendSSHPublicKey'];

const verbs = (service: string, ...names: readonly string[]): readonly string[] => names.map((verb) => `${service}:${verb}*`);

/** Changes of the network: only templates make them. (TOM-6.6, DSS-5.6.2) */
const networkChanges = [
  ...['ec2:DeleteFlowLogs', 'ec2:Modify*', 'logs:DeleteResourcePolicy', 'logs:PutResourcePolicy'],
  ...verbs('network-firewall', 'Associate', 'Create', 'Delete', 'Disassociate', 'Put', 'Update'),
  ...verbs('route53resolver', 'Associate', 'Create', 'Delete', 'Disassociate', 'Import', 'Put', 'Update'),
];

/** Changes of buckets, and of the retention of their objects. (TOM-3.6, TOM-4.8) */
const bucketChanges = [
  ...['s3:BypassGovernanceRetention', 's3:Create*', 's3:DeleteAccessPoint*', 's3:DeleteBucket*', 's3:DeleteObjectVersion*'],
  ...['s3:Put*Acl', 's3:Put*Configuration', 's3:Put*PublicAccessBlock', 's3:PutAccessPoint*', 's3:PutBucket*'],
  ...['s3:PutObjectL*', 's3:PutObjectR*'],
];

/** Changes that would let a principal out of the boundary. Actions that only remove access stay possible. (TOM-3.5) */
const identityChanges = [
  ...['iam:Deactivate*', 'iam:Detach*', 'iam:TagR*', 'iam:TagU*', 'iam:UntagU*', 'iam:UpdateRole*'],
  ...['iam:Add*', 'iam:AttachG*', 'iam:AttachU*', 'iam:CreateA*', 'iam:CreateL*'],
  ...['iam:CreateO*', 'iam:CreatePolicyV*', 'iam:CreateS*'],
  ...['iam:CreateU*', 'iam:Delete*PermissionsBoundary', 'iam:DeletePolicy*', 'iam:PutG*', 'iam:PutUser*', 'iam:Reset*'],
  ...['iam:Set*', 'iam:UpdateAssume*', 'iam:UpdateLogin*', 'iam:UpdateOpenID*', 'iam:UpdateSAML*', 'iam:Upload*'],
];

const keyChanges = [
  ...['kms:Delete*', 'kms:Disable*', 'kms:EnableKeyRotation', 'kms:Import*', 'kms:PutKeyPolicy', 'kms:ReplicateKey'],
  ...['kms:Schedule*', 'kms:Update*'],
];

const logChanges = [
  ...['logs:*ssociateKmsKey', 'logs:Delete*', 'logs:PutLogG*'],
  ...['logs:PutMetricFilter', 'logs:PutRetentionPolicy', 'logs:PutSubscriptionFilter'],
];

const logGroup = (name: string): string => `arn:aws:logs:*:${account}:log-group:${name}`;
const logGroups = ['/rempart/<deployment>/*', 'aws-waf-logs-<deployment>-edge', '/aws/rds/cluster/<deployment>-data*']
  .concat('/aws/rds/proxy/<deployment>-data*')
  .map(logGroup);

const foreignUses = ['kms:CreateGrant', 'kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'];
const environmentTag = 'aws:ResourceTag/rempart:environment';

/** The roles that work by the roles of the CDK bootstrap, which have other names. (DSS-5.2) */
const deployers = ['deployer', 'recovery'];

/** The statements, each a denial but the first. */
function statements({ facts }: Context): Readonly<Record<string, JsonObject>> {
  const copies = copyRegionOf(facts);
  const regions = copies === undefined ? [facts.region] : [facts.region, copies];
  const everywhere = (...actions: readonly string[]): JsonObject => ({ Action: [...actions], Resource: '*' });
  return {
    BoundedActions: { Effect: 'Allow', ...everywhere(...allowed, ...(facts.settings.access.instanceConnect ? connecting : [])) },
    OtherRegions: {
      ...{ NotAction: ['iam:*', 'route53:*', 'sts:*', 'rds-db:*'], Resource: '*' },
      Condition: { StringNotEquals: { 'aws:RequestedRegion': regions } },
    },
    OtherDatabases: { Action: 'rds-db:*', NotResource: `arn:aws:rds-db:<region>:${account}:*` },
    AuditArchive: {
      ...{ NotAction: ['s3:Get*', 's3:List*', 's3:PutObject'] },
      Resource: ['${account/AuditArchive.Arn}', '${account/AuditArchive.Arn}/*'],
    },
    AuditTrail: {
      NotAction: ['cloudtrail:Describe*', 'cloudtrail:Get*', 'cloudtrail:List*'],
      Resource: `arn:aws:cloudtrail:*:${account}:trail/<deployment>-trail-*`,
    },
    Logs: { Action: logChanges, Resource: logGroups },
    Keys: everywhere(...keyChanges),
    KeyGrants: { ...everywhere('kms:CreateGrant'), Condition: { Bool: { 'kms:GrantIsForAWSResource': 'false' } } },
    Snapshots: everywhere('backup:DeleteBackup*', 'backup:PutBackupVault*', 'rds:Delete*', 'rds:Modify*', 'rds:StartExportTask'),
    OtherEnvironments: {
      ...everywhere('*'),
      Condition: { StringNotEquals: { [environmentTag]: facts.environment }, Null: { [environmentTag]: 'false' } },
    },
    ForeignBackups: { Action: ['rds:Copy*Snapshot', 'rds:Restore*'], NotResource: `arn:aws:rds:*:${account}:*` },
    ForeignKeys: { Action: foreignUses, NotResource: `arn:aws:kms:*:${account}:*` },
    Network: everywhere(...networkChanges),
    Buckets: everywhere(...bucketChanges),
    UnboundedRoles: {
      ...everywhere('iam:AttachRolePolicy', 'iam:CreateRole', 'iam:PutRolePermissionsBoundary', 'iam:PutRolePolicy'),
      Condition: { StringNotEquals: { 'iam:PermissionsBoundary': `arn:aws:iam::${account}:policy/<deployment>-boundary-<region>` } },
    },
    Identities: everywhere(...identityChanges),
    ForeignRoles: {
      ...{ Action: ['iam:PassRole', 'sts:AssumeRole'], NotResource: `arn:aws:iam::${account}:role/<deployment>-*` },
      Condition: { StringNotLike: { 'aws:PrincipalArn': deployers.map((role) => `*:role/<deployment>-${role}-*`) } },
    },
  };
}

/** Sorted lists, and a single value as a list of one: IAM reads both alike. */
function normal(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).toSorted();
  if (!isObject(value)) return [value];
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, member]) => [key, normal(member)] as const)
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
}

const textOf = (statement: Json): string => JSON.stringify(normal(statement));

/** The whole document. A statement that is changed, missing or added is a deviation. */
const documentOf = (statementsOf: typeof statements): Form => ({
  deviations(place) {
    reachLeaves(place.value, place);
    const { value, path, context } = place;
    if (!isObject(value) || !Array.isArray(value.Statement) || value.Version !== '2012-10-17' || Object.keys(value).length !== 2) {
      return [{ path, found: value, required: 'a document of version 2012-10-17 with a list of statements' }];
    }
    const wanted = new Map(
      // Filled before it is sorted: a variable may stand for any text.
      Object.entries(statementsOf(context)).map(([Sid, statement]) => [
        textOf(JSON.parse(fill(JSON.stringify({ Effect: 'Deny', ...statement, Sid }), context)) as Json),
        Sid,
      ]),
    );
    const others = (value.Statement as readonly Json[]).flatMap((statement, index): readonly Deviation[] =>
      wanted.delete(textOf(statement))
        ? []
        : [{ path: `${path}.Statement.${index}`, found: statement, required: 'a statement of lib/tom/world/boundary.ts, unchanged' }],
    );
    return [...others, ...[...wanted.values()].map((Sid) => ({ path, found: undefined, required: `the statement ${Sid}, unchanged` }))];
  },
});

export const boundaryDeclaration: Declaration = declare(managedPolicyType, 'account/BoundaryPolicy', {
  ManagedPolicyName: '<deployment>-boundary-<region>',
  Description: 'Maximum permissions of every role of <deployment>; grants none',
  Path: '/',
  PolicyDocument: documentOf(statements),
});

/** Actions of AWS Backup on the stores of the deployment, as its managed policies have them. */
const backing = [
  ...['backup:CopyFromBackupVault', 'backup:CopyIntoBackupVault', 'backup:DescribeBackupVault', 'backup:TagResource'],
  ...['cloudwatch:GetMetricData', 'events:DescribeRule', 'events:ListRules', 'events:ListTargetsByRule'],
  ...['kms:CreateGrant', 'kms:Decrypt', 'kms:DescribeKey', 'rds:AddTagsToResource', 'rds:CopyDBClusterSnapshot'],
  ...['rds:CreateDBClusterSnapshot', 'rds:DescribeDBClusterSnapshots', 'rds:DescribeDBClusters', 'rds:ListTagsForResource'],
  ...['s3:GetBucketAcl', 's3:GetBucketLocation', 's3:GetBucketNotification', 's3:GetBucketTagging', 's3:GetBucketVersioning'],
  ...['s3:GetInventoryConfiguration', 's3:GetObject', 's3:GetObjectAcl', 's3:GetObjectTagging', 's3:GetObjectVersion'],
  ...['s3:GetObjectVersionAcl', 's3:GetObjectVersionTagging', 's3:ListAllMyBuckets', 's3:ListBucket', 's3:ListBucketVersions'],
  ...['s3:ListTagsForResource', 's3:PutBucketNotification', 's3:PutInventoryConfiguration', 'tag:GetResources'],
];
const backupRules = ['DeleteRule', 'DisableRule', 'EnableRule', 'PutRule', 'PutTargets', 'RemoveTargets'].map((verb) => `events:${verb}`);

/** Denials of the boundary of other roles that the one of the backups has, too. */
const shared = [
  ...['OtherRegions', 'OtherDatabases', 'AuditArchive', 'AuditTrail', 'Keys', 'KeyGrants', 'OtherEnvironments', 'ForeignBackups'],
  ...['ForeignKeys', 'Network', 'Identities'],
];

/** Actions of the function that validates restores, with those of every function. */
const validating = [
  ...['backup:DescribeRestoreJob', 'backup:ListRestoreJobs', 'backup:PutRestoreValidationResult', 'kms:Decrypt', 'kms:GenerateDataKey'],
  ...['lambda:InvokeFunction', 'logs:CreateLogStream', 'logs:PutLogEvents', 'rds:DescribeDBClusters', 'rds:DescribeDBInstances'],
  'sqs:SendMessage',
];

/** The boundary of one role: its own actions, and what AWS Backup names is its alone. */
const ofOneRole =
  (own: readonly string[], named: Readonly<Record<string, JsonObject>>, policy: string) =>
  (context: Context): Readonly<Record<string, JsonObject>> => {
    const others = Object.entries(statements(context));
    const unbounded = others.find(([Sid]) => Sid === 'UnboundedRoles')?.[1] ?? {};
    return {
      ...Object.fromEntries(others.filter(([Sid]) => shared.includes(Sid))),
      OwnActions: { Effect: 'Allow', Action: [...own], Resource: '*' },
      ...named,
      Snapshots: { Action: ['backup:DeleteBackup*', 'backup:PutBackupVault*', 'rds:Modify*', 'rds:StartExportTask'], Resource: '*' },
      UnboundedRoles: {
        ...unbounded,
        Condition: { StringNotEquals: { 'iam:PermissionsBoundary': `arn:aws:iam::${account}:policy/${policy}` } },
      },
    };
  };

/** The boundary of the role of the backups, and that of the validation of restores. (TOM-3.5, DSS-5.4.2, DSS-5.5.1) */
export const roleBoundaryDeclarations: readonly Declaration[] = [
  declare(managedPolicyType, 'account/RoleBoundariesBackups', {
    ManagedPolicyName: '<deployment>-backup-boundary-<region>',
    Description: 'Maximum permissions of the backups of <deployment>; grants none',
    Path: '/',
    PolicyDocument: documentOf(
      ofOneRole(
        backing,
        {
          ManagedByAwsBackup: {
            Effect: 'Allow',
            Action: [...backupRules, 'rds:DeleteDBClusterSnapshot'],
            Resource: [`arn:aws:events:*:${account}:rule/AwsBackupManagedRule*`, `arn:aws:rds:*:${account}:cluster-snapshot:awsbackup:*`],
          },
        },
        '<deployment>-backup-boundary-<region>',
      ),
    ),
  }),
  declare(managedPolicyType, 'account/RoleBoundariesRestores', {
    ManagedPolicyName: '<deployment>-restore-boundary-<region>',
    Description: 'Maximum permissions of the validation of restores of <deployment>; grants none',
    Path: '/',
    PolicyDocument: documentOf(
      ofOneRole(
        validating,
        {
          RestoredForATest: {
            Effect: 'Allow',
            Action: ['rds:AddTagsToResource', 'rds:CreateDBInstance', 'rds:DeleteDBInstance'],
            Resource: ['cluster', 'db'].map((type) => `arn:aws:rds:*:${account}:${type}:awsbackup-restore-test-*`),
          },
        },
        '<deployment>-restore-boundary-<region>',
      ),
    ),
  }),
];

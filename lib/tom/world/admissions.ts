// Admissions: who is admitted by the policies of stores, keys, queues, topics, logs and functions, for which actions.
// The table is closed: no policy of a resource admits anybody else.
import { lakeRoles } from '../../config/names';
import { functionRoles, scheduleRoles } from './identity';
import { lakeRoleId, trustedBy } from './lake';

export interface Admission {
  /** Name of the resource that has the policy, or of its policy. */
  readonly policy: string;
  /** The service of AWS, or the ARN. Texts may have variables, as in `logs.<region>.amazonaws.com`. */
  readonly principal: string;
  readonly actions: readonly string[];
  /** In the policy of a key `*` is the key. */
  readonly resources: readonly string[];
}

const iam = 'arn:aws:iam::${AWS::AccountId}';
/** The account itself: the permissions of its roles decide. */
const account = `${iam}:root`;
const archive = '${account/AuditArchive.Arn}';
const landing = '${account/EdgeLogLanding.Arn}';
const vendedLogs = 'delivery.logs.amazonaws.com';
const logs = 'logs.<region>.amazonaws.com';
const writesLog = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const usesKey = ['kms:Decrypt', 'kms:GenerateDataKey*'];
const usesKeyForRecords = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'];

const admits = (policy: string, principal: string, actions: readonly string[], ...resources: readonly string[]): Admission => ({
  ...{ policy, principal, actions, resources },
});

const keys: readonly Admission[] = [
  ...['account/AuditKey', 'account/DeploymentKey', 'data/DataKey'].flatMap((key) => [
    admits(key, account, ['kms:*'], '*'),
    admits(key, logs, usesKeyForRecords, '*'),
  ]),
  // AWS Backup uses them by grants.
  admits('account/BackupsKey', account, ['kms:*'], '*'),
  admits('recovery/CopiesKey', account, ['kms:*'], '*'),
  admits('recovery/ReplicaKey', account, ['kms:*'], '*'),
  // Its policy denies the signature to all but the authority.
  admits('access/VpnKey', account, ['kms:*'], '*'),
  admits('account/AuditKey', 'cloudtrail.amazonaws.com', ['kms:DescribeKey', 'kms:GenerateDataKey*'], '*'),
  admits('account/AuditKey', vendedLogs, usesKeyForRecords, '*'),
  admits('account/DeploymentKey', 'cloudwatch.amazonaws.com', usesKey, '*'),
  admits('account/DeploymentKey', 'events.amazonaws.com', usesKey, '*'),
  // The secrets and disks of the deployment: Secrets Manager and EC2 create grants for them.
  admits('data/DataKey', account, [...usesKeyForRecords, 'kms:CreateGrant'], '*'),
  admits(
    'data/DataKey',
    `${iam}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling_<deployment>-<site>`,
    [...usesKeyForRecords, 'kms:CreateGrant'],
    '*',
  ),
];

/** The table. */
export const admissions: readonly Admission[] = [
  ...keys,
  admits('account/AuditArchivePolicy', 'cloudtrail.amazonaws.com', ['s3:GetBucketAcl'], archive),
  admits('account/AuditArchivePolicy', 'cloudtrail.amazonaws.com', ['s3:PutObject'], `${archive}/cloudtrail/AWSLogs/\${AWS::AccountId}/*`),
  admits('account/AuditArchivePolicy', vendedLogs, ['s3:GetBucketAcl', 's3:ListBucket'], archive),
  admits('account/AuditArchivePolicy', vendedLogs, ['s3:PutObject'], `${archive}/flow-logs/AWSLogs/aws-account-id=\${AWS::AccountId}/*`),
  admits('account/AuditArchivePolicy', logs, ['s3:GetBucketAcl'], archive),
  admits('account/AuditArchivePolicy', logs, ['s3:PutObject'], `${archive}/sessions/*`),
  admits(
    'account/EdgeLogLandingPolicy',
    'logdelivery.elasticloadbalancing.amazonaws.com',
    ['s3:PutObject'],
    ...['access', 'connection'].map((prefix) => `${landing}/${prefix}/AWSLogs/\${AWS::AccountId}/*`),
  ),
  admits(
    'account/EdgeLogRedactionFunctionDeadLettersPolicy',
    'events.amazonaws.com',
    ['sqs:SendMessage'],
    '${account/EdgeLogRedactionFunctionDeadLetters.Arn}',
  ),
  admits('account/EdgeLogRedactionNoticesPolicy', 'events.amazonaws.com', ['sqs:SendMessage'], '${account/EdgeLogRedactionNotices.Arn}'),
  admits('access/ManagementVpnDeliveryResourcePolicy', vendedLogs, writesLog, '${access/ManagementVpnTunnels.Arn}'),
  admits('edge/FirewallDeliveryResourcePolicy', vendedLogs, writesLog, '${edge/FirewallLog.Arn}'),
  admits(
    'network/LogDeliveryResourcePolicy',
    vendedLogs,
    writesLog,
    ...['DnsQueries', 'FirewallAlerts', 'FirewallFlows'].map((log) => `\${network/${log}.Arn}`),
  ),
  admits('account/AccessAnalysisFindingsPolicy', 'events.amazonaws.com', ['sqs:SendMessage'], '${account/AccessAnalysisFindings.Arn}'),
  admits(
    'account/AccessAnalysisUndeliveredPolicy',
    'events.amazonaws.com',
    ['sqs:SendMessage'],
    '${account/AccessAnalysisUndelivered.Arn}',
  ),
  admits('account/AlarmsPolicy', 'cloudwatch.amazonaws.com', ['sns:Publish'], '${account/Alarms}'),
  admits(
    'backup/RestoreValidationFunctionDeadLettersPolicy',
    'events.amazonaws.com',
    ['sqs:SendMessage'],
    '${backup/RestoreValidationFunctionDeadLetters.Arn}',
  ),
  admits(
    'backup/RestoreValidationFunctionRule',
    'events.amazonaws.com',
    ['lambda:InvokeFunction'],
    '${backup/RestoreValidationFunction.Arn}',
  ),
  admits(
    'access/OpenPortGuardFunctionDeadLettersPolicy',
    'events.amazonaws.com',
    ['sqs:SendMessage'],
    '${access/OpenPortGuardFunctionDeadLetters.Arn}',
  ),
  admits('access/OpenPortGuardFunctionRule', 'events.amazonaws.com', ['lambda:InvokeFunction'], '${access/OpenPortGuardFunction.Arn}'),
  admits('access/TamperGuardRecords', 'logs.amazonaws.com', ['lambda:InvokeFunction'], '${access/TamperGuardFunction.Arn}'),
  admits(
    'collection/CollectorsReplacementFunctionDeadLettersPolicy',
    'events.amazonaws.com',
    ['sqs:SendMessage'],
    '${collection/CollectorsReplacementFunctionDeadLetters.Arn}',
  ),
  admits(
    'collection/CollectorsReplacementFunctionRule',
    'events.amazonaws.com',
    ['lambda:InvokeFunction'],
    '${collection/CollectorsReplacementFunction.Arn}',
  ),
  admits(
    'data/ContextKeyRotationInvoked',
    'secretsmanager.amazonaws.com',
    ['lambda:InvokeFunction'],
    '${data/ContextKeyRotationFunction.Arn}',
  ),
];

const ofEach = (ids: readonly string[], service: string): Readonly<Record<string, string>> =>
  Object.fromEntries(ids.map((id) => [`${id}Role`, service]));

/** The one service of AWS that assumes each role. */
export const assumedBy: Readonly<Record<string, string>> = {
  ...ofEach(Object.keys(functionRoles), 'lambda.amazonaws.com'),
  ...ofEach(Object.keys(scheduleRoles), 'scheduler.amazonaws.com'),
  'account/AuditTrailLogRole': 'cloudtrail.amazonaws.com',
  'backup/BackupRole': 'backup.amazonaws.com',
  'backup/RestoreTestsRole': 'backup.amazonaws.com',
  'collection/CollectorsRole': 'ec2.amazonaws.com',
  'data/ArchiveReplicationRole': 's3.amazonaws.com',
  'collection/HitArchiveRole': 'firehose.amazonaws.com',
  'data/ProxyRole': 'rds.amazonaws.com',
};

/** The roles of functions that assume each of these roles, by ARN, with a tag of the session. (TOM-4.1) */
export const assumedByRoles: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  lakeRoles.map((role) => [lakeRoleId(role), trustedBy(role)]),
);

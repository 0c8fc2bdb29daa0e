// Access to data: who reads, writes, lists, encrypts and decrypts the content of each store, queue, log and key. The
// table is closed: no role holds an action on data, or a read, that is not here. Secrets, sign-ins and invocations are
// in powers.ts. It judges contracts too: a call that a calls.ts declares is a finding without an entry here.
import { configurationReads } from '../template/configuration-reads';
import { backupAccesses, backupDescriptions } from './backup-access';
import type { Access, Entry, Family, Use } from './held';
import { functionRoles, scheduleRoles } from './identity';
import { lakeRoleId } from './lake';
import { peopleRoleId } from './people-roles';
import { rolesOf, server, shellRoles } from './powers';

const everyFunction: Family = { title: 'the role of each function', ids: Object.keys(functionRoles) };
const everyFunctionInVpc: Family = {
  title: 'the role of each function in the VPC',
  ids: Object.entries(functionRoles)
    .filter(([, { inVpc }]) => inVpc)
    .map(([id]) => id),
};
const everySchedule: Family = { title: 'the role of each schedule', ids: Object.keys(scheduleRoles) };

/** Role with which Firehose delivers hits to the archive. */
const delivery = 'collection/HitArchiveRole';
const logActions = ['logs:CreateLogStream', 'logs:PutLogEvents'];

const entry = (store: string, use: Use, actions: readonly string[], resources: readonly string[], holders: readonly string[]): Entry => ({
  ...{ store, use, actions, resources, holders },
});
const ofEach = (family: Family, store: string, use: Use, actions: readonly string[], resources: readonly string[]): Entry => ({
  ...entry(store, use, actions, resources, ['<id>Role']),
  family,
});
const dataKey = (through: string, use: 'decrypt' | 'encrypt', ...holders: readonly string[]): Entry => ({
  ...entry('data/DataKey', use, [use === 'decrypt' ? 'kms:Decrypt' : 'kms:GenerateDataKey'], ['${data/DataKey.Arn}'], holders),
  through,
});

const archived = 'arn:aws:s3:::<deployment>-archive-${AWS::AccountId}-<region>';
const deliveries = [`${archived}/hits/*`, `${archived}/hits-errors/*`];
const objectsOfSite = ['${data/Archive.Arn}/lake/site=$!{aws:PrincipalTag/rempart:site}/*'];
const lakeWriter = lakeRoleId('lake-writer');
const lakeRoles = [lakeRoleId('lake-reader'), lakeWriter];
const settings = '${data/Settings.Arn}/sites.json';
const redaction = rolesOf('log-redaction');
const redacted = ['pseudonymous', 'whole'].map((prefix) => `\${account/EdgeLogs.Arn}/${prefix}/*`);
const sessions = 'arn:aws:logs:<region>:${AWS::AccountId}:log-group:/rempart/<deployment>/sessions:*';
const setAside = 'arn:aws:s3:::<deployment>-dead-letters-${AWS::AccountId}-<region>/*';
const vpnRegistry = '${access/VpnRegistry.Arn}/certificates.json';
const itTeam = `${peopleRoleId('it-team')}Role`;
/** The IT team, and the function that renews the revocation list. */
const vpnSigners = [...rolesOf('revocation-list'), itTeam];
const streamReads = ['DescribeStream', 'DescribeStreamSummary', 'GetRecords', 'GetShardIterator', 'ListShards'].map(
  (action) => `kinesis:${action}`,
);

/** The table, by store. */
export const accessTable: readonly Entry[] = [
  ...backupAccesses,
  entry('data/Hits', 'write', ['kinesis:PutRecords'], ['${data/Hits.Arn}'], [server]),
  entry('data/Hits', 'read', streamReads, ['${data/Hits.Arn}'], [...rolesOf('ingest'), delivery]),
  entry('data/Archive', 'write', ['s3:PutObject'], ['${data/Archive.Arn}/exports/*'], rolesOf('person-export')),
  // The objects of one site, that of the session.
  entry('data/Archive', 'read', ['s3:GetObject'], objectsOfSite, lakeRoles),
  entry('data/Archive', 'write', ['s3:PutObject'], objectsOfSite, [lakeWriter]),
  // A file that is gone is restored from a version.
  entry('data/Archive', 'read', ['s3:GetObjectVersion'], objectsOfSite, [lakeWriter]),
  entry('data/Archive', 'list', ['s3:ListBucketVersions'], ['${data/Archive.Arn}'], [lakeWriter]),
  entry('data/Archive', 'write', ['s3:AbortMultipartUpload', 's3:PutObject'], deliveries, [delivery]),
  // Firehose appends to an upload that it has begun.
  entry('data/Archive', 'read', ['s3:GetObject'], deliveries, [delivery]),
  entry(
    'data/Archive',
    'list',
    ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
    ['${data/Archive.Arn}'],
    [delivery],
  ),
  entry('data/DeadLetters', 'read', ['s3:GetObject'], [setAside], rolesOf('ingest')),
  entry('data/DeadLetters', 'write', ['s3:PutObject'], [setAside], rolesOf('ingest')),
  entry('data/DeadLetters', 'list', ['s3:ListBucket'], ['${data/DeadLetters.Arn}'], rolesOf('ingest')),
  entry('data/Settings', 'read', ['s3:GetObject'], [settings], [...rolesOf('site-snapshot'), server]),
  entry('data/Settings', 'write', ['s3:PutObject'], [settings], rolesOf('site-snapshot')),
  entry('data/Settings', 'list', ['s3:ListBucket'], ['${data/Settings.Arn}'], rolesOf('site-snapshot')),
  // The record of each exported day, and the object with which CloudWatch Logs tests the permission of its caller.
  entry(
    'account/AuditArchive',
    'write',
    ['s3:PutObject'],
    ['completed/*', '*/aws-logs-write-test'].map((key) => `\${account/AuditArchive.Arn}/sessions/${key}`),
    rolesOf('session-archive'),
  ),
  entry('account/AuditArchive', 'list', ['s3:ListBucket'], ['${account/AuditArchive.Arn}'], rolesOf('session-archive')),
  {
    ...entry('account/AuditKey', 'encrypt', ['kms:GenerateDataKey'], ['${account/AuditKey.Arn}'], rolesOf('session-archive')),
    through: 's3',
  },
  entry('account/EdgeLogLanding', 'read', ['s3:GetObject'], ['${account/EdgeLogLanding.Arn}/*'], redaction),
  entry('account/EdgeLogLanding', 'list', ['s3:ListBucket'], ['${account/EdgeLogLanding.Arn}'], redaction),
  // Read to compare the checksum before the raw log is deleted.
  entry('account/EdgeLogs', 'read', ['s3:GetObject'], redacted, redaction),
  entry('account/EdgeLogs', 'write', ['s3:PutObject'], redacted, redaction),
  entry('account/EdgeLogRedactionNotices', 'read', ['sqs:GetQueueAttributes'], ['${account/EdgeLogRedactionNotices.Arn}'], redaction),
  entry('access/VpnRegistry', 'read', ['s3:GetObject'], [vpnRegistry], [...rolesOf('connection-handler'), ...vpnSigners]),
  entry('access/VpnRegistry', 'write', ['s3:PutObject'], [vpnRegistry], vpnSigners),
  entry('access/VpnRegistry', 'list', ['s3:ListBucket'], ['${access/VpnRegistry.Arn}'], [...rolesOf('connection-handler'), ...vpnSigners]),
  {
    ...entry('account/DeploymentKey', 'decrypt', ['kms:Decrypt'], ['${account/DeploymentKey.Arn}'], [itTeam]),
    through: 's3',
  },
  {
    ...entry('account/DeploymentKey', 'encrypt', ['kms:GenerateDataKey'], ['${account/DeploymentKey.Arn}'], [itTeam]),
    through: 's3',
  },
  entry('the bucket of the CDK bootstrap', 'read', ['s3:GetObject'], ['<bootObjects>'], [server]),
  dataKey('s3', 'decrypt', ...rolesOf('ingest', 'site-snapshot'), ...lakeRoles, server, delivery),
  dataKey('s3', 'encrypt', ...rolesOf('ingest', 'person-export', 'site-snapshot'), lakeWriter, delivery),
  dataKey('kinesis', 'decrypt', ...rolesOf('ingest'), delivery),
  dataKey('kinesis', 'encrypt', server),
  dataKey(
    'secretsmanager',
    'decrypt',
    ...rolesOf('context-key-rotation', 'database-upkeep', 'generated-data', 'ingest', 'migrations', 'person-erase', 'person-export'),
    ...rolesOf('lake-export', 'lake-upkeep', 'site-admin'),
    server,
  ),
  dataKey('secretsmanager', 'encrypt', ...rolesOf('context-key-rotation', 'site-admin')),
  ...[everyFunction, everySchedule].flatMap((family) => [
    ofEach(family, 'account/DeploymentKey', 'decrypt', ['kms:Decrypt'], ['${account/DeploymentKey.Arn}']),
    ofEach(family, 'account/DeploymentKey', 'encrypt', ['kms:GenerateDataKey'], ['${account/DeploymentKey.Arn}']),
  ]),
  ofEach(everyFunction, '<id>DeadLetters', 'write', ['sqs:SendMessage'], ['${<id>DeadLetters.Arn}']),
  ofEach(everySchedule, '<id>FunctionDeadLetters', 'write', ['sqs:SendMessage'], ['${<id>FunctionDeadLetters.Arn}']),
  ofEach(everyFunction, '<id>Log', 'write', logActions, ['${<id>Log.Arn}']),
  entry('collection/CollectorsLogGroup', 'write', logActions, ['${collection/CollectorsLogGroup.Arn}'], [server]),
  entry('access/SessionsLog', 'write', logActions, [sessions], [server]),
  entry('access/SessionsLog', 'list', ['logs:DescribeLogStreams'], [sessions], [server]),
  // The key of a session, between person and server.
  entry('account/DeploymentKey', 'encrypt', ['kms:GenerateDataKey'], ['${account/DeploymentKey.Arn}'], shellRoles),
  entry('account/DeploymentKey', 'decrypt', ['kms:Decrypt'], ['${account/DeploymentKey.Arn}'], [server]),
  entry('collection/HitArchiveLog', 'write', ['logs:PutLogEvents'], ['${collection/HitArchiveLog.Arn}'], [delivery]),
  entry('account/AuditTrailLogGroup', 'write', logActions, ['${account/AuditTrailLogGroup.Arn}'], ['account/AuditTrailLogRole']),
  // Network interfaces of functions in the VPC: least-privilege requires their denial to the code.
  ofEach(
    everyFunctionInVpc,
    'network interfaces of functions',
    'connect',
    ['AssignPrivateIpAddresses', 'CreateNetworkInterface', 'DeleteNetworkInterface', 'UnassignPrivateIpAddresses'].map(
      (action) => `ec2:${action}`,
    ),
    ['*'],
  ),
];

/** The table with one entry for each role of a family. */
export const accesses: readonly Access[] = accessTable.flatMap(({ family, ...access }) =>
  family === undefined ? [access] : family.ids.map((id) => JSON.parse(JSON.stringify(access).replaceAll('<id>', id)) as Access),
);

/** Actions of the table: they handle data, and change no control. */
export const dataActions: readonly string[] = [...new Set(accesses.flatMap(({ actions }) => actions))].toSorted();

/** Reads that describe resources and return no content of a store. Every role may hold them. */
export const descriptions: readonly string[] = [
  ...configurationReads,
  ...backupDescriptions,
  // The certificate and its chain, without the private key.
  'acm:GetCertificate',
  'acm:ListCertificates',
  'acm:ListTagsForCertificate',
  'autoscaling:DescribeAutoScalingGroups',
  'autoscaling:DescribeScalingActivities',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'cloudwatch:ListMetrics',
  'ec2:DescribeClientVpnConnections',
  'ec2:DescribeClientVpnEndpoints',
  'ec2:DescribeFlowLogs',
  'ec2:DescribeImageAttribute',
  'ec2:DescribeImages',
  'ec2:DescribeInstanceConnectEndpoints',
  'ec2:DescribeInstances',
  'ec2:DescribeNetworkAcls',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeRouteTables',
  'ec2:DescribeSecurityGroupRules',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSnapshotAttribute',
  'ec2:DescribeSnapshots',
  'ec2:DescribeSubnets',
  'ec2:DescribeVolumes',
  'ec2:DescribeVpcBlockPublicAccessOptions',
  'ec2:DescribeVpcEndpoints',
  'ec2:DescribeVpcs',
  'ec2:DescribeVpnConnections',
  'ec2:GetManagedPrefixListEntries',
  'elasticloadbalancing:DescribeListeners',
  'elasticloadbalancing:DescribeLoadBalancerAttributes',
  'elasticloadbalancing:DescribeLoadBalancers',
  'elasticloadbalancing:DescribeTargetGroups',
  'elasticloadbalancing:DescribeTargetHealth',
  'iam:GetAccessKeyLastUsed',
  'iam:GetAccountPasswordPolicy',
  'iam:GetAccountSummary',
  'iam:GetCredentialReport',
  'iam:GetLoginProfile',
  'iam:GetUser',
  'iam:ListPolicies',
  'iam:ListPolicyTags',
  'iam:ListUsers',
  'kms:GetPublicKey',
  'kms:ListAliases',
  'kms:ListGrants',
  'kms:ListKeys',
  'logs:DescribeExportTasks',
  'logs:DescribeSubscriptionFilters',
  'rds:DescribeDBClusterSnapshotAttributes',
  'rds:DescribeDBClusterSnapshots',
  'rds:DescribeDBSnapshotAttributes',
  'rds:DescribeDBSnapshots',
  'route53:GetChange',
  's3:ListAllMyBuckets',
  // Dates of versions, without a value.
  'secretsmanager:ListSecretVersionIds',
  'ssm:DescribeDocument',
  'ssm:GetDocument',
];

// Calls contracts of the roles that services of AWS assume: each call is made by the service.
import { type Call, keyThrough, streamReads } from '../../runtime/calls';
import { backedUpDataBuckets } from './names';
import { replicatedFolders } from './replica-names';

/** EventBridge Scheduler starts one function. `<schedule>` is the beginning of the names. */
export const scheduleCalls: readonly Call[] = [
  { actions: ['lambda:InvokeFunction'], resources: ['${<schedule>Function.Arn}'], by: 'EventBridge Scheduler' },
  { actions: ['sqs:SendMessage'], resources: ['${<schedule>FunctionDeadLetters.Arn}'], by: 'EventBridge Scheduler, for failed starts' },
  {
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: ['${account/DeploymentKey.Arn}'],
    by: 'EventBridge Scheduler and SQS, which encrypt schedule and dead letters',
  },
];

/** CloudTrail writes its records to the log group of the trail. (TOM-3.6) */
export const trailLogCalls: readonly Call[] = [
  { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: ['${account/AuditTrailLogGroup.Arn}'], by: 'CloudTrail' },
];

const archived = 'arn:aws:s3:::<deployment>-archive-${AWS::AccountId}-<region>';

/** "Grant Firehose access to an Amazon S3 destination", without the actions for buckets of other accounts. */
export const hitArchiveCalls: readonly Call[] = [
  ...streamReads('Firehose'),
  {
    actions: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
    resources: [`${archived}/hits/*`, `${archived}/hits-errors/*`],
    by: 'Firehose',
  },
  {
    actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
    resources: ['${data/Archive.Arn}'],
    by: 'Firehose',
  },
  keyThrough('s3', 'S3', 'kms:Decrypt', 'kms:GenerateDataKey'),
  { actions: ['logs:PutLogEvents'], resources: ['${collection/HitArchiveLog.Arn}'], by: 'Firehose' },
];

const clusterUser = 'arn:aws:rds-db:<region>:${AWS::AccountId}:dbuser:${data/DatabaseCluster.DBClusterResourceId}';

/** The proxy signs in to the cluster as the users of the functions. (TOM-4.1) */
export const proxyCalls: readonly Call[] = [
  {
    actions: ['rds-db:connect'],
    resources: [`${clusterUser}/rempart_application`, `${clusterUser}/rempart_maintenance`],
    by: 'RDS Proxy',
  },
];

const by = 'AWS Backup';
const clusters = ['<deployment>-data', '<deployment>-data-????????'].map(
  (name) => `arn:aws:rds:<region>:\${AWS::AccountId}:cluster:${name}`,
);
const snapshotsIn = (region: string): string => `arn:aws:rds:${region}:\${AWS::AccountId}:cluster-snapshot:awsbackup:*`;
const pointsIn = (region: string): string => `arn:aws:backup:${region}:\${AWS::AccountId}:recovery-point:*`;
const backupsVault = 'arn:aws:backup:<region>:${AWS::AccountId}:backup-vault:<deployment>-backups';
const copiesVault = 'arn:aws:backup:<copyRegion>:${AWS::AccountId}:backup-vault:<deployment>-copies';
const managedRules = 'arn:aws:events:<region>:${AWS::AccountId}:rule/AwsBackupManagedRule*';
const backedUpBuckets = backedUpDataBuckets.map((use) => `arn:aws:s3:::<deployment>-${use}-\${AWS::AccountId}-<region>`);
/** A grant for RDS, which opens the snapshot with it. */
const forRds = { Bool: { 'kms:GrantIsForAWSResource': 'true' } };
/** The key of the vault with the copies, whose id is in the other region. */
const copiesKey = { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/<deployment>-copies' } };
const copiesKeys = ['arn:aws:kms:<copyRegion>:${AWS::AccountId}:key/*'];
/** Calls with copies alone: a recovered site has none until its home region answers. */
const copies = ['copies'];

/**
 * AWS Backup backs up the database: what its managed policy for backups has of clusters. The deletion is the expiry of
 * a snapshot; RDS refuses it to every other caller. (DSS-5.4.2, DSS-5.4.3)
 */
const databaseBackupCalls: readonly Call[] = [
  { actions: ['rds:DescribeDBClusterSnapshots', 'rds:DescribeDBClusters'], resources: ['*'], by },
  { actions: ['rds:ListTagsForResource'], resources: [...clusters, snapshotsIn('<region>')], by },
  { actions: ['rds:CreateDBClusterSnapshot'], resources: [...clusters, snapshotsIn('<region>')], by },
  { actions: ['rds:AddTagsToResource', 'rds:DeleteDBClusterSnapshot'], resources: [snapshotsIn('<region>')], by },
  { actions: ['kms:DescribeKey'], resources: ['${data/DataKey.Arn}', '${account/BackupsKey.Arn}'], by },
  { actions: ['kms:CreateGrant'], resources: ['${data/DataKey.Arn}'], conditions: forRds, by },
  { actions: ['rds:ListTagsForResource'], resources: [snapshotsIn('<copyRegion>')], by, modes: copies },
  { actions: ['rds:CopyDBClusterSnapshot'], resources: [snapshotsIn('<region>'), snapshotsIn('<copyRegion>')], by, modes: copies },
  { actions: ['rds:AddTagsToResource', 'rds:DeleteDBClusterSnapshot'], resources: [snapshotsIn('<copyRegion>')], by, modes: copies },
  { actions: ['kms:DescribeKey'], resources: copiesKeys, conditions: copiesKey, by, modes: copies },
  { actions: ['kms:CreateGrant'], resources: copiesKeys, conditions: { ...forRds, ...copiesKey }, by, modes: copies },
];

/** AWS Backup reads buckets: its managed policy for S3 backups, on the buckets that are backed up. (DSS-5.4.2) */
const bucketBackupCalls: readonly Call[] = [
  {
    actions: [
      's3:GetBucketAcl',
      's3:GetBucketLocation',
      's3:GetBucketNotification',
      's3:GetBucketTagging',
      's3:GetBucketVersioning',
      's3:GetInventoryConfiguration',
      's3:ListBucket',
      's3:ListBucketVersions',
      's3:ListTagsForResource',
    ],
    resources: backedUpBuckets,
    by,
  },
  // An inventory lists a bucket for its first backup; the notifications to EventBridge are on already.
  { actions: ['s3:PutBucketNotification', 's3:PutInventoryConfiguration'], resources: backedUpBuckets, by },
  {
    actions: [
      's3:GetObject',
      's3:GetObjectAcl',
      's3:GetObjectTagging',
      's3:GetObjectVersion',
      's3:GetObjectVersionAcl',
      's3:GetObjectVersionTagging',
    ],
    resources: backedUpBuckets.map((bucket) => `${bucket}/*`),
    by,
  },
  { actions: ['s3:ListAllMyBuckets'], resources: ['*'], by },
  {
    actions: ['kms:Decrypt'],
    resources: ['${data/DataKey.Arn}', '${account/DeploymentKey.Arn}'],
    conditions: { StringEquals: { 'kms:ViaService': 's3.<region>.amazonaws.com' } },
    by,
  },
  {
    actions: [
      'events:DeleteRule',
      'events:DescribeRule',
      'events:DisableRule',
      'events:EnableRule',
      'events:ListTargetsByRule',
      'events:PutRule',
      'events:PutTargets',
      'events:RemoveTargets',
    ],
    resources: [managedRules],
    by,
  },
  { actions: ['cloudwatch:GetMetricData', 'events:ListRules'], resources: ['*'], by },
];

/** All calls of the role for backups and their copies. */
export const backupCalls: readonly Call[] = [
  ...databaseBackupCalls,
  ...bucketBackupCalls,
  { actions: ['tag:GetResources'], resources: ['*'], by },
  { actions: ['backup:DescribeBackupVault'], resources: [backupsVault], by },
  { actions: ['backup:TagResource'], resources: [pointsIn('<region>'), snapshotsIn('<region>')], by },
  { actions: ['backup:DescribeBackupVault', 'backup:CopyIntoBackupVault'], resources: [copiesVault], by, modes: copies },
  { actions: ['backup:TagResource'], resources: [pointsIn('<copyRegion>'), snapshotsIn('<copyRegion>')], by, modes: copies },
  {
    actions: ['backup:CopyFromBackupVault'],
    resources: [pointsIn('<region>'), snapshotsIn('<region>')],
    conditions: { 'ForAnyValue:ArnEquals': { 'backup:CopyTargets': copiesVault } },
    by,
    modes: copies,
  },
];

const replicated = (bucket: string): readonly string[] => Object.values(replicatedFolders).map((folder) => `${bucket}/${folder}*`);
const replica = 'arn:aws:s3:::<deployment>-replica-${AWS::AccountId}-<copyRegion>';

/**
 * S3 replicates the archive ("Setting up permissions for live replication", "Replicating encrypted objects"). The
 * archive is named, since it waits for these permissions. (DSS-5.4.2)
 */
export const archiveReplicationCalls: readonly Call[] = [
  { actions: ['s3:GetReplicationConfiguration', 's3:ListBucket'], resources: [archived], by: 'S3' },
  {
    actions: ['s3:GetObjectVersionAcl', 's3:GetObjectVersionForReplication', 's3:GetObjectVersionTagging'],
    resources: replicated(archived),
    by: 'S3',
  },
  { actions: ['s3:ReplicateDelete', 's3:ReplicateObject', 's3:ReplicateTags'], resources: replicated(replica), by: 'S3' },
  keyThrough('s3', 'S3', 'kms:Decrypt'),
  {
    actions: ['kms:Encrypt', 'kms:GenerateDataKey'],
    resources: copiesKeys,
    conditions: {
      'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/<deployment>-archive-replica' },
      StringEquals: { 'kms:ViaService': 's3.<copyRegion>.amazonaws.com' },
    },
    by: 'S3',
  },
];

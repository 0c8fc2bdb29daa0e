// Calls contracts of the roles that services of AWS assume: each call is made by the service.
import { type Call, keyThrough, streamReads } from '../../runtime/calls';

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

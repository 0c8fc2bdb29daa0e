// Calls contract between construct and handler: the AWS calls of the function, each with its resource.
import type { Call } from '../../../runtime/calls';

export const calls: readonly Call[] = [
  // Both actions only read, and do not support resource-level permissions.
  { actions: ['logs:DescribeExportTasks', 'logs:DescribeLogGroups'], resources: ['*'] },
  // The ARN of a log group ends with its streams.
  {
    actions: ['logs:CreateExportTask'],
    resources: ['arn:aws:logs:<region>:${AWS::AccountId}:log-group:/rempart/<deployment>/sessions:*'],
  },
  {
    actions: ['s3:ListBucket'],
    resources: ['${account/AuditArchive.Arn}'],
    conditions: { StringEquals: { 's3:prefix': 'sessions/completed/' } },
  },
  { actions: ['s3:PutObject'], resources: ['${account/AuditArchive.Arn}/sessions/completed/*'] },
  // "CreateExportTask": the caller needs permission to write to the bucket.
  {
    actions: ['s3:PutObject'],
    resources: ['${account/AuditArchive.Arn}/sessions/*/aws-logs-write-test'],
    by: 'CloudWatch Logs, which tests the permission of its caller',
  },
  {
    actions: ['kms:GenerateDataKey'],
    resources: ['${account/AuditKey.Arn}'],
    conditions: { StringEquals: { 'kms:ViaService': 's3.<region>.amazonaws.com' } },
    by: 'S3, which uses the key for the role',
  },
];

// Calls contract between construct and handler: the AWS calls of the function, each with its resource.
import type { Call } from '../../../runtime/calls';

/** Resources of restore tests, by the prefix that AWS Backup gives to what it restores ("Restore testing"). */
const ofTests = (type: string) => `arn:aws:rds:<region>:\${AWS::AccountId}:${type}:awsbackup-restore-test-*`;

export const calls: readonly Call[] = [
  // Jobs of restores have no ARN.
  { actions: ['backup:DescribeRestoreJob', 'backup:ListRestoreJobs', 'backup:PutRestoreValidationResult'], resources: ['*'] },
  // The action only reads, and finds instances by their tags.
  { actions: ['rds:DescribeDBInstances'], resources: ['*'] },
  { actions: ['rds:DescribeDBClusters'], resources: [ofTests('cluster')] },
  {
    actions: ['rds:CreateDBInstance'],
    resources: [ofTests('cluster'), ofTests('db')],
  },
  { actions: ['rds:DeleteDBInstance'], resources: [ofTests('db')] },
  // Tags of a new instance, and the verdict at the cluster.
  { actions: ['rds:AddTagsToResource'], resources: [ofTests('cluster'), ofTests('db')] },
  { actions: ['lambda:InvokeFunction'], resources: ['${backup/RestoreValidationReaderFunction.Arn}'] },
];

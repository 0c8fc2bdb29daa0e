// Calls contract between construct and handler: the AWS calls of the function, each with its resource.
import type { Call } from '../../../runtime/calls';

const vaultOf = (region: string) => `arn:aws:backup:${region}:\${AWS::AccountId}:backup-vault:<deployment>-*`;

export const calls: readonly Call[] = [
  {
    actions: ['backup:DescribeBackupVault', 'backup:ListRecoveryPointsByBackupVault'],
    resources: ['<region>', '<recoveryRegion>'].map(vaultOf),
  },
  // Lists of jobs, clusters, snapshots and buckets: the actions only read, and a leftover can have any name.
  {
    actions: [
      'backup:ListBackupJobs',
      'backup:ListCopyJobs',
      'rds:DescribeDBClusterSnapshots',
      'rds:DescribeDBClusters',
      's3:ListAllMyBuckets',
    ],
    resources: ['*'],
  },
  { actions: ['s3:GetBucketNotification', 's3:GetBucketVersioning'], resources: ['arn:aws:s3:::<deployment>-*'] },
];

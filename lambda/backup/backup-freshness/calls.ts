// Calls contract between construct and handler: the AWS calls of the function, each with its resource.
import type { Call } from '../../../runtime/calls';

const vaultReads = ['backup:DescribeBackupVault', 'backup:ListRecoveryPointsByBackupVault'];

export const calls: readonly Call[] = [
  { actions: vaultReads, resources: ['arn:aws:backup:<region>:${AWS::AccountId}:backup-vault:<deployment>-backups'] },
  // A recovered site has no copies until its home region answers.
  {
    actions: vaultReads,
    resources: ['arn:aws:backup:<copyRegion>:${AWS::AccountId}:backup-vault:<deployment>-copies'],
    modes: ['copies'],
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
  {
    actions: ['s3:GetBucketNotification', 's3:GetBucketVersioning'],
    resources: ['uploads', 'settings', 'vpn-registry'].map((use) => `arn:aws:s3:::<deployment>-${use}-\${AWS::AccountId}-<region>`),
  },
];

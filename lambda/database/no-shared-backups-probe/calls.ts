// Calls contract between construct and handler: the AWS calls of the function, each with its resource.
import type { Call } from '../../../runtime/calls';

export const calls: readonly Call[] = [
  // The actions only read, and a copied snapshot can have any name.
  {
    actions: [
      'ec2:DescribeImageAttribute',
      'ec2:DescribeImages',
      'ec2:DescribeSnapshotAttribute',
      'ec2:DescribeSnapshots',
      'rds:DescribeDBClusterSnapshotAttributes',
      'rds:DescribeDBClusterSnapshots',
      'rds:DescribeDBSnapshotAttributes',
      'rds:DescribeDBSnapshots',
    ],
    resources: ['*'],
  },
  // The list has no resource; each vault of the account is examined, in both regions.
  { actions: ['backup:ListBackupVaults'], resources: ['*'] },
  { actions: ['backup:GetBackupVaultAccessPolicy'], resources: ['arn:aws:backup:*:${AWS::AccountId}:backup-vault:*'] },
  // The keys of the vaults, which are of later stacks and of another region.
  {
    actions: ['kms:GetKeyPolicy', 'kms:ListGrants'],
    resources: ['arn:aws:kms:*:${AWS::AccountId}:key/*'],
    conditions: { StringEquals: { 'aws:ResourceTag/rempart:deployment': '<deployment>' } },
  },
  {
    actions: ['kms:GetKeyPolicy', 'kms:ListGrants'],
    resources: ['${data/DataKey.Arn}', '${account/AuditKey.Arn}', '${account/DeploymentKey.Arn}'],
  },
];

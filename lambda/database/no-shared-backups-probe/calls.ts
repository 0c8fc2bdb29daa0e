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
  {
    actions: ['kms:GetKeyPolicy', 'kms:ListGrants'],
    resources: ['${data/DataKey.Arn}', '${account/AuditKey.Arn}', '${account/DeploymentKey.Arn}'],
  },
];

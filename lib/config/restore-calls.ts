// Calls contract of the role with which AWS Backup restores the database for a test.
import { type Call, keyThrough } from '../../runtime/calls';

const by = 'AWS Backup, which restores for a test';
const inRegion = (type: string, name: string): string => `arn:aws:rds:<region>:\${AWS::AccountId}:${type}:${name}`;

/** Clusters that restore tests make, by the prefix of AWS Backup ("Restore testing inferred metadata"). */
const restored = inRegion('cluster', 'awsbackup-restore-test-*');
const snapshots = inRegion('cluster-snapshot', 'awsbackup:*');

/**
 * What the managed policy of AWS for restores has of clusters, on those of restore tests alone: it would admit every
 * cluster, table, disk and file system of the account. (TOM-3.5, TOM-7.4)
 */
export const restoreTestCalls: readonly Call[] = [
  { actions: ['rds:DescribeDBClusterSnapshots', 'rds:DescribeDBClusters', 'rds:DescribeDBInstances'], resources: ['*'], by },
  { actions: ['rds:ListTagsForResource'], resources: [restored, snapshots], by },
  {
    actions: ['rds:RestoreDBClusterFromSnapshot'],
    // The groups that a restore names, or takes by default.
    resources: [
      restored,
      snapshots,
      inRegion('subgrp', '${backup/RestoreNetworkSubnets}'),
      inRegion('cluster-pg', 'default.*'),
      inRegion('og', 'default:*'),
    ],
    by,
  },
  // AWS Backup deletes the cluster with its service-linked role for restore testing.
  { actions: ['rds:AddTagsToResource'], resources: [restored], by },
  { ...keyThrough('rds', by, 'kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'), by },
  {
    actions: ['kms:CreateGrant'],
    resources: ['${data/DataKey.Arn}'],
    conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    by,
  },
];

// A mocked account in order: backups of each kind, vaults and a key, shaped by the outputs of the SDK.
import type * as backup from '@aws-sdk/client-backup';
import type * as ec2 from '@aws-sdk/client-ec2';
import type * as kms from '@aws-sdk/client-kms';
import type * as rds from '@aws-sdk/client-rds';

export const own = '111111111111';
export const other = '999999999999';
export const key = `arn:aws:kms:eu-west-3:${own}:key/data`;

export type Answer<Output> = Omit<Output, '$metadata'> | Error;

/** What the mocked account holds. Lists are pages. */
export interface Account {
  clusterSnapshots: Answer<rds.DescribeDBClusterSnapshotsCommandOutput>[];
  clusterSnapshotSharing: Record<string, Answer<rds.DescribeDBClusterSnapshotAttributesCommandOutput>>;
  instanceSnapshots: Answer<rds.DescribeDBSnapshotsCommandOutput>[];
  instanceSnapshotSharing: Answer<rds.DescribeDBSnapshotAttributesCommandOutput>;
  diskSnapshots: Answer<ec2.DescribeSnapshotsCommandOutput>[];
  diskSnapshotSharing: Answer<ec2.DescribeSnapshotAttributeCommandOutput>;
  images: Answer<ec2.DescribeImagesCommandOutput>[];
  imageSharing: Answer<ec2.DescribeImageAttributeCommandOutput>;
  /** Snapshots of AWS Backup, which other lists do not have. */
  recoveryPoints: Answer<rds.DescribeDBClusterSnapshotsCommandOutput>[];
  vaults: Answer<backup.ListBackupVaultsCommandOutput>[];
  vaultPolicies: Record<string, Answer<backup.GetBackupVaultAccessPolicyCommandOutput>>;
  policy: Answer<kms.GetKeyPolicyCommandOutput>;
  grants: Answer<kms.ListGrantsCommandOutput>[];
}

export const restore = (...AttributeValues: string[]) => ({
  DBClusterSnapshotAttributesResult: { DBClusterSnapshotAttributes: [{ AttributeName: 'restore', AttributeValues }] },
});
export const snapshot = (DBClusterSnapshotIdentifier: string, more: object = {}) => ({
  DBClusterSnapshotIdentifier,
  DBClusterIdentifier: 'production-data',
  SnapshotType: 'manual',
  KmsKeyId: key,
  ...more,
});
export const policyFor = (...accounts: string[]) =>
  JSON.stringify({
    Statement: accounts.map((account) => ({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*' })),
  });

export const vault = (BackupVaultName: string, more: object = {}) => ({
  BackupVaultName,
  BackupVaultArn: `arn:aws:backup:eu-west-3:${own}:backup-vault:${BackupVaultName}`,
  VaultType: 'BACKUP_VAULT' as const,
  EncryptionKeyArn: key,
  ...more,
});
export const absent = Object.assign(new Error('no policy'), { name: 'ResourceNotFoundException' });

/** An account in order: one snapshot of each kind, two vaults, none shared. */
export const inOrder = (): Account => ({
  clusterSnapshots: [{ DBClusterSnapshots: [snapshot('nightly', { SnapshotType: 'automated' }), snapshot('manual')] }],
  clusterSnapshotSharing: { manual: restore(), 'awsbackup:job-1': restore() },
  instanceSnapshots: [
    {
      DBSnapshots: [
        { DBSnapshotIdentifier: 'instance', SnapshotType: 'manual', TagList: [{ Key: 'rempart:deployment', Value: 'production' }] },
      ],
    },
  ],
  instanceSnapshotSharing: { DBSnapshotAttributesResult: { DBSnapshotAttributes: [{ AttributeName: 'restore', AttributeValues: [own] }] } },
  diskSnapshots: [{ Snapshots: [{ SnapshotId: 'snap-1', KmsKeyId: key }] }],
  diskSnapshotSharing: { CreateVolumePermissions: [] },
  images: [{ Images: [{ ImageId: 'ami-1', BlockDeviceMappings: [{ Ebs: { KmsKeyId: key } }] }] }],
  imageSharing: { LaunchPermissions: [] },
  recoveryPoints: [{ DBClusterSnapshots: [snapshot('awsbackup:job-1', { SnapshotType: 'awsbackup' })] }],
  vaults: [{ BackupVaultList: [vault('production-backups')] }, { BackupVaultList: [vault('Default')] }],
  vaultPolicies: {
    'production-backups': {
      Policy: JSON.stringify({ Statement: [{ Effect: 'Deny', Principal: '*', Action: 'backup:*', Resource: '*' }] }),
    },
    Default: absent,
  },
  policy: { Policy: policyFor(own) },
  grants: [{ Grants: [{ GrantId: 'rds', GranteePrincipal: 'rds.eu-west-3.amazonaws.com' }] }],
});

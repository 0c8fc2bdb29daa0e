// Powers and access to data of the role with which AWS Backup backs up the stores. (TOM-3.5, DSS-5.4.2)
import type { Entry, Power } from './held';

/** The one holder. */
export const backupRole = 'backup/BackupRole';

const account = '${AWS::AccountId}';
const clusters = ['<deployment>-data', '<deployment>-data-????????'].map((name) => `arn:aws:rds:<region>:${account}:cluster:${name}`);
const snapshots = ['<region>', '<copyRegion>'].map((region) => `arn:aws:rds:${region}:${account}:cluster-snapshot:awsbackup:*`);
const points = ['<region>', '<copyRegion>'].map((region) => `arn:aws:backup:${region}:${account}:recovery-point:*`);
const buckets = ['uploads', 'settings', 'vpn-registry'].map((use) => `arn:aws:s3:::<deployment>-${use}-${account}-<region>`);

const power = (control: string, actions: readonly string[], resources: readonly string[]): Power => ({
  ...{ control, actions, resources, holders: [backupRole] },
});

export const backupPowers: readonly Power[] = [
  power('the snapshots of the database (DSS-5.4.2)', ['rds:CreateDBClusterSnapshot'], [...clusters, ...snapshots]),
  power(
    'the copies of snapshots, and their expiry (DSS-5.4.2, DSS-5.4.3)',
    ['rds:AddTagsToResource', 'rds:CopyDBClusterSnapshot', 'rds:DeleteDBClusterSnapshot'],
    snapshots,
  ),
  // A condition of the policy limits it to the key with the alias of the copies.
  power(
    'the grants with which RDS opens a snapshot (DSS-5.4.3)',
    ['kms:CreateGrant'],
    ['${data/DataKey.Arn}', `arn:aws:kms:<copyRegion>:${account}:key/*`],
  ),
  power('the tags of recovery points (DSS-5.4.2)', ['backup:TagResource'], [...points, ...snapshots]),
  power('the copies of recovery points (DSS-5.4.2)', ['backup:CopyFromBackupVault'], [...points, ...snapshots]),
  power(
    'the vault that receives the copies (DSS-5.4.2)',
    ['backup:CopyIntoBackupVault'],
    [`arn:aws:backup:<copyRegion>:${account}:backup-vault:<deployment>-copies`],
  ),
  power(
    'the events and the inventory by which AWS Backup follows a bucket (DSS-5.4.2)',
    ['s3:PutBucketNotification', 's3:PutInventoryConfiguration'],
    buckets,
  ),
  power(
    'the rules of AWS Backup, which receive the events of buckets (DSS-5.4.2)',
    ['DeleteRule', 'DisableRule', 'EnableRule', 'PutRule', 'PutTargets', 'RemoveTargets'].map((action) => `events:${action}`),
    [`arn:aws:events:<region>:${account}:rule/AwsBackupManagedRule*`],
  ),
];

const stores = ['data/Uploads', 'data/Settings', 'access/VpnRegistry'];
const ofBucket = [
  ...['GetBucketAcl', 'GetBucketLocation', 'GetBucketNotification', 'GetBucketTagging', 'GetInventoryConfiguration'],
  ...['ListBucket', 'ListBucketVersions', 'ListTagsForResource'],
].map((action) => `s3:${action}`);
const ofObjects = ['', 'Acl', 'Tagging', 'Version', 'VersionAcl', 'VersionTagging'].map((what) => `s3:GetObject${what}`);

export const backupAccesses: readonly Entry[] = [
  ...stores.flatMap((store, index): readonly Entry[] => [
    { store, use: 'list', actions: ofBucket, resources: [buckets[index] as string], holders: [backupRole] },
    { store, use: 'read', actions: ofObjects, resources: [`${buckets[index] as string}/*`], holders: [backupRole] },
  ]),
  ...(['data/DataKey', 'account/DeploymentKey'] as const).map(
    (key): Entry => ({
      ...{ store: key, use: 'decrypt', actions: ['kms:Decrypt'], resources: [`\${${key}.Arn}`], holders: [backupRole], through: 's3' },
    }),
  ),
];

/** Reads that describe resources, and return no content of a store. */
export const backupDescriptions: readonly string[] = [
  'events:DescribeRule',
  'events:ListRules',
  'events:ListTargetsByRule',
  'rds:ListTagsForResource',
  'tag:GetResources',
];

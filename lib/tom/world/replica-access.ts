// Powers and access to data of the role with which S3 replicates the archive. (DSS-5.4.2, TOM-4.1)
import type { Entry, Power } from './held';

/** The one holder. */
export const replicationRole = 'data/ArchiveReplicationRole';

const account = '${AWS::AccountId}';
const archive = `arn:aws:s3:::<deployment>-archive-${account}-<region>`;
const replica = `arn:aws:s3:::<deployment>-replica-${account}-<copyRegion>`;
const foldersOf = (bucket: string): readonly string[] => ['hits', 'hits-errors', 'lake'].map((folder) => `${bucket}/${folder}/*`);

/** Objects of the archive that the role reads, by the actions of replication alone: it cannot return their content. */
const replicatedObjects: readonly string[] = foldersOf(archive);
/** Objects of the replica that it writes. */
const replicaObjects: readonly string[] = foldersOf(replica);

export const replicaPowers: readonly Power[] = [
  {
    control: 'the delete markers and tags of the replica (DSS-4.2)',
    holders: [replicationRole],
    actions: ['s3:ReplicateDelete', 's3:ReplicateTags'],
    resources: replicaObjects,
  },
];

const access = (entry: Omit<Entry, 'holders'>): Entry => ({ ...entry, holders: [replicationRole] });

export const replicaAccesses: readonly Entry[] = [
  access({ store: 'data/Archive', use: 'list', actions: ['s3:GetReplicationConfiguration', 's3:ListBucket'], resources: [archive] }),
  access({
    ...{ store: 'data/Archive', use: 'read', resources: replicatedObjects },
    actions: ['s3:GetObjectVersionAcl', 's3:GetObjectVersionForReplication', 's3:GetObjectVersionTagging'],
  }),
  access({ store: 'recovery/ArchiveReplica', use: 'write', actions: ['s3:ReplicateObject'], resources: replicaObjects }),
  access({ ...{ store: 'data/DataKey', use: 'decrypt', through: 's3' }, actions: ['kms:Decrypt'], resources: ['${data/DataKey.Arn}'] }),
  // A condition of the policy limits it to the key with the alias of the replica.
  access({
    ...{ store: 'recovery/ReplicaKey', use: 'encrypt', through: 's3.<copyRegion>' },
    actions: ['kms:Encrypt', 'kms:GenerateDataKey'],
    resources: [`arn:aws:kms:<copyRegion>:${account}:key/*`],
  }),
];

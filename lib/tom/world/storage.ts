// Buckets of customers' files and settings, and their policies.
import { archiveReplicationCalls } from '../../config/service-calls';
import { backupDays, exportDays, hitVersionDays, letterVersionDays, rawVersionDays, replicationMinutes } from '../figures';
import { hasCopies } from '../template/copies';
import { storesLeftOut } from './backup-stores';
import { type BucketLaw, bucket, deniesOtherAccounts, expires, kmsEncryption, objectsOf } from './buckets';
import { setting } from './configured';
import type { Declaration } from './declaration';
import { by, type FormLike, set } from './form';
import { roleFamily } from './roles';
import { deniesEveryone, ownAccount } from './statements';

/** Days of the longest month. */
const monthDays = 31;

/** Noncurrent versions are kept as long as backups. (TOM-6.7, DSS-5.4.3) */
const keptVersions = {
  Id: 'versions-as-long-as-backups',
  NoncurrentVersionExpiration: { NoncurrentDays: backupDays },
  Status: 'Enabled',
};

/** The upkeep removes a day of the lake before its objects expire. (DSS-4.2) */
const lakeDays = setting(({ settings }) => (settings.data.keepMonths + 2) * monthDays);

/** Versions of hits end within the time of an erasure. (DSS-4.2) */
const hitVersions = { NoncurrentVersionExpiration: { NoncurrentDays: hitVersionDays } };
const rawVersions = { NoncurrentVersionExpiration: { NoncurrentDays: rawVersionDays } };

type Place = '<region>' | '<copyRegion>';

const roleArn = (role: string, region: Place = '<region>'): string => `arn:aws:iam::${ownAccount}:role/<deployment>-${role}-${region}`;

/** Denies the lake to every principal but its two roles, of the site with the bucket, and the one of S3. (TOM-4.1) */
const onlyRolesOfTheLake = (name: string, region: Place = '<region>'): FormLike =>
  by(({ facts }) => {
    const roles = ['lake-reader', 'lake-writer'].map((role) => roleArn(role, region));
    return deniesEveryone({
      sid: 'OnlyRolesOfTheLake',
      actions: 's3:*',
      resources: objectsOf(name, 'lake/'),
      conditions: { ArnNotEquals: { 'aws:PrincipalArn': set(...roles, ...(hasCopies(facts) ? [roleArn('replication')] : [])) } },
    });
  });

interface DataBucketLaw {
  readonly classification: 'internal' | 'personal';
  /** Besides those of every bucket. @default - none */
  readonly lifecycle?: readonly FormLike[];
  /** @default data/DataKey */
  readonly key?: string;
  /** Statements of the policy besides those of every bucket. @default - none */
  readonly statements?: readonly FormLike[];
  readonly further?: NonNullable<BucketLaw['further']>;
  readonly dependsOn?: FormLike;
  /** @default - that of the site */
  readonly region?: Place;
  /** @default - every deployment has it */
  readonly when?: NonNullable<BucketLaw['when']>;
}

/** A bucket under a key of the deployment, for the account alone, retained in every environment. */
const dataBucket = (
  name: string,
  use: string,
  { classification, lifecycle = [], key = 'data/DataKey', statements = [], region = '<region>', ...others }: DataBucketLaw,
): readonly Declaration[] =>
  bucket(name, {
    ...others,
    classification,
    bucketName: `<deployment>-${use}-${ownAccount}-${region}`,
    encryption: kmsEncryption(key),
    lifecycle: [...lifecycle, keptVersions],
    deletion: 'RetainExceptOnCreate',
    statements: [deniesOtherAccounts(name), ...statements],
    ...(name in storesLeftOut ? { notBackedUp: name } : {}),
  });

/** Raw hits and the lake, in the archive and in its replica. S3 replicates no lifecycle. (DSS-4.2) */
const archived = [
  expires('hits-go', hitVersionDays, { Prefix: 'hits/', ...rawVersions }),
  expires('hits-in-error-go', hitVersionDays, { Prefix: 'hits-errors/', ...rawVersions }),
  // Objects of 128 kB and more move; smaller ones stay where they are.
  expires('lake-tiers-and-ends', lakeDays, {
    Prefix: 'lake/',
    Transitions: [{ StorageClass: 'INTELLIGENT_TIERING', TransitionInDays: 0 }],
    ...hitVersions,
  }),
];

const enabled = { Status: 'Enabled' };
const inTime = { Status: 'Enabled', Time: { Minutes: replicationMinutes } };

/** New objects and delete markers of a folder, with their own encryption, within the time of S3. (DSS-5.4.2) */
const replication = (Id: string, Prefix: string, Priority: number): FormLike => ({
  DeleteMarkerReplication: enabled,
  Destination: {
    Bucket: `arn:aws:s3:::<deployment>-replica-${ownAccount}-<copyRegion>`,
    EncryptionConfiguration: { ReplicaKmsKeyID: `arn:aws:kms:<copyRegion>:${ownAccount}:alias/<deployment>-archive-replica` },
    Metrics: { ...enabled, EventThreshold: inTime.Time },
    ReplicationTime: inTime,
  },
  Filter: { Prefix },
  Id,
  Priority,
  SourceSelectionCriteria: { SseKmsEncryptedObjects: enabled },
  Status: 'Enabled',
});

const replicated = {
  ReplicationConfiguration: {
    Role: '${data/ArchiveReplicationRole.Arn}',
    Rules: [replication('hits', 'hits/', 1), replication('hits-in-error', 'hits-errors/', 2), replication('lake', 'lake/', 3)],
  },
};

/** The archive, and its replica if the site has copies. */
const archive = (law: Pick<DataBucketLaw, 'when' | 'further' | 'dependsOn'>): readonly Declaration[] =>
  dataBucket('data/Archive', 'archive', {
    ...law,
    classification: 'personal',
    lifecycle: [expires('exports-go', exportDays, { Prefix: 'exports/', ...rawVersions }), ...archived],
    statements: [onlyRolesOfTheLake('data/Archive')],
  });

export const storageDeclarations: readonly Declaration[] = [
  ...archive({ when: (facts) => !hasCopies(facts) }),
  ...archive({ when: hasCopies, further: replicated, dependsOn: ['${data/ArchiveReplicationPermissions}'] }),
  ...dataBucket('recovery/ArchiveReplica', 'replica', {
    classification: 'personal',
    key: 'recovery/ReplicaKey',
    lifecycle: archived,
    region: '<copyRegion>',
    statements: [onlyRolesOfTheLake('recovery/ArchiveReplica', '<copyRegion>')],
    when: hasCopies,
  }),
  ...roleFamily({
    role: 'data/ArchiveReplicationRole',
    policy: 'data/ArchiveReplicationPermissions',
    // S3 has no documented condition of this trust; the archive alone names the role.
    service: 's3.amazonaws.com',
    roleName: '<deployment>-replication-<region>',
    roleDescription: 'Allows S3 to replicate the archive to the other region',
    policyDescription: 'Permissions of the replication of the archive',
    calls: archiveReplicationCalls,
    when: hasCopies,
  }),
  ...dataBucket('data/Uploads', 'uploads', { classification: 'personal' }),
  ...dataBucket('data/DeadLetters', 'dead-letters', {
    classification: 'personal',
    lifecycle: [expires('dead-letters-go', backupDays, { NoncurrentVersionExpiration: { NoncurrentDays: letterVersionDays } })],
  }),
  ...dataBucket('data/Settings', 'settings', { classification: 'internal' }),
  // Who has a certificate of the VPN. (DSS-5.6.5)
  ...dataBucket('access/VpnRegistry', 'vpn-registry', { classification: 'personal', key: 'account/DeploymentKey' }),
];

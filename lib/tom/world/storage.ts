// Buckets of customers' files and settings, and their policies.
import { backupDays, exportDays, hitVersionDays, letterVersionDays, rawVersionDays } from '../figures';
import { storesLeftOut } from './backup-stores';
import { bucket, deniesOtherAccounts, expires, kmsEncryption, objectsOf } from './buckets';
import { setting } from './configured';
import type { Declaration } from './declaration';
import { type FormLike, set } from './form';
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

/** Denies the lake to every principal but its two roles. (TOM-4.1) */
const onlyRolesOfTheLake = deniesEveryone({
  sid: 'OnlyRolesOfTheLake',
  actions: 's3:*',
  resources: objectsOf('data/Archive', 'lake/'),
  conditions: {
    ArnNotEquals: {
      'aws:PrincipalArn': set(
        ...['lake-reader', 'lake-writer'].map((role) => `arn:aws:iam::${ownAccount}:role/<deployment>-${role}-<region>`),
      ),
    },
  },
});

interface DataBucketLaw {
  readonly classification: 'internal' | 'personal';
  /** Besides those of every bucket. @default - none */
  readonly lifecycle?: readonly FormLike[];
  /** @default data/DataKey */
  readonly key?: string;
  /** Statements of the policy besides those of every bucket. @default - none */
  readonly statements?: readonly FormLike[];
}

/** A bucket under a key of the deployment, for the account alone, retained in every environment. */
const dataBucket = (
  name: string,
  use: string,
  { classification, lifecycle = [], key = 'data/DataKey', statements = [] }: DataBucketLaw,
): readonly Declaration[] =>
  bucket(name, {
    classification,
    bucketName: `<deployment>-${use}-${ownAccount}-<region>`,
    encryption: kmsEncryption(key),
    lifecycle: [...lifecycle, keptVersions],
    deletion: 'RetainExceptOnCreate',
    statements: [deniesOtherAccounts(name), ...statements],
    ...(name in storesLeftOut ? { notBackedUp: name } : {}),
  });

export const storageDeclarations: readonly Declaration[] = [
  ...dataBucket('data/Archive', 'archive', {
    classification: 'personal',
    lifecycle: [
      expires('exports-go', exportDays, { Prefix: 'exports/', ...rawVersions }),
      expires('hits-go', hitVersionDays, { Prefix: 'hits/', ...rawVersions }),
      expires('hits-in-error-go', hitVersionDays, { Prefix: 'hits-errors/', ...rawVersions }),
      // Objects of 128 kB and more move; smaller ones stay where they are.
      expires('lake-tiers-and-ends', lakeDays, {
        Prefix: 'lake/',
        Transitions: [{ StorageClass: 'INTELLIGENT_TIERING', TransitionInDays: 0 }],
        ...hitVersions,
      }),
    ],
    statements: [onlyRolesOfTheLake],
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

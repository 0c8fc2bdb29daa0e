// Buckets of customers' files and settings, and their policies.
import { backupDays } from '../figures';
import { bucket, deniesOtherAccounts, expires, kmsEncryption } from './buckets';
import { setting } from './configured';
import type { Declaration } from './declaration';
import type { FormLike } from './form';
import { ownAccount } from './statements';

/** Days after which hits move to a colder class. */
const coldDays = 90;

/** Days of the longest month. */
const monthDays = 31;

/** Noncurrent versions are kept as long as backups. (TOM-6.7, DSS-5.4.3) */
const keptVersions = {
  Id: 'versions-as-long-as-backups',
  NoncurrentVersionExpiration: { NoncurrentDays: backupDays },
  Status: 'Enabled',
};

/** Hits go when the database drops the partition of their month. (DSS-4.2) */
const hitDays = setting(({ settings }) => (settings.data.keepMonths + 1) * monthDays);

interface DataBucketLaw {
  readonly classification: 'internal' | 'personal';
  /** Besides those of every bucket. @default - none */
  readonly lifecycle?: readonly FormLike[];
  /** @default data/DataKey */
  readonly key?: string;
}

/** A bucket under a key of the deployment, for the account alone, retained in every environment. */
const dataBucket = (
  name: string,
  use: string,
  { classification, lifecycle = [], key = 'data/DataKey' }: DataBucketLaw,
): readonly Declaration[] =>
  bucket(name, {
    classification,
    bucketName: `<deployment>-${use}-${ownAccount}-<region>`,
    encryption: kmsEncryption(key),
    lifecycle: [...lifecycle, keptVersions],
    deletion: 'RetainExceptOnCreate',
    statements: [deniesOtherAccounts(name)],
  });

export const storageDeclarations: readonly Declaration[] = [
  ...dataBucket('data/Archive', 'archive', {
    classification: 'personal',
    lifecycle: [
      expires('exports-go', backupDays, { Prefix: 'exports/' }),
      expires('hits-grow-cold', hitDays, {
        Prefix: 'hits/',
        Transitions: [{ StorageClass: 'GLACIER_IR', TransitionInDays: coldDays }],
      }),
      expires('hits-in-error-go', hitDays, { Prefix: 'hits-errors/' }),
    ],
  }),
  ...dataBucket('data/Uploads', 'uploads', { classification: 'personal' }),
  ...dataBucket('data/DeadLetters', 'dead-letters', {
    classification: 'personal',
    lifecycle: [expires('dead-letters-go', backupDays)],
  }),
  ...dataBucket('data/Settings', 'settings', { classification: 'internal' }),
  // Who has a certificate of the VPN. (DSS-5.6.5)
  ...dataBucket('access/VpnRegistry', 'vpn-registry', { classification: 'personal', key: 'account/DeploymentKey' }),
];

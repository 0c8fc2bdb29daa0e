// Buckets of customers' files, settings and access logs, and their policies.
import { backupDays, shortestLogDays } from '../figures';
import {
  bucket,
  bucketArn,
  deniesOtherAccounts,
  expires,
  kmsEncryption,
  objectsOf,
  onlyServicesWrite,
  s3Encryption,
  wholeBucket,
} from './buckets';
import { setting, settingBetween } from './configured';
import type { Declaration } from './declaration';
import type { FormLike } from './form';
import { admitsService, deniesEveryone, deploymentRole, ownAccount } from './statements';

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

/** A bucket of the data stack: under the data key, for the account alone, retained in every environment. */
const dataBucket = (
  name: string,
  use: string,
  { classification, lifecycle = [] }: { classification: 'internal' | 'personal'; lifecycle?: readonly FormLike[] },
): readonly Declaration[] =>
  bucket(name, {
    classification,
    bucketName: `<deployment>-${use}-${ownAccount}-<region>`,
    encryption: kmsEncryption('data/DataKey'),
    lifecycle: [...lifecycle, keptVersions],
    deletion: 'RetainExceptOnCreate',
    statements: [deniesOtherAccounts(name)],
  });

const edgeLogs = 'account/EdgeLogs';

/** Requests that would weaken the protection of the access logs. Only CloudFormation may send them. (TOM-3.6) */
const weakening = [
  's3:DeleteBucketPolicy',
  's3:PutBucketNotification',
  's3:PutBucketOwnershipControls',
  's3:PutBucketPolicy',
  's3:PutBucketPublicAccessBlock',
  's3:PutBucketVersioning',
  's3:PutEncryptionConfiguration',
  's3:PutLifecycleConfiguration',
  's3:PutReplicationConfiguration',
] as const;

/** Requests and connections of the load balancer, written below the account ("Enable access logs"). (TOM-3.6) */
const edgeLogBucket = bucket(edgeLogs, {
  classification: 'personal',
  bucketName: `<deployment>-edge-logs-${ownAccount}-<region>`,
  encryption: s3Encryption,
  lifecycle: [
    expires(
      'expire',
      settingBetween(({ settings }) => settings.edge.logDays, shortestLogDays),
      { NoncurrentVersionExpiration: { NoncurrentDays: backupDays } },
    ),
  ],
  deletion: 'RetainExceptOnCreate',
  statements: [
    admitsService('logdelivery.elasticloadbalancing.amazonaws.com', {
      actions: 's3:PutObject',
      resources: ['access', 'connection'].map((log) => objectsOf(edgeLogs, `${log}/AWSLogs/${ownAccount}/`)),
    }),
    onlyServicesWrite(edgeLogs),
    deniesEveryone({
      sid: 'NobodyDestroys',
      actions: ['s3:DeleteBucket', 's3:DeleteObject', 's3:DeleteObjectVersion'],
      resources: wholeBucket(edgeLogs),
    }),
    deniesEveryone({
      sid: 'OnlyADeploymentChanges',
      actions: weakening,
      resources: bucketArn(edgeLogs),
      conditions: { ArnNotLike: { 'aws:PrincipalArn': deploymentRole } },
    }),
  ],
});

export const storageDeclarations: readonly Declaration[] = [
  ...edgeLogBucket,
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
];

// A bucket for customers' data (exports and archived hits, uploads, dead letters, settings for collectors), or for the
// registry of the VPN; and the replica of the archive in the region of the copies.
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockedEncryptionType,
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type LifecycleRule,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { backedUpDataBuckets, type DataBucketUse, dataBucketName, lakeFolder, lakeRoleName, lakeRoles } from '../config/names';
import { replicationRoleName } from '../config/replica-names';
import { copyRegion, type Site } from '../config/site';
import { backUp, leaveOutOfBackups } from '../labels/backup';
import { acknowledgeBucketExceptions } from '../labels/bucket-exceptions';
import { type Classification, classify, serves } from '../labels/labels';
import { keepPolicyWith } from '../labels/retention';

export interface DataBucketProps {
  readonly site: Site;
  /** Purpose of the bucket, part of its name. Changing it creates another bucket and retains the old one. */
  readonly use: DataBucketUse;
  /** Encrypts the objects. Changing it leaves older objects under the old key. (TOM-5.5) */
  readonly key: IKey;
}

const removal = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;

/**
 * The name is derived, so the audit trail in the account stack records reads and writes of objects (TOM-4.8). The
 * bucket is retained in every environment, except when its first deployment is rolled back. Noncurrent versions are
 * kept for 30 days, as backups are (TOM-6.7), those of the lake for 14, of raw hits and exports for 7: of overlapping
 * rules, S3 honors the shorter expiration ("How Amazon S3 handles conflicts in lifecycle configurations"). It has no
 * object lock, unlike the audit archive: customers' data must be erasable and expire (DSS-4.2), and a locked version
 * cannot be deleted. Versions protect against mistakes, copies in another vault against malicious deletion. S3 sends
 * object events to EventBridge, which start the malware scan and the checksum control.
 *
 * S3 Intelligent-Tiering holds the lake: after 90 days without a read an object costs as in Glacier Instant Retrieval,
 * about a fifth of S3 Standard, but has no retrieval fee, and no shortest time that an erasure, which replaces files,
 * would pay in full. It charges 0.0025 dollars a month for each 1,000 objects of 128 kB and more. Lifecycle rules
 * leave smaller ones in S3 Standard, where each is billed by its size; Glacier Instant Retrieval bills it as 128 kB
 * ("How S3 Intelligent-Tiering works"; "Transitioning objects using Amazon S3 Lifecycle"; "Amazon S3 pricing").
 */
export class DataBucket extends Bucket {
  /** Narrowed: `IBucket` requires it under `exactOptionalPropertyTypes`. */
  override get isWebsite(): boolean {
    return false;
  }

  constructor(scope: Construct, id: string, { site, use, key }: DataBucketProps) {
    super(scope, id, {
      bucketName: dataBucketName(site, use, Stack.of(scope).account),
      versioned: true,
      encryption: BucketEncryption.KMS,
      encryptionKey: key,
      bucketKeyEnabled: true,
      blockedEncryptionTypes: [BlockedEncryptionType.SSE_C],
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      lifecycleRules: [...lifecyclesOf(site)[use], ...everywhere],
      removalPolicy: removal,
    });
    this.denyOtherAccounts();
    if (isArchive(use)) this.denyOtherRoles(rolesOfTheLake(site, use));
    keepPolicyWith(this, removal);
    // `eventBridgeEnabled` of the library adds a function for this.
    const bucket = this.node.defaultChild as CfnBucket;
    bucket.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    serves(this, 'TOM-4.2', 'TOM-4.8', 'TOM-5.5', 'TOM-5.7', 'TOM-6.7', 'DSS-5.4.1');
    classify(this, classificationOf[use]);
    if (backedUpDataBuckets.some((backedUp) => backedUp === use)) backUp(bucket);
    else leaveOutOfBackups(bucket, reasons[isArchive(use) ? use : 'dead-letters']);
    acknowledgeBucketExceptions(this, { isReplicated: use === 'archive' && copyRegion(site) !== undefined });
  }

  /**
   * Denies other accounts, regardless of other statements. A request of an AWS service principal has no account.
   * (TOM-4.2, TOM-7.4)
   */
  private denyOtherAccounts(): void {
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'NoOtherAccount',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['s3:*'],
        resources: [this.bucketArn, this.arnForObjects('*')],
        conditions: {
          StringNotEquals: { 'aws:PrincipalAccount': Stack.of(this).account },
          BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
        },
      }),
    );
  }

  /**
   * Denies the objects of the lake to every principal except these roles, services and the root user included. A
   * lifecycle rule is no request. (TOM-4.1)
   */
  private denyOtherRoles(names: readonly string[]): void {
    const { stack } = this;
    const arnOf = (resourceName: string) => stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName });
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'OnlyRolesOfTheLake',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['s3:*'],
        resources: [this.arnForObjects(`${lakeFolder}/*`)],
        conditions: { ArnNotEquals: { 'aws:PrincipalArn': names.map(arnOf) } },
      }),
    );
  }
}

const isArchive = (use: DataBucketUse): use is 'archive' | 'replica' => use === 'archive' || use === 'replica';

/**
 * Names of the roles that reach the objects of the lake: those of the site, and the role that replicates them. The
 * replica admits those of a site that is recovered in its region, which has the same folders of sites. (TOM-4.1)
 */
function rolesOfTheLake(site: Site, use: 'archive' | 'replica'): readonly string[] {
  const region = copyRegion(site);
  if (region === undefined) return lakeRoles.map((role) => lakeRoleName(site, role));
  const reader = use === 'archive' ? site : { deployment: site.deployment, region };
  return [...lakeRoles.map((role) => lakeRoleName(reader, role)), replicationRoleName(site)];
}

/**
 * Days for which raw hits are kept, and for which a replaced or deleted object of the lake remains. A person who is
 * erased is gone from both within 30 days: raw hits by 14 days, a noncurrent version of 7, and up to 7 of a delivery
 * that is retried; an object of the lake by the hourly upkeep and 14. S3 counts each from midnight (UTC) of the next
 * day. (DSS-4.2)
 */
const hitDays = 14;
const rawVersionDays = 7;

/**
 * Days for which the export of a person is kept: with its version, it ends within the 30 days of an erasure. (DSS-4.2)
 */
const exportDays = 21;

/** Days for which the version of a dead letter that has ended is kept: the shortest of S3. */
const letterVersionDays = 1;

/** Days for which noncurrent versions of other objects are kept, as backups are. */
const versionDays = 30;

/** Why three buckets are not backed up. (DSS-4.2, DSS-5.4.2) */
const reasons = {
  archive: 'A backup would keep the raw hits of an erased person for longer than promised; versions keep what a mistake removes.',
  replica: 'It is the copy of the archive in the other region, and a backup would keep what an erasure removes.',
  'dead-letters': 'The archive has the same hits, and a backup would keep a dead letter for longer than an erasure allows.',
} as const;

const everywhere: readonly LifecycleRule[] = [
  { id: 'versions-as-long-as-backups', noncurrentVersionExpiration: Duration.days(versionDays) },
  { id: 'tidy', expiredObjectDeleteMarker: true, abortIncompleteMultipartUploadAfter: Duration.days(7) },
];

/** Days of the longest month. */
const monthDays = 31;

/**
 * Lifecycles of raw hits and of the lake. S3 replicates neither what a lifecycle does nor the end of a version, so the
 * replica has the same rules: they count from the creation of the object in the archive ("Lifecycle configuration and
 * object replicas"). A file of the lake that an erasure replaces is deleted without its version: that delete marker is
 * replicated. (DSS-4.2)
 */
function archived({ settings: { data } }: Site): readonly LifecycleRule[] {
  return [
    // The database and the lake have every hit; raw hits refill a database that is lost.
    { id: 'hits-go', prefix: 'hits/', expiration: Duration.days(hitDays), noncurrentVersionExpiration: Duration.days(rawVersionDays) },
    {
      id: 'hits-in-error-go',
      prefix: 'hits-errors/',
      expiration: Duration.days(hitDays),
      noncurrentVersionExpiration: Duration.days(rawVersionDays),
    },
    {
      id: 'lake-tiers-and-ends',
      prefix: `${lakeFolder}/`,
      transitions: [{ storageClass: StorageClass.INTELLIGENT_TIERING, transitionAfter: Duration.days(0) }],
      // The upkeep of the lake removes a day before. (DSS-4.2)
      expiration: Duration.days((data.keepMonths + 2) * monthDays),
      noncurrentVersionExpiration: Duration.days(hitDays),
    },
  ];
}

const lifecyclesOf = (site: Site): Record<DataBucketUse, readonly LifecycleRule[]> => ({
  archive: [
    // An export is downloaded soon or requested again; it must not outlive the data that it copies. (DSS-4.2)
    {
      id: 'exports-go',
      prefix: 'exports/',
      expiration: Duration.days(exportDays),
      noncurrentVersionExpiration: Duration.days(rawVersionDays),
    },
    ...archived(site),
  ],
  replica: archived(site),
  uploads: [],
  // As long as rejected hits in the database: an erasure does not include dead letters. The archive has the hits
  // too. (DSS-4.2)
  'dead-letters': [{ id: 'dead-letters-go', expiration: Duration.days(30), noncurrentVersionExpiration: Duration.days(letterVersionDays) }],
  settings: [],
  'vpn-registry': [],
});

/** Settings contain no personal data. (DSS-5.4.1) */
const classificationOf: Record<DataBucketUse, Classification> = {
  archive: 'personal',
  replica: 'personal',
  uploads: 'personal',
  'dead-letters': 'personal',
  settings: 'internal',
  // Names of people.
  'vpn-registry': 'personal',
};

// A bucket for customers' data: exports and archived hits, what people upload, hits that could not be stored, settings
// for collectors.
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
import { type DataBucketUse, dataBucketName } from '../config/names';
import type { Site } from '../config/site';
import { acknowledgeBucketExceptions } from '../labels/bucket-exceptions';
import { type Classification, classify, serves } from '../labels/labels';
import { keepPolicyWith } from '../labels/retention';

export interface DataBucketProps {
  readonly site: Site;
  /** What the bucket is for; part of its name. Changing it makes another bucket and keeps the old one. */
  readonly use: DataBucketUse;
  /** Encrypts the objects. Changing it leaves older objects under the old key. (TOM-5.5) */
  readonly key: IKey;
}

const removal = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;

/**
 * The name is derived, so that the audit trail in the account stack records who reads and writes here (TOM-4.8).
 * Retained in every environment, except when its first deployment is rolled back. Versions that were replaced or
 * deleted stay 30 days, as backups do (TOM-6.7). No object lock, which the audit archive has: what is promised of
 * customers' data is that it can be erased and ends after its time (DSS-4.2), and a locked version could not be;
 * deletion is kept from mistakes by versions, and from malice by copies in another vault. What happens to an object is
 * told to EventBridge, from which malware scan and checksum control start.
 */
export class DataBucket extends Bucket {
  /** Narrowed, so that this is an `IBucket` under `exactOptionalPropertyTypes`. */
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
    keepPolicyWith(this, removal);
    // The library's own switch adds a function to set this.
    const bucket = this.node.defaultChild as CfnBucket;
    bucket.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    serves(this, 'TOM-4.2', 'TOM-4.8', 'TOM-5.5', 'TOM-5.7', 'TOM-6.7', 'DSS-5.4.1');
    classify(this, classificationOf[use]);
    acknowledgeBucketExceptions(this);
  }

  /**
   * Whatever another statement may ever allow. Services that act for themselves have no account. (TOM-4.2, TOM-7.4)
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
}

/** Days after which a replaced or deleted version goes: those of the backups. */
const versionDays = 30;

const everywhere: readonly LifecycleRule[] = [
  { id: 'versions-as-long-as-backups', noncurrentVersionExpiration: Duration.days(versionDays) },
  { id: 'tidy', expiredObjectDeleteMarker: true, abortIncompleteMultipartUploadAfter: Duration.days(7) },
];

/** Days of the longest month. */
const monthDays = 31;

const lifecyclesOf = ({ settings: { data } }: Site): Record<DataBucketUse, readonly LifecycleRule[]> => ({
  archive: [
    // An export is fetched soon or asked for again; it must not outlive what it was taken from. (DSS-4.2)
    { id: 'exports-go', prefix: 'exports/', expiration: Duration.days(30) },
    {
      id: 'hits-grow-cold',
      prefix: 'hits/',
      transitions: [{ storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL, transitionAfter: Duration.days(90) }],
      // With the month that they lie in in the database. (DSS-4.2)
      expiration: Duration.days((data.keepMonths + 1) * monthDays),
    },
    { id: 'hits-in-error-go', prefix: 'hits-errors/', expiration: Duration.days((data.keepMonths + 1) * monthDays) },
  ],
  uploads: [],
  // As long as rejects in the database: an erasure does not reach what could not be stored. The archive has the hits
  // too. (DSS-4.2)
  'dead-letters': [{ id: 'dead-letters-go', expiration: Duration.days(30) }],
  settings: [],
});

/** Settings say of no person anything. (DSS-5.4.1) */
const classificationOf: Record<DataBucketUse, Classification> = {
  archive: 'personal',
  uploads: 'personal',
  'dead-letters': 'personal',
  settings: 'internal',
};

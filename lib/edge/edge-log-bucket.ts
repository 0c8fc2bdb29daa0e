// The bucket of the redacted logs of the load balancer: only their redaction writes to it, and no principal deletes
// from it.
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockedEncryptionType, BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { edgeLogBucketName } from '../config/names';
import type { Site } from '../config/site';
import { leaveOutOfBackups } from '../labels/backup';
import { acknowledgeBucketExceptions } from '../labels/bucket-exceptions';
import { classify, serves } from '../labels/labels';
import { keepPolicyWith } from '../labels/retention';
import { denyAllBut, denyEveryone, denyWeakening } from './log-bucket-denials';

export interface EdgeLogBucketProps {
  readonly site: Site;
  /** Encrypts the logs. (TOM-5.5) */
  readonly key: IKey;
}

/**
 * Actions that delete a record, or that would make a deletion possible. Bucket policies do not apply to lifecycle
 * expiration.
 */
const destroying = ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:DeleteBucket'];

/** Days that whole addresses are kept: the shortest retention of a log. (TOM-3.6, TOM-4.13) */
const wholeAddressDays = 90;

/** A rollback of the first deployment deletes the bucket; afterwards it is retained. */
const removal = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;

/**
 * Two folders: `pseudonymous/` expires after `edge.logDays`; `whole/`, which has the whole addresses of refused
 * requests and of people, after 90 days, and its noncurrent versions a day later. Without object lock: the function
 * may write one object twice, and a lifecycle rule removes it on its day. Instead the policy denies deletion to every
 * principal, and changes of the bucket to every principal except a deployment. The audit trail records each read.
 * (TOM-3.6, TOM-4.8, TOM-4.13)
 */
export class EdgeLogBucket extends Bucket {
  /** Narrowed, so that the class is an `IBucket` under `exactOptionalPropertyTypes`. */
  override get isWebsite(): boolean {
    return false;
  }

  constructor(scope: Construct, id: string, { site, key }: EdgeLogBucketProps) {
    super(scope, id, {
      bucketName: edgeLogBucketName(site, Stack.of(scope).account),
      versioned: true,
      encryption: BucketEncryption.KMS,
      encryptionKey: key,
      bucketKeyEnabled: true,
      blockedEncryptionTypes: [BlockedEncryptionType.SSE_C],
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      lifecycleRules: [
        { id: 'expire', expiration: Duration.days(site.settings.edge.logDays), noncurrentVersionExpiration: Duration.days(30) },
        {
          id: 'whole-addresses-expire',
          prefix: 'whole/',
          expiration: Duration.days(wholeAddressDays),
          noncurrentVersionExpiration: Duration.days(1),
        },
        { id: 'tidy', expiredObjectDeleteMarker: true, abortIncompleteMultipartUploadAfter: Duration.days(7) },
      ],
      removalPolicy: removal,
    });
    (this.node.defaultChild as CfnBucket).notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    denyEveryone(this, { sid: 'NobodyDestroys', actions: destroying, resources: [this.bucketArn, this.arnForObjects('*')] });
    denyWeakening(this);
    keepPolicyWith(this, removal);
    serves(this, 'TOM-3.6', 'TOM-4.13', 'TOM-5.7', 'DSS-5.4.1');
    classify(this, 'personal');
    leaveOutOfBackups(this, 'A log cannot be deleted, and a backup would keep the addresses of visitors for longer than promised.');
    acknowledgeBucketExceptions(this);
  }

  /** Denies writes to every other principal. */
  admitWriter({ roleArn }: IRole): void {
    denyAllBut(this, roleArn, { sid: 'OnlyTheRedactionWrites', actions: ['s3:PutObject'], resources: [this.arnForObjects('*')] });
  }
}

// The bucket that holds audit records: written by AWS services alone, locked, and deleted from by nobody.
import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockedEncryptionType,
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  ObjectLockRetention,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { deploymentRoleName, trailName } from '../config/names';
import type { Site } from '../config/site';
import { acknowledgeBucketExceptions } from '../labels/bucket-exceptions';
import { classify, serves } from '../labels/labels';
import { keepPolicyWith } from '../labels/retention';

/** Folder of the audit trail in the archive. (TOM-3.6) */
export const trailPrefix = 'cloudtrail';

/**
 * Folder of the VPC flow logs in the archive, in Hive-compatible partitions; a flow log that writes elsewhere is
 * refused. (TOM-3.6)
 */
export const flowLogPrefix = 'flow-logs';

export interface AuditArchiveProps {
  readonly site: Site;
  /**
   * Encrypts the records; admits the trail and the log delivery. Changing it leaves older records under the old key.
   * (TOM-5.5)
   */
  readonly key: IKey;
}

/** Takes what would destroy a record, from everybody: lifecycle expiry is S3's own and asks no policy. */
const destroying = [
  's3:DeleteObject',
  's3:DeleteObjectVersion',
  's3:DeleteBucket',
  's3:BypassGovernanceRetention',
  's3:PutObjectRetention',
  's3:PutObjectLegalHold',
];

/**
 * Writing and deleting by the replication of another bucket, and giving the copies another owner; neither is a
 * PutObject.
 */
const replicating = ['s3:Replicate*', 's3:ObjectOwnerOverrideToBucketOwner'];

/** What would make destroying possible later. */
const weakening = [
  's3:PutBucketPolicy',
  's3:DeleteBucketPolicy',
  's3:PutLifecycleConfiguration',
  's3:PutBucketObjectLockConfiguration',
  's3:PutBucketVersioning',
  's3:PutEncryptionConfiguration',
  's3:PutReplicationConfiguration',
  's3:PutBucketNotification',
  's3:PutBucketPublicAccessBlock',
  's3:PutBucketOwnershipControls',
];

const removal = RemovalPolicy.RETAIN;

/**
 * Every record is locked for `audit.retentionDays` from the moment it is written and expires the day after; older
 * records move to Glacier Instant Retrieval, which auditors read like any other object. Retained in every environment.
 * (TOM-3.6)
 *
 * Production locks in COMPLIANCE mode: nobody, the root user included, deletes a record early or shortens its lock.
 * Elsewhere GOVERNANCE, so that an account can be emptied: the root user removes the bucket policy, which S3 always
 * lets it do ("Policies and permissions in Amazon S3"), then deletes with the bypass permission. A compliance lock
 * there would keep test records for a year.
 *
 * No S3 Bucket Key: each record has a data key of its own, so that the key policy can ask for the trail's encryption
 * context, and the trail shows which record was decrypted by whom. CloudTrail's use of the key is free, that of flow
 * logs costs cents.
 *
 * What happens to an object goes to EventBridge: records that arrive, and above all a deletion, which should never
 * happen, so that the watch can ring at the moment of it. The audit trail has the same later, and is itself what an
 * intruder would stop. Some thousand events a day, which cost cents.
 *
 * AWS Config does not deliver to a bucket with a default retention ("Troubleshooting for recording" of its guide): its
 * history needs another bucket.
 */
export class AuditArchive extends Bucket {
  /** Narrowed, so that an archive is an `IBucket` under `exactOptionalPropertyTypes`. */
  override get isWebsite(): boolean {
    return false;
  }

  constructor(scope: Construct, id: string, { site, key }: AuditArchiveProps) {
    const { retentionDays } = site.settings.audit;
    const retention = Duration.days(retentionDays);
    super(scope, id, {
      objectLockEnabled: true,
      objectLockDefaultRetention:
        site.settings.environment === 'production' ? ObjectLockRetention.compliance(retention) : ObjectLockRetention.governance(retention),
      versioned: true,
      encryption: BucketEncryption.KMS,
      encryptionKey: key,
      bucketKeyEnabled: false,
      blockedEncryptionTypes: [BlockedEncryptionType.SSE_C],
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      lifecycleRules: lifecycleRules(retentionDays),
      removalPolicy: removal,
    });
    this.admitTrail(site);
    this.admitFlowLogs();
    this.denyOtherWriters();
    this.denyReplicas();
    this.denyDestruction();
    this.denyWeakening();
    keepPolicyWith(this, removal);
    // The library's own switch adds a function to set this.
    (this.node.defaultChild as CfnBucket).notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    serves(this, 'TOM-3.6', 'TOM-5.5', 'TOM-5.7');
    classify(this, 'confidential');
    acknowledgeBucketExceptions(this);
  }

  /**
   * Source: "Amazon S3 bucket policy for CloudTrail". The trail is named, not referenced: it needs this bucket first.
   */
  private admitTrail(site: Site): void {
    const stack = Stack.of(this);
    const source = { 'aws:SourceArn': stack.formatArn({ service: 'cloudtrail', resource: 'trail', resourceName: trailName(site) }) };
    this.admit('cloudtrail.amazonaws.com', ['s3:GetBucketAcl'], this.bucketArn, { StringEquals: source });
    this.admit('cloudtrail.amazonaws.com', ['s3:PutObject'], this.arnForObjects(`${trailPrefix}/AWSLogs/${stack.account}/*`), {
      StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control', ...source },
    });
  }

  /**
   * Source: "Publish flow logs to Amazon S3", bucket permissions. The statements are those that CDK's own flow log
   * adds under the same prefix, to the letter, so that they fall together.
   */
  private admitFlowLogs(): void {
    const stack = Stack.of(this);
    const source = { ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'logs', resource: '*' }) } };
    const account = { 'aws:SourceAccount': stack.account };
    this.admit(
      'delivery.logs.amazonaws.com',
      ['s3:PutObject'],
      this.arnForObjects(`${flowLogPrefix}/AWSLogs/aws-account-id=${stack.account}/*`),
      {
        StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control', ...account },
        ...source,
      },
    );
    this.admit('delivery.logs.amazonaws.com', ['s3:GetBucketAcl', 's3:ListBucket'], this.bucketArn, { StringEquals: account, ...source });
  }

  private admit(service: string, actions: string[], resource: string, conditions: Record<string, Record<string, string>>): void {
    this.addToResourcePolicy(
      new PolicyStatement({ principals: [new ServicePrincipal(service)], actions, resources: [resource], conditions }),
    );
  }

  /** People and workloads cannot plant records: only an AWS service writes as itself. */
  private denyOtherWriters(): void {
    this.deny('OnlyServicesWrite', ['s3:PutObject'], [this.arnForObjects('*')], { Bool: { 'aws:PrincipalIsAWSService': 'false' } });
  }

  /** Nothing is replicated into the archive; what may leave it is the source's side, and other permissions. */
  private denyReplicas(): void {
    this.deny('NobodyReplicatesHere', replicating, [this.arnForObjects('*')]);
  }

  private denyDestruction(): void {
    this.deny('NobodyDestroys', destroying, [this.bucketArn, this.arnForObjects('*')]);
  }

  /** Only a deployment may change the bucket. */
  private denyWeakening(): void {
    const { account, region } = Stack.of(this);
    const deployment = Stack.of(this).formatArn({
      service: 'iam',
      region: '',
      resource: 'role',
      resourceName: deploymentRoleName(account, region),
    });
    this.deny('OnlyADeploymentChanges', weakening, [this.bucketArn], { ArnNotLike: { 'aws:PrincipalArn': deployment } });
  }

  private deny(sid: string, actions: string[], resources: string[], conditions?: Record<string, Record<string, string>>): void {
    this.addToResourcePolicy(
      new PolicyStatement({
        sid,
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions,
        resources,
        ...(conditions ? { conditions } : {}),
      }),
    );
  }
}

/**
 * A record expires once its lock has ended; a version that was replaced waits 30 days more, for somebody to notice.
 */
function lifecycleRules(retentionDays: number) {
  return [
    {
      id: 'expire-after-the-lock',
      transitions: [{ storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL, transitionAfter: Duration.days(90) }],
      expiration: Duration.days(retentionDays + 1),
      noncurrentVersionExpiration: Duration.days(30),
    },
    { id: 'tidy', expiredObjectDeleteMarker: true, abortIncompleteMultipartUploadAfter: Duration.days(7) },
  ];
}

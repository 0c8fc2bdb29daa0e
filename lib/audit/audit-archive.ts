// The bucket of audit records: written by AWS services only, under object lock, with deletion denied to every
// principal.
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
import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { deploymentRoleName, logGroupName, sessionArchiveRoleName, sessionLog, sessionPrefix, trailName } from '../config/names';
import type { Site } from '../config/site';
import { leaveOutOfBackups } from '../labels/backup';
import { acknowledgeBucketExceptions } from '../labels/bucket-exceptions';
import { classify, serves } from '../labels/labels';
import { keepPolicyWith } from '../labels/retention';

/** Folder of the audit trail in the archive. (TOM-3.6) */
export const trailPrefix = 'cloudtrail';

/**
 * Folder of the VPC flow logs in the archive, in Hive-compatible partitions; the policy denies other folders.
 * (TOM-3.6)
 */
export const flowLogPrefix = 'flow-logs';

export interface AuditArchiveProps {
  readonly site: Site;
  /**
   * Encrypts the records; its policy allows the trail, the log delivery and the export of sessions. Changing it leaves
   * older records under the old key. (TOM-5.5)
   */
  readonly key: IKey;
}

/**
 * Actions that delete a record or end its lock, denied to every principal. Lifecycle expiration is not subject to the
 * policy.
 */
const destroying = [
  's3:DeleteObject',
  's3:DeleteObjectVersion',
  's3:DeleteBucket',
  's3:BypassGovernanceRetention',
  's3:PutObjectRetention',
  's3:PutObjectLegalHold',
];

/** Actions with which the replication of another bucket writes, deletes and changes owners, without PutObject. */
const replicating = ['s3:Replicate*', 's3:ObjectOwnerOverrideToBucketOwner'];

/** Actions that would allow a deletion later. */
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
 * Every record is locked for `audit.retentionDays` from its creation and expires the day after. Older records move to
 * Glacier Instant Retrieval, which auditors read like other objects. The bucket is retained in every environment.
 * (TOM-3.6)
 *
 * Production locks in COMPLIANCE mode: no principal, including the root user, deletes a record early or shortens its
 * lock. Other environments lock in GOVERNANCE mode, so that an account can be emptied: the root user deletes the
 * bucket policy, which S3 always allows ("Policies and permissions in Amazon S3"), then the records with the bypass
 * permission. In COMPLIANCE mode test records would stay for a year.
 *
 * The bucket has no S3 Bucket Key: each record has its own data key, so the key policy can require the encryption
 * context of the trail, and the trail records each decryption with its principal. Requests of CloudTrail to the key
 * are free, those of flow logs cost cents.
 *
 * S3 sends object events to EventBridge: the watch raises an alarm as soon as an object is deleted, which should never
 * happen. The audit trail records the same later, and an intruder would try to stop it. Some thousand events a day
 * cost cents.
 *
 * AWS Config does not deliver to a bucket with a default retention ("Troubleshooting for recording" of its guide): its
 * history requires another bucket.
 */
export class AuditArchive extends Bucket {
  /** Narrowed: `IBucket` requires it under `exactOptionalPropertyTypes`. */
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
    this.admitSessions(site);
    this.denyOtherWriters(site);
    this.denyReplicas();
    this.denyDestruction();
    this.denyWeakening();
    keepPolicyWith(this, removal);
    // `eventBridgeEnabled` of the library adds a function for this.
    (this.node.defaultChild as CfnBucket).notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    serves(this, 'TOM-3.6', 'TOM-5.5', 'TOM-5.7');
    classify(this, 'confidential');
    leaveOutOfBackups(this, 'The lock of each record keeps everyone from losing it for longer than a backup is kept.');
    acknowledgeBucketExceptions(this);
  }

  /**
   * Source: "Amazon S3 bucket policy for CloudTrail". The statement names the trail, which depends on this bucket.
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
   * Source: "Publish flow logs to Amazon S3", bucket permissions. The statements are identical to those that the CDK
   * flow log adds under the same prefix, so that both are merged.
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

  /**
   * Source: "Export log data to Amazon S3 using the AWS CLI". CloudWatch Logs exports one log group, that of the
   * server sessions. Its ARN ends with its streams in some requests.
   */
  private admitSessions(site: Site): void {
    const stack = Stack.of(this);
    const service = `logs.${stack.region}.amazonaws.com`;
    const group = stack.formatArn({
      ...{ service: 'logs', resource: 'log-group', resourceName: logGroupName(site, sessionLog) },
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const account = { 'aws:SourceAccount': stack.account };
    const source = { ArnLike: { 'aws:SourceArn': [group, `${group}:*`] } };
    this.admit(service, ['s3:GetBucketAcl'], this.bucketArn, { StringEquals: account, ...source });
    this.admit(service, ['s3:PutObject'], this.arnForObjects(`${sessionPrefix}/*`), {
      StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control', ...account },
      ...source,
    });
  }

  private admit(service: string, actions: string[], resource: string, conditions: Record<string, Record<string, string | string[]>>): void {
    this.addToResourcePolicy(
      new PolicyStatement({ principals: [new ServicePrincipal(service)], actions, resources: [resource], conditions }),
    );
  }

  /**
   * Only AWS service principals write: people and workloads cannot add records. Two kinds of objects are excepted, for
   * the role of the function `session-archive` alone: the object with which an export tests the permission of its
   * caller ("CreateExportTask": the caller needs permission to write to the bucket), and the function's record of each
   * exported day. Neither has the content of a session.
   */
  private denyOtherWriters(site: Site): void {
    const excepted = [`${sessionPrefix}/*/aws-logs-write-test`, `${sessionPrefix}/completed/*`].map((key) => this.arnForObjects(key));
    const people = { Bool: { 'aws:PrincipalIsAWSService': 'false' } };
    const resourceName = sessionArchiveRoleName(site);
    const role = Stack.of(this).formatArn({ service: 'iam', region: '', resource: 'role', resourceName });
    this.addToResourcePolicy(
      new PolicyStatement({
        ...{ sid: 'OnlyServicesWrite', effect: Effect.DENY, principals: [new AnyPrincipal()], actions: ['s3:PutObject'] },
        ...{ notResources: excepted, conditions: people },
      }),
    );
    this.deny('OnlyTheExportMarks', ['s3:PutObject'], excepted, { ...people, ArnNotEquals: { 'aws:PrincipalArn': role } });
  }

  /** No replication into the archive. Replication from it has other permissions, those of its source. */
  private denyReplicas(): void {
    this.deny('NobodyReplicatesHere', replicating, [this.arnForObjects('*')]);
  }

  private denyDestruction(): void {
    this.deny('NobodyDestroys', destroying, [this.bucketArn, this.arnForObjects('*')]);
  }

  /** Only the deployment role changes the bucket. */
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
 * A record expires after its lock. A noncurrent version is kept for 30 days more, so that the change can be noticed.
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

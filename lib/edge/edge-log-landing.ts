// The landing bucket: the load balancer writes its logs there, and one function reads, redacts and removes them.
import { type IRole, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { BlockedEncryptionType, BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { edgeLogLandingName } from '../config/names';
import type { Site } from '../config/site';
import { leaveOutOfBackups } from '../labels/backup';
import { acknowledgeBucketExceptions } from '../labels/bucket-exceptions';
import { acknowledgeInPacks } from '../labels/exceptions';
import { classify, serves } from '../labels/labels';
import { keepPolicyWith } from '../labels/retention';
import { denyAllBut, denyEveryone, denyWeakening } from './log-bucket-denials';

/** Folders of the bucket, one per log. */
export const edgeLogs = ['access', 'connection'] as const;

export interface EdgeLogLandingProps {
  readonly site: Site;
}

/** A rollback of the first deployment deletes the bucket; afterwards it is retained, and empty a day later. */
const removal = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;

/**
 * The logs have the addresses and query strings that visitors send, and AWS redacts neither. They stay here for
 * minutes, and a lifecycle rule deletes what remains after a day. The bucket is unversioned, so that a deletion is
 * one, and has no replica. The policy denies reads and deletions to every principal except the role of one function.
 *
 * Encrypted with S3 managed keys, because a load balancer writes to no other bucket ("Enable access logs for your
 * Application Load Balancer": the only encryption that is supported is SSE-S3); with a customer managed key the logs
 * would stop without an error. (TOM-3.6, TOM-4.13)
 */
export class EdgeLogLanding extends Bucket {
  /** Narrowed, so that the class is an `IBucket` under `exactOptionalPropertyTypes`. */
  override get isWebsite(): boolean {
    return false;
  }

  constructor(scope: Construct, id: string, { site }: EdgeLogLandingProps) {
    super(scope, id, {
      bucketName: edgeLogLandingName(site, Stack.of(scope).account),
      encryption: BucketEncryption.S3_MANAGED,
      blockedEncryptionTypes: [BlockedEncryptionType.SSE_C],
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      lifecycleRules: [{ id: 'expire', expiration: Duration.days(1), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
      removalPolicy: removal,
    });
    // S3 to EventBridge, and from there to the queue: a notification from S3 itself would need the queue, its policy
    // and its key before the bucket.
    (this.node.defaultChild as CfnBucket).notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    this.admitLoadBalancers();
    denyEveryone(this, {
      sid: 'OnlyServicesWrite',
      actions: ['s3:PutObject'],
      resources: [this.arnForObjects('*')],
      conditions: { Bool: { 'aws:PrincipalIsAWSService': 'false' } },
    });
    denyWeakening(this);
    keepPolicyWith(this, removal);
    serves(this, 'TOM-3.6', 'TOM-4.13', 'TOM-5.7', 'DSS-5.4.1');
    classify(this, 'personal');
    this.acknowledgeExceptions();
  }

  /** Denies reads and deletions of objects to every other principal, and so their replication. */
  admitReader({ roleArn }: IRole): void {
    const actions = ['s3:DeleteObject*', 's3:GetObject*'];
    denyAllBut(this, roleArn, { sid: 'OnlyTheRedactionReads', actions, resources: [this.arnForObjects('*')] });
  }

  /**
   * The path has the account id of the load balancer ("Access log files"), so that no load balancer of another account
   * can write. Whether the delivery sends the source of the request is not documented without doubt, and a log that it
   * could not write would stop without an error: the conditions apply where it does.
   */
  private admitLoadBalancers(): void {
    const { account, region, partition } = Stack.of(this);
    this.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: edgeLogs.map((log) => this.arnForObjects(`${log}/AWSLogs/${account}/*`)),
        conditions: {
          StringEqualsIfExists: { 'aws:SourceAccount': account },
          ArnLikeIfExists: { 'aws:SourceArn': `arn:${partition}:elasticloadbalancing:${region}:${account}:loadbalancer/*` },
        },
      }),
    );
  }

  private acknowledgeExceptions(): void {
    leaveOutOfBackups(this, 'Logs stay for minutes until they are redacted; a backup would keep the query strings of visitors.');
    acknowledgeBucketExceptions(this);
    const encryption =
      'A load balancer writes its logs only to a bucket with S3 managed keys; one with a customer managed key would receive none.';
    acknowledgeInPacks(this, { rule: 'S3DefaultEncryptionKMS', reason: encryption });
    const versions = 'A version would keep the addresses of visitors after the function has redacted and removed an object.';
    acknowledgeInPacks(this, { rule: 'S3BucketVersioningEnabled', reason: versions });
  }
}

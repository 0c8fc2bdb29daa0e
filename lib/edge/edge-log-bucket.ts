// The bucket of the load balancer's logs: only the load balancer writes to it, and no principal deletes from it.
import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { BlockedEncryptionType, BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { deploymentRoleName, edgeLogBucketName } from '../config/names';
import type { Site } from '../config/site';
import { acknowledgeBucketExceptions } from '../labels/bucket-exceptions';
import { acknowledgeInPacks } from '../labels/exceptions';
import { classify, serves } from '../labels/labels';
import { keepPolicyWith } from '../labels/retention';

/** Folders of the bucket, one per log. */
export const edgeLogs = ['access', 'connection'] as const;

export interface EdgeLogBucketProps {
  readonly site: Site;
}

/**
 * Actions that delete a record, or that would make a deletion possible. Bucket policies do not apply to lifecycle
 * expiration.
 */
const destroying = ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:DeleteBucket'];
const weakening = [
  's3:PutBucketPolicy',
  's3:DeleteBucketPolicy',
  's3:PutLifecycleConfiguration',
  's3:PutBucketVersioning',
  's3:PutEncryptionConfiguration',
  's3:PutReplicationConfiguration',
  's3:PutBucketNotification',
  's3:PutBucketPublicAccessBlock',
  's3:PutBucketOwnershipControls',
];

/** A rollback of the first deployment deletes the bucket; afterwards it is retained. */
const removal = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;

/**
 * Encrypted with S3 managed keys, because a load balancer writes to no other bucket ("Enable access logs for your
 * Application Load Balancer": the only encryption that is supported is SSE-S3); with a customer managed key the logs
 * would stop without an error. Without object lock: AWS does not document that a load balancer can write to a bucket
 * with a default retention, and services with a similar delivery cannot. Instead the policy denies deletion to every
 * principal, and changes of the bucket to every principal except a deployment.
 *
 * The logs have addresses and query strings as visitors send them, before any pseudonymisation: they are classified as
 * personal data, expire after `edge.logDays`, and the audit trail records each read. (TOM-3.6, TOM-4.8)
 */
export class EdgeLogBucket extends Bucket {
  /** Narrowed, so that the class is an `IBucket` under `exactOptionalPropertyTypes`. */
  override get isWebsite(): boolean {
    return false;
  }

  constructor(scope: Construct, id: string, { site }: EdgeLogBucketProps) {
    super(scope, id, {
      bucketName: edgeLogBucketName(site, Stack.of(scope).account),
      versioned: true,
      encryption: BucketEncryption.S3_MANAGED,
      blockedEncryptionTypes: [BlockedEncryptionType.SSE_C],
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      lifecycleRules: [
        { id: 'expire', expiration: Duration.days(site.settings.edge.logDays), noncurrentVersionExpiration: Duration.days(30) },
        { id: 'tidy', expiredObjectDeleteMarker: true, abortIncompleteMultipartUploadAfter: Duration.days(7) },
      ],
      removalPolicy: removal,
    });
    (this.node.defaultChild as CfnBucket).notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    this.admitLoadBalancers();
    this.deny('OnlyServicesWrite', ['s3:PutObject'], [this.arnForObjects('*')], { Bool: { 'aws:PrincipalIsAWSService': 'false' } });
    this.deny('NobodyDestroys', destroying, [this.bucketArn, this.arnForObjects('*')]);
    this.denyWeakening();
    keepPolicyWith(this, removal);
    serves(this, 'TOM-3.6', 'TOM-5.7', 'DSS-5.4.1');
    classify(this, 'personal');
    this.acknowledgeExceptions();
  }

  /**
   * The path has the account id of the load balancer ("Access log files"), so that no load balancer of another account
   * can write.
   */
  private admitLoadBalancers(): void {
    this.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: edgeLogs.map((log) => this.arnForObjects(`${log}/AWSLogs/${Stack.of(this).account}/*`)),
      }),
    );
  }

  private denyWeakening(): void {
    const stack = Stack.of(this);
    const resourceName = deploymentRoleName(stack.account, stack.region);
    const deployment = stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName });
    this.deny('OnlyADeploymentChanges', weakening, [this.bucketArn], { ArnNotLike: { 'aws:PrincipalArn': deployment } });
  }

  private deny(sid: string, actions: string[], resources: string[], conditions?: Record<string, Record<string, string>>): void {
    const principals = [new AnyPrincipal()];
    this.addToResourcePolicy(
      new PolicyStatement({ sid, effect: Effect.DENY, principals, actions, resources, ...(conditions ? { conditions } : {}) }),
    );
  }

  private acknowledgeExceptions(): void {
    acknowledgeBucketExceptions(this);
    const reason =
      'A load balancer writes its logs only to a bucket with S3 managed keys; one with a customer managed key would receive none.';
    acknowledgeInPacks(this, { rule: 'S3DefaultEncryptionKMS', reason });
  }
}

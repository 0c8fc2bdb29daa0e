// The bucket of the load balancer's logs: written by the load balancer alone, and deleted from by nobody.
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

/** Folders of the bucket, by the log that is in them. */
export const edgeLogs = ['access', 'connection'] as const;

export interface EdgeLogBucketProps {
  readonly site: Site;
}

/** What would destroy a record, or make that possible later. Lifecycle expiry is S3's own and asks no policy. */
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

/** A rolled back first deployment takes the bucket with it; afterwards it stays. */
const removal = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;

/**
 * Encrypted with S3's own keys, because a load balancer writes to no other bucket ("Enable access logs for your Application Load
 * Balancer": the only encryption that is supported is SSE-S3); a key of our own would end the logs without a word. Without object lock:
 * AWS does not say that a load balancer can write to a bucket with a default retention, and services that deliver alike cannot. In its
 * place the policy denies deleting to everybody, and changing the bucket to everybody but a deployment.
 *
 * The logs have addresses and query strings as visitors send them, before any pseudonymisation: so they are labelled as personal data,
 * go after `edge.logDays`, and the audit trail records who reads them. (TOM-3.6, TOM-4.8)
 */
export class EdgeLogBucket extends Bucket {
  /** Narrowed, so that this is an `IBucket` under `exactOptionalPropertyTypes`. */
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

  /** The folder bears the number of the account whose load balancer writes ("Access log files"), so no other account's gets in. */
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
    const reason = 'A load balancer writes its logs to a bucket with keys of S3 alone; one with a key of ours would get none.';
    acknowledgeInPacks(this, { rule: 'S3DefaultEncryptionKMS', reason });
  }
}

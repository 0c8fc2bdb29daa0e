// Denials that the buckets of the load balancer's logs share.
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Stack } from 'aws-cdk-lib/core';
import { deploymentRoleName } from '../config/names';

export interface Denial {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Changes of a bucket that would end the protection of its objects. */
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

/** Denies actions to every principal, including services and the root user, unless the conditions exempt it. */
export function denyEveryone(bucket: Bucket, { sid, actions, resources, conditions }: Denial): void {
  const statement = { sid, effect: Effect.DENY, principals: [new AnyPrincipal()], actions: [...actions], resources: [...resources] };
  bucket.addToResourcePolicy(new PolicyStatement({ ...statement, ...(conditions ? { conditions } : {}) }));
}

/** Denies changes of the bucket to every principal except a deployment. */
export function denyWeakening(bucket: Bucket): void {
  const stack = Stack.of(bucket);
  const resourceName = deploymentRoleName(stack.account, stack.region);
  const deployment = stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName });
  denyEveryone(bucket, {
    sid: 'OnlyADeploymentChanges',
    actions: weakening,
    resources: [bucket.bucketArn],
    conditions: { ArnNotLike: { 'aws:PrincipalArn': deployment } },
  });
}

/**
 * Denies actions to every principal except one role. A service has no such ARN, so it is denied, too
 * ("aws:PrincipalArn": not in the request of a service).
 */
export function denyAllBut(bucket: Bucket, roleArn: string, denial: Omit<Denial, 'conditions'>): void {
  denyEveryone(bucket, { ...denial, conditions: { ArnNotEquals: { 'aws:PrincipalArn': roleArn } } });
}

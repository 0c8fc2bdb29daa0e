// Whether what a construct keeps outlives its stack.
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Site } from '../config/site';

/**
 * What becomes of a log group with a fixed name when its stack goes. Production keeps it, though not when the first
 * deployment is rolled back: its name must be free for the next attempt. Elsewhere it goes with the stack, so that the
 * stack can come back under the same name. (TOM-3.6)
 */
export function removalOfNamedLog(site: Site): RemovalPolicy {
  return site.settings.environment === 'production' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}

/**
 * Keeps the policy of a bucket as long as the bucket. CloudFormation would delete it with the stack and leave the
 * bucket behind without what keeps it undeleted and within the account (aws-cdk#27125). To be called with the removal
 * policy of the bucket. (TOM-3.6, TOM-4.2)
 */
export function keepPolicyWith(bucket: Bucket, removal: RemovalPolicy): void {
  if (!bucket.policy) throw new Error(`${bucket.node.path}: expected a bucket with a policy, got none; add its statements first`);
  bucket.policy.applyRemovalPolicy(removal);
}

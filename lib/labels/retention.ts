// Retention of resources when their stack is deleted.
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Site } from '../config/site';

/**
 * Removal policy of a log group with a fixed name. Production retains it, except when the first deployment is rolled
 * back: its name must be free for the next attempt. Other environments delete it with the stack, so that the stack can
 * be created again under the same name. (TOM-3.6)
 */
export function removalOfNamedLog(site: Site): RemovalPolicy {
  return site.settings.environment === 'production' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}

/**
 * Gives the policy of a bucket the removal policy of the bucket. CloudFormation would otherwise delete it with the
 * stack and retain the bucket without its denials (aws-cdk#27125). (TOM-3.6, TOM-4.2)
 * @throws if the bucket has no policy yet
 */
export function keepPolicyWith(bucket: Bucket, removal: RemovalPolicy): void {
  if (!bucket.policy) throw new Error(`${bucket.node.path}: expected a bucket with a policy, got none; add its statements first`);
  bucket.policy.applyRemovalPolicy(removal);
}

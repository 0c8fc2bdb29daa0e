// TOM-3.6, TOM-4.2: a bucket that is retained after its stack retains its policy.
import { type Finding, finding, guardWhere, type Rule, remove, replace } from '../../rule';
import type { Assembly, Resource } from '../../template/assembly';
import { policiesOf } from '../../template/buckets';
import { bucketPolicyType, bucketType } from '../../template/resource-types';

const deletionAttributes = ['DeletionPolicy', 'UpdateReplacePolicy'] as const;

export const keptBucketPolicies: Rule = {
  name: 'kept-bucket-policies',
  requires: 'every bucket that is retained after its stack has a policy with the same DeletionPolicy and UpdateReplacePolicy',
  types: [bucketType],
  check(bucket, assembly) {
    if (!isRetained(bucket)) return 'not-applicable';
    const policies = policiesOf(bucket, assembly);
    if (policies.length === 0) {
      const fix = 'Add the statements that deny public access and deletion.';
      return [{ id: 'policy', path: 'the bucket policy', found: undefined, required: 'a bucket policy', fix }];
    }
    return policies.flatMap((policy) => retentionFindings(bucket, policy));
  },
  guards: [
    guardWhere(bucketPolicyType, isOfRetainedBucket, '', remove),
    guardWhere(bucketPolicyType, isOfRetainedBucket, 'Properties.Bucket', replace('another-bucket')),
    ...deletionAttributes.map((name) => guardWhere(bucketPolicyType, isOfRetainedBucket, name, remove, replace('Delete'))),
  ],
  bypasses: [
    {
      name: 'a retained bucket without a policy',
      resources: { Retained: { Type: bucketType, Properties: {}, DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' } },
    },
    {
      name: 'a policy that is deleted before its bucket',
      resources: {
        Retained: { Type: bucketType, Properties: {}, DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' },
        Deleted: { Type: bucketPolicyType, Properties: { Bucket: { Ref: 'Retained' }, PolicyDocument: { Statement: [] } } },
      },
    },
  ],
  reads: deletionAttributes.map((path) => ({ type: bucketType, path })),
};

const isRetained = (bucket: Resource): boolean => deletionAttributes.some((name) => /^Retain/.test(String(bucket.json[name])));

function isOfRetainedBucket(policy: Resource, assembly: Assembly): boolean {
  return assembly.ofType(bucketType).some((bucket) => isRetained(bucket) && assembly.refersTo(policy.at('Bucket'), policy, bucket));
}

/** Otherwise CloudFormation deletes the policy with the stack and retains the bucket without it (aws-cdk#27125). */
function retentionFindings(bucket: Resource, policy: Resource): readonly Finding[] {
  const fix = 'Call keepPolicyWith with the removal policy of the bucket.';
  return deletionAttributes
    .filter((name) => policy.json[name] !== bucket.json[name])
    .map((name) => ({
      ...finding(policy, name, name, `${bucket.json[name]}, as on the bucket`, fix),
      path: `${name} of the bucket policy`,
    }));
}

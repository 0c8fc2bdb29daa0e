// TOM-3.6, TOM-4.2: a bucket that outlives its stack keeps its policy.
import { type Finding, finding, guardWhere, type Rule, remove, replace } from '../../rule';
import type { Assembly, Resource } from '../../template/assembly';
import { policiesOf } from '../../template/buckets';

const bucketType = 'AWS::S3::Bucket';
const policyType = 'AWS::S3::BucketPolicy';
const ends = ['DeletionPolicy', 'UpdateReplacePolicy'] as const;

export const keptBucketPolicies: Rule = {
  name: 'kept-bucket-policies',
  requires: 'every bucket that is retained when its stack goes has a policy, which is retained in the same way',
  types: [bucketType],
  check(bucket, assembly) {
    if (!isKept(bucket)) return 'not-applicable';
    const policies = policiesOf(bucket, assembly);
    if (policies.length === 0) {
      const fix = 'Add the statements that keep the bucket private and undeleted.';
      return [{ id: 'policy', path: 'its bucket policy', found: undefined, required: 'a policy', fix }];
    }
    return policies.flatMap((policy) => lost(bucket, policy));
  },
  guards: [
    guardWhere(policyType, isOfKept, '', remove),
    guardWhere(policyType, isOfKept, 'Properties.Bucket', replace('another-bucket')),
    ...ends.map((end) => guardWhere(policyType, isOfKept, end, remove, replace('Delete'))),
  ],
  bypasses: [
    {
      name: 'a bucket that stays behind without a policy',
      resources: { Left: { Type: bucketType, Properties: {}, DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' } },
    },
    {
      name: 'a policy that goes before its bucket',
      resources: {
        Left: { Type: bucketType, Properties: {}, DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' },
        Goes: { Type: policyType, Properties: { Bucket: { Ref: 'Left' }, PolicyDocument: { Statement: [] } } },
      },
    },
  ],
  reads: ends.map((path) => ({ type: bucketType, path })),
};

const isKept = (bucket: Resource): boolean => ends.some((end) => /^Retain/.test(String(bucket.json[end])));

function isOfKept(policy: Resource, assembly: Assembly): boolean {
  return assembly.ofType(bucketType).some((bucket) => isKept(bucket) && assembly.refersTo(policy.at('Bucket'), policy, bucket));
}

/** CloudFormation deletes the policy with the stack and leaves the bucket without it (aws-cdk#27125). */
function lost(bucket: Resource, policy: Resource): readonly Finding[] {
  const fix = 'Call keepPolicyWith with the removal policy of the bucket.';
  return ends
    .filter((end) => policy.json[end] !== bucket.json[end])
    .map((end) => ({ ...finding(policy, end, end, `${bucket.json[end]}, as its bucket has`, fix), path: `${end} of its bucket policy` }));
}

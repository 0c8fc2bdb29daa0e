// TOM-4.13: a bucket with raw logs of a load balancer keeps no object for more than a day, and one role reads it.
import { landingDays } from '../../figures';
import { append, type Finding, finding, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { coversObjects, denialsOf, policiesOf } from '../../template/buckets';
import { isLanding, readerOf, readerPaths } from '../../template/landing-buckets';
import { conditionsAre, coversActions, statementsOf } from '../../template/policies';
import { balancerType, bucketPolicyType, bucketType } from '../../template/resource-types';

const deliverer = 'logdelivery.elasticloadbalancing.amazonaws.com';
/** A statement that admits another service to write. */
const otherWriter = { Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 's3:PutObject', Resource: '*' };

const fix = 'Create the bucket with EdgeLogLanding, and admit its reader with admitReader.';

export const landingBucket: Rule = {
  name: 'landing-bucket',
  requires: 'every bucket with raw load balancer logs is emptied within a day, unversioned, unreplicated and read by one role',
  types: [bucketType],
  check(bucket, assembly) {
    if (!isLanding(bucket, assembly)) return 'not-applicable';
    return [...retentionFindings(bucket), ...accessFindings(bucket, assembly)];
  },
  guards: [
    guardWhere(bucketType, isLanding, 'Properties.LifecycleConfiguration', remove),
    guardWhere(bucketType, isLanding, 'Properties.LifecycleConfiguration.Rules.0.ExpirationInDays', remove, replace(2)),
    guardWhere(bucketType, isLanding, 'Properties.LifecycleConfiguration.Rules.0.Status', replace('Disabled')),
    guardWhere(bucketType, isLanding, 'Properties.LifecycleConfiguration.Rules.0.Prefix', set('access/')),
    guardWhere(bucketType, isLanding, 'Properties.VersioningConfiguration', set({ Status: 'Enabled' }), set({ Status: 'Suspended' })),
    guardWhere(bucketType, isLanding, 'Properties.ReplicationConfiguration', set({ Role: 'x', Rules: [] })),
    { type: bucketPolicyType, path: readerDenials(''), breaks: [remove] },
    { type: bucketPolicyType, path: readerDenials('.Action'), breaks: [remove, replace('s3:GetObject')] },
    { type: bucketPolicyType, path: readerDenials('.Condition'), breaks: [replace({ Bool: { 'aws:SecureTransport': 'false' } })] },
    { type: bucketPolicyType, path: admissions, breaks: [append(otherWriter)] },
  ],
  reads: [
    { type: bucketType, path: 'Properties.LifecycleConfiguration' },
    { type: balancerType, path: 'Properties.Scheme' },
    { type: balancerType, path: 'Properties.LoadBalancerAttributes' },
    ...['Bucket', 'PolicyDocument'].map((name) => ({ type: bucketPolicyType, path: `Properties.${name}` })),
  ],
};

function retentionFindings(bucket: Resource): readonly Finding[] {
  const object = (id: string, path: string, required: string): Finding => finding(bucket, id, `Properties.${path}`, required, fix);
  const rules = listOf(bucket.at('LifecycleConfiguration.Rules'));
  return [
    ...(rules.some(expiresAll)
      ? []
      : [object('days', 'LifecycleConfiguration', `a rule that expires every object after ${landingDays} day`)]),
    ...(bucket.at('VersioningConfiguration') === undefined ? [] : [object('versions', 'VersioningConfiguration', 'no versions')]),
    ...(bucket.at('ReplicationConfiguration') === undefined ? [] : [object('replica', 'ReplicationConfiguration', 'no replica')]),
  ];
}

/** Whether a rule without a filter expires objects in time. */
function expiresAll(rule: Json): boolean {
  const filters = ['Prefix', 'TagFilters', 'ObjectSizeGreaterThan', 'ObjectSizeLessThan'];
  return (
    valueAt(rule, 'Status') === 'Enabled' &&
    valueAt(rule, 'ExpirationInDays') === landingDays &&
    filters.every((name) => valueAt(rule, name) === undefined)
  );
}

function accessFindings(bucket: Resource, assembly: Assembly): readonly Finding[] {
  const object = (id: string, required: string): Finding => ({ id, path: 'the bucket policy', found: undefined, required, fix });
  return [
    ...(readerOf(bucket, assembly) ? [] : [object('reader', 'a denial of reads and deletions to every principal except one role')]),
    ...(admitsOnlyDeliveries(bucket, assembly) ? [] : [object('writers', `no principal except ${deliverer}`)]),
    ...(refusesOthers(bucket, assembly) ? [] : [object('others', 'a denial of writes to every principal that is not a service')]),
  ];
}

/** Whether every statement that admits a principal is for the delivery of load balancers. */
function admitsOnlyDeliveries(bucket: Resource, assembly: Assembly): boolean {
  return policiesOf(bucket, assembly)
    .flatMap((policy) => statementsOf(policy.at('PolicyDocument'), 'PolicyDocument'))
    .filter(({ effect }) => effect === 'Allow')
    .every(({ json, actions }) => valueAt(json, 'Principal.Service') === deliverer && actions.join() === 's3:PutObject');
}

function refusesOthers(bucket: Resource, assembly: Assembly): boolean {
  const condition = { operator: 'Bool', key: 'aws:PrincipalIsAWSService', value: 'false' };
  return denialsOf(bucket, assembly).some(
    (statement) => coversActions(statement, ['s3:PutObject']) && coversObjects(statement, bucket) && conditionsAre(statement, [condition]),
  );
}

/** Landing buckets that a policy belongs to. */
function landingsOf(policy: Resource, assembly: Assembly): readonly Resource[] {
  const bucket = assembly.target(policy.at('Bucket'), policy.stack);
  return bucket?.type === bucketType && isLanding(bucket, assembly) ? [bucket] : [];
}

/** Paths of the denials that make one role the only reader. */
function readerDenials(below: string) {
  return (policy: Resource, assembly: Assembly): readonly string[] =>
    landingsOf(policy, assembly).flatMap((bucket) => readerPaths(bucket, assembly).map((path) => `Properties.${path}${below}`));
}

function admissions(policy: Resource, assembly: Assembly): readonly string[] {
  return landingsOf(policy, assembly).map(() => 'Properties.PolicyDocument.Statement');
}

// TOM-4.13: public load balancers log to landing buckets only, whose one reader stores the redacted logs elsewhere.
import { type Finding, finding, guardWhere, type Rule, replace } from '../../rule';
import type { Assembly, Resource } from '../../template/assembly';
import { balancerLogs, readerOf, writtenBy } from '../../template/landing-buckets';
import { attributeOf, attributePath, attributeText, isPublic } from '../../template/load-balancers';
import { balancerType, bucketPolicyType, bucketType, managedPolicyType, roleType } from '../../template/resource-types';

/**
 * Delivery of vended logs, by which a load balancer could log to another store ("CloudWatch Logs delivery sources").
 */
const deliverySourceType = 'AWS::Logs::DeliverySource';

const fix = 'Pass the EdgeLogLanding of the account stack to the load balancer; LogRedaction stores its logs in the EdgeLogBucket.';

export const landedLogs: Rule = {
  name: 'landed-logs',
  requires: 'public load balancers log to a landing bucket only, whose one reader stores the logs in another bucket',
  types: [balancerType, deliverySourceType],
  check(resource, assembly) {
    if (resource.type === deliverySourceType) return sourceFindings(resource, assembly);
    return isPublic(resource) ? balancerLogs.flatMap((log) => logFindings(resource, log, assembly)) : 'not-applicable';
  },
  guards: balancerLogs.map((log) =>
    guardWhere(balancerType, isPublic, attributePath(`${log}.s3.bucket`, '.Value'), replace('another-bucket'), replace({ Ref: 'Other' })),
  ),
  bypasses: [
    {
      name: 'a delivery of the logs of a load balancer to another store',
      resources: (beside) => ({
        Source: { Type: deliverySourceType, Properties: { LogType: 'ALB_ACCESS_LOGS', ResourceArn: { Ref: beside.logicalId } } },
      }),
      beside: balancerType,
    },
  ],
  reads: [
    ...['Scheme', 'LoadBalancerAttributes'].map((name) => ({ type: balancerType, path: `Properties.${name}` })),
    ...['Bucket', 'PolicyDocument'].map((name) => ({ type: bucketPolicyType, path: `Properties.${name}` })),
    ...['Roles', 'PolicyDocument'].map((name) => ({ type: managedPolicyType, path: `Properties.${name}` })),
    { type: roleType, path: 'Properties' },
    { type: bucketType, path: 'Properties' },
  ],
};

function logFindings(balancer: Resource, log: string, assembly: Assembly): readonly Finding[] {
  if (attributeText(balancer, `${log}.s3.enabled`) !== 'true') return [];
  const attribute = attributeOf(balancer, `${log}.s3.bucket`);
  const path = `${attribute?.path ?? 'Properties.LoadBalancerAttributes'}.Value`;
  const bucket = assembly.target(attribute?.value, balancer.stack);
  const reader = bucket?.type === bucketType ? readerOf(bucket, assembly) : undefined;
  if (!bucket || !reader) {
    return [finding(balancer, `${log}::landing`, path, 'a bucket of the deployment that one role reads', fix)];
  }
  const stores = writtenBy(reader, assembly);
  if (stores.length > 0 && !stores.includes(bucket)) return [];
  return [finding(balancer, `${log}::stored`, path, 'a bucket whose reader writes to other buckets, and not to this one', fix)];
}

function sourceFindings(source: Resource, assembly: Assembly): 'not-applicable' | readonly Finding[] {
  if (assembly.target(source.at('ResourceArn'), source.stack)?.type !== balancerType) return 'not-applicable';
  return [finding(source, 'delivery', 'Properties.ResourceArn', 'no delivery of the logs of a load balancer', 'Remove the delivery.')];
}

// What buckets are used for, told from what refers to them.
import { type Assembly, isObject, type Json, listOf, type Resource } from './assembly';
import { concernsEveryone, type Statement, statementsOf } from './policies';

/**
 * Whether a bucket takes server access logs or load balancer logs, which no customer-managed key can encrypt ("Enabling
 * Amazon S3 server access logging": the destination bucket takes SSE-S3 only; "Access logs for your Application Load
 * Balancer": the same).
 */
export function takesAccessLogs(bucket: Resource, assembly: Assembly): boolean {
  const leadsHere = (value: Json | undefined, from: Resource) => assembly.refersTo(value, from, bucket);
  return (
    assembly.ofType('AWS::S3::Bucket').some((other) => leadsHere(other.at('LoggingConfiguration.DestinationBucketName'), other)) ||
    assembly
      .ofType('AWS::ElasticLoadBalancingV2::LoadBalancer')
      .some((balancer) =>
        listOf(balancer.at('LoadBalancerAttributes')).some(
          (attribute) => isObject(attribute) && attribute.Key === 'access_logs.s3.bucket' && leadsHere(attribute.Value, balancer),
        ),
      )
  );
}

/** The policies of a bucket. */
function policiesOf(bucket: Resource, assembly: Assembly): readonly Resource[] {
  return assembly.ofType('AWS::S3::BucketPolicy').filter((policy) => assembly.refersTo(policy.at('Bucket'), policy, bucket));
}

/** The bucket that takes the audit trail's files, and with them whatever else the audit archive holds. */
export function auditArchives(assembly: Assembly): readonly Resource[] {
  const buckets = assembly.ofType('AWS::CloudTrail::Trail').map((trail) => assembly.target(trail.at('S3BucketName'), trail.stack));
  return buckets.filter((bucket) => bucket?.type === 'AWS::S3::Bucket') as Resource[];
}

/** Whether a statement of a bucket's policy speaks of all its objects. */
export function coversObjects(statement: Statement, bucket: Resource): boolean {
  return statement.resources.some((resource) => resource === '*' || resource === `\${${bucket.logicalId}.Arn}/*`);
}

/** Whether a statement of a bucket's policy speaks of the bucket itself. */
export function coversBucket(statement: Statement, bucket: Resource): boolean {
  return statement.resources.some((resource) => ['*', `\${${bucket.logicalId}.Arn}`, `\${${bucket.logicalId}.Arn}*`].includes(resource));
}

/** The statements of a bucket's policies that deny something to everyone, without condition or exception. */
export function denialsOf(bucket: Resource, assembly: Assembly): readonly Statement[] {
  return policiesOf(bucket, assembly)
    .flatMap((policy) => statementsOf(policy.at('PolicyDocument'), 'PolicyDocument'))
    .filter((statement) => statement.effect === 'Deny' && concernsEveryone(statement));
}

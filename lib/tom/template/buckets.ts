// Buckets, classified by the resources that refer to them.

import { type Assembly, isObject, type Json, listOf, type Resource } from './assembly';
import { concernsEveryone, type Statement, statementsOf } from './policies';
import { balancerType, bucketPolicyType, bucketType, trailType } from './resource-types';

/**
 * Whether a bucket receives server access logs or load balancer logs, which no customer-managed key can encrypt
 * ("Enabling Amazon S3 server access logging": the destination bucket takes SSE-S3 only; "Access logs for your
 * Application Load Balancer": the same).
 */
export function takesAccessLogs(bucket: Resource, assembly: Assembly): boolean {
  const refersHere = (value: Json | undefined, from: Resource) => assembly.refersTo(value, from, bucket);
  return (
    assembly.ofType(bucketType).some((other) => refersHere(other.at('LoggingConfiguration.DestinationBucketName'), other)) ||
    assembly
      .ofType(balancerType)
      .some((balancer) =>
        listOf(balancer.at('LoadBalancerAttributes')).some(
          (attribute) => isObject(attribute) && attribute.Key === 'access_logs.s3.bucket' && refersHere(attribute.Value, balancer),
        ),
      )
  );
}

/** The policies of a bucket. */
export function policiesOf(bucket: Resource, assembly: Assembly): readonly Resource[] {
  return assembly.ofType(bucketPolicyType).filter((policy) => assembly.refersTo(policy.at('Bucket'), policy, bucket));
}

/** The buckets that receive the files of an audit trail: the audit archive. */
export function auditArchives(assembly: Assembly): readonly Resource[] {
  const buckets = assembly.ofType(trailType).map((trail) => assembly.target(trail.at('S3BucketName'), trail.stack));
  return buckets.filter((bucket) => bucket?.type === bucketType) as Resource[];
}

/** Whether a statement of a bucket policy applies to all objects of the bucket. */
export function coversObjects(statement: Statement, bucket: Resource): boolean {
  return statement.resources.some((resource) => resource === '*' || resource === `\${${bucket.logicalId}.Arn}/*`);
}

/** Whether a statement of a bucket policy applies to the bucket itself. */
export function coversBucket(statement: Statement, bucket: Resource): boolean {
  return statement.resources.some((resource) => ['*', `\${${bucket.logicalId}.Arn}`, `\${${bucket.logicalId}.Arn}*`].includes(resource));
}

/** The statements of a bucket's policies that deny something to everyone, without condition or exception. */
export function denialsOf(bucket: Resource, assembly: Assembly): readonly Statement[] {
  return policiesOf(bucket, assembly)
    .flatMap((policy) => statementsOf(policy.at('PolicyDocument'), 'PolicyDocument'))
    .filter((statement) => statement.effect === 'Deny' && concernsEveryone(statement));
}

// Buckets that load balancers log to, the one role that reads each, and the buckets that this role writes.
import { type Assembly, isObject, type Resource } from './assembly';
import { coversObjects, denialsOf } from './buckets';
import { attributeOf, isPublic } from './load-balancers';
import { coversActions, type Statement, statementsOf } from './policies';
import { balancerType, bucketType, managedPolicyType, roleType } from './resource-types';

/** Logs of a load balancer with addresses of visitors. */
export const balancerLogs = ['access_logs', 'connection_logs'] as const;

/** Whether a public load balancer logs to the bucket. */
export function isLanding(bucket: Resource, assembly: Assembly): boolean {
  return assembly
    .ofType(balancerType)
    .filter(isPublic)
    .some((balancer) => balancerLogs.some((log) => assembly.refersTo(attributeOf(balancer, `${log}.s3.bucket`)?.value, balancer, bucket)));
}

/** Actions on objects that only the reader of a landing bucket may use. */
const ofReader = ['s3:GetObject', 's3:GetObjectVersion', 's3:DeleteObject'];

/** Denials that except one role of the deployment, for all objects of a bucket, with that role. */
function exceptionsOf(bucket: Resource, assembly: Assembly, actions: readonly string[]) {
  return denialsOf(bucket, assembly).flatMap((statement) => {
    const role = exceptedRole(statement, bucket, assembly);
    return role && coversActions(statement, actions) && coversObjects(statement, bucket) ? [{ role, path: statement.path }] : [];
  });
}

/** The role that alone reads and deletes the objects of a bucket. */
export const readerOf = (bucket: Resource, assembly: Assembly): Resource | undefined => exceptionsOf(bucket, assembly, ofReader)[0]?.role;

/** Paths of the denials that make a role the only reader. */
export const readerPaths = (bucket: Resource, assembly: Assembly): readonly string[] =>
  exceptionsOf(bucket, assembly, ofReader).map(({ path }) => path);

/** The role, if the principal's ARN is the only condition, and excepts this role alone. */
function exceptedRole({ json: { Condition } }: Statement, bucket: Resource, assembly: Assembly): Resource | undefined {
  if (!isObject(Condition) || Object.keys(Condition).length !== 1) return undefined;
  const keys = Condition.ArnNotEquals ?? Condition.StringNotEquals;
  if (!isObject(keys) || Object.keys(keys).length !== 1) return undefined;
  const role = assembly.target(keys['aws:PrincipalArn'], bucket.stack);
  return role?.type === roleType ? role : undefined;
}

/** The buckets of its stack to which the policies of a role allow to write. */
export function writtenBy(role: Resource, assembly: Assembly): readonly Resource[] {
  const policies = assembly.ofType(managedPolicyType).filter((policy) => {
    const roles = policy.at('Roles');
    return Array.isArray(roles) && roles.some((value) => assembly.refersTo(value, policy, role));
  });
  const resources = policies
    .flatMap((policy) => statementsOf(policy.at('PolicyDocument'), 'PolicyDocument'))
    .filter((statement) => statement.effect === 'Allow' && coversActions(statement, ['s3:PutObject']))
    .flatMap((statement) => statement.resources);
  return assembly
    .ofType(bucketType)
    .filter((bucket) => bucket.stack === role.stack && resources.some((arn) => arn.startsWith(`\${${bucket.logicalId}.Arn}`)));
}

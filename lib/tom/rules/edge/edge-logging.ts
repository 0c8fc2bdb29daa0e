// TOM-3.6: requests to and connections with public load balancers are logged, and what the firewall decides; nobody deletes those logs.

import { append, type Finding, finding, guard, guardWhere, type Rule, remove, replace } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { coversObjects, denialsOf } from '../../template/buckets';
import { attributeOf, attributePath, attributeText, balancerType, isPublic } from '../../template/load-balancers';
import { coversActions } from '../../template/policies';
import { loggingType, webAclType } from '../../template/web-acls';

const logs = ['access_logs', 'connection_logs'];
const bucketType = 'AWS::S3::Bucket';
const minimumDays = 90;
const deleting = ['s3:DeleteObject', 's3:DeleteObjectVersion'];

/** What no log of requests may keep: secrets, and query strings, which are collected data or have tokens in them. (TOM-3.10, TOM-4.13) */
const secretHeaders = ['authorization', 'cookie'];

export const edgeLogging: Rule = {
  name: 'edge-logging',
  requires: `every public load balancer logs requests and connections to a bucket of the deployment that keeps them at least ${minimumDays} days and from which nobody deletes, and every web ACL logs each refusal, without secrets and query strings, to a log group`,
  types: [balancerType, webAclType],
  check(resource, assembly) {
    if (resource.type === webAclType) return firewallFindings(resource, assembly);
    return isPublic(resource) ? logs.flatMap((log) => balancerLog(resource, log, assembly)) : 'not-applicable';
  },
  guards: [
    ...logs.flatMap((log) => [
      guardWhere(balancerType, isPublic, attributePath(`${log}.s3.enabled`), remove),
      guardWhere(balancerType, isPublic, attributePath(`${log}.s3.enabled`, '.Value'), replace('false')),
      guardWhere(balancerType, isPublic, attributePath(`${log}.s3.bucket`), remove),
      guardWhere(balancerType, isPublic, attributePath(`${log}.s3.bucket`, '.Value'), replace('another-bucket')),
    ]),
    guardWhere(bucketType, takesLogs, 'Properties.LifecycleConfiguration.Rules.0.ExpirationInDays', replace(30)),
    { type: 'AWS::S3::BucketPolicy', path: deletionDenials, breaks: [remove] },
    guard(loggingType, '', remove),
    guard(loggingType, 'Properties.ResourceArn', remove, replace('arn:aws:wafv2:other')),
    guard(loggingType, 'Properties.LogDestinationConfigs', remove, replace(['arn:aws:s3:::elsewhere'])),
    guard(loggingType, 'Properties.RedactedFields.*', remove),
    guard(loggingType, 'Properties.LoggingFilter.DefaultBehavior', replace('DROP')),
    guard(loggingType, 'Properties.LoggingFilter.Filters', append({ Behavior: 'DROP', Requirement: 'MEETS_ANY', Conditions: [] })),
    guard(loggingType, 'Properties.LoggingFilter.Filters.0.Requirement', remove, replace('MEETS_ANY')),
    guard(loggingType, 'Properties.LoggingFilter.Filters.0.Conditions.0', replace({ ActionCondition: { Action: 'BLOCK' } }), remove),
    guard(webAclType, 'Properties.DataProtectionConfig.DataProtections.*', remove),
    guard(webAclType, 'Properties.DataProtectionConfig.DataProtections.*.Field.FieldType', replace('BODY')),
  ],
  reads: [
    ...['Scheme', 'LoadBalancerAttributes'].map((name) => ({ type: balancerType, path: `Properties.${name}` })),
    { type: bucketType, path: 'Properties.LifecycleConfiguration' },
    ...['Bucket', 'PolicyDocument'].map((name) => ({ type: 'AWS::S3::BucketPolicy', path: `Properties.${name}` })),
    { type: loggingType, path: 'Properties' },
    { type: webAclType, path: 'Properties.DataProtectionConfig' },
  ],
};

function balancerLog(balancer: Resource, log: string, assembly: Assembly): readonly Finding[] {
  const key = `${log}.s3.bucket`;
  const bucket = assembly.target(attributeOf(balancer, key)?.value, balancer.stack);
  const path = attributeOf(balancer, key)?.path ?? 'Properties.LoadBalancerAttributes';
  const object = (id: string, required: string, fix: string) => [finding(balancer, `${log}::${id}`, path, required, fix)];
  if (attributeText(balancer, `${log}.s3.enabled`) !== 'true' || bucket?.type !== bucketType) {
    return object('off', `${log}.s3.enabled with a bucket of the deployment`, 'Give the load balancer an EdgeLogBucket.');
  }
  const kept = listOf(bucket.at('LifecycleConfiguration.Rules')).every((rule) => !endsEarly(rule));
  const undeletable = deleting.every((action) =>
    denialsOf(bucket, assembly).some(
      (statement) => coversActions(statement, [action]) && isUnconditional(statement.json) && coversObjects(statement, bucket),
    ),
  );
  return [
    ...(kept ? [] : object('days', `a bucket that keeps objects ${minimumDays} days or longer`, 'Raise edge.logDays.')),
    ...(undeletable ? [] : object('deletion', `a bucket that denies ${deleting.join(' and ')} to everyone`, 'Use an EdgeLogBucket.')),
  ];
}

function endsEarly(rule: Json): boolean {
  const days = valueAt(rule, 'ExpirationInDays');
  const date = valueAt(rule, 'ExpirationDate');
  return date !== undefined || (days !== undefined && !(typeof days === 'number' && days >= minimumDays));
}

const isUnconditional = (statement: { readonly [key: string]: Json }): boolean =>
  statement.Condition === undefined || (isObject(statement.Condition) && Object.keys(statement.Condition).length === 0);

function takesLogs(bucket: Resource, assembly: Assembly): boolean {
  return assembly
    .ofType(balancerType)
    .filter(isPublic)
    .some((balancer) => logs.some((log) => assembly.refersTo(attributeOf(balancer, `${log}.s3.bucket`)?.value, balancer, bucket)));
}

/** Statements that deny deleting, of the policies of buckets that take logs. */
function deletionDenials(policy: Resource, assembly: Assembly): readonly string[] {
  const bucket = assembly.target(policy.at('Bucket'), policy.stack);
  if (!bucket || !takesLogs(bucket, assembly)) return [];
  return denialsOf(bucket, assembly)
    .filter((statement) => coversActions(statement, deleting) && isUnconditional(statement.json))
    .map(({ path }) => `Properties.${path}`);
}

function firewallFindings(acl: Resource, assembly: Assembly): readonly Finding[] {
  const logging = assembly.ofType(loggingType).find((candidate) => assembly.refersTo(candidate.at('ResourceArn'), candidate, acl));
  const group = logging && assembly.target(logging.at('LogDestinationConfigs.0'), logging.stack);
  if (!logging || group?.type !== 'AWS::Logs::LogGroup') {
    return [finding(acl, 'log', '', 'a logging configuration to a log group of the deployment', 'Build WebFirewall, which logs.')];
  }
  const inLog = listOf(logging.at('RedactedFields'));
  const inAcl = listOf(acl.at('DataProtectionConfig.DataProtections')).map((protection) => valueAt(protection, 'Field'));
  const redacted = secretHeaders.every((name) => inLog.some((field) => isHeader(field, name))) && inLog.some(isQuery);
  const covered = secretHeaders.every((name) => inAcl.some((field) => protectsField(field, name))) && inAcl.some(isQueryType);
  const object = (id: string, path: string, required: string): Finding =>
    finding(acl, id, path, required, 'Build WebFirewall, which does.');
  return [
    ...(redacted ? [] : [object('redaction', '', `a log without ${secretHeaders.join(', ')} and query string`)]),
    ...(covered
      ? []
      : [object('samples', 'Properties.DataProtectionConfig', `samples without ${secretHeaders.join(', ')} and query string`)]),
    ...(keepsRefusals(logging) ? [] : [object('filter', '', 'a log filter that drops nothing but requests that passed')]),
  ];
}

const isHeader = (field: Json, name: string): boolean => String(valueAt(field, 'SingleHeader.Name')).toLowerCase() === name;
const isQuery = (field: Json): boolean => valueAt(field, 'QueryString') !== undefined;
const isQueryType = (field: Json | undefined): boolean => valueAt(field, 'FieldType') === 'QUERY_STRING';

function protectsField(field: Json | undefined, header: string): boolean {
  const keys = listOf(valueAt(field, 'FieldKeys'));
  return valueAt(field, 'FieldType') === 'SINGLE_HEADER' && (keys.length === 0 || keys.includes(header));
}

/** Whatever a filter drops has passed: it must meet all of its conditions, and one is that it was allowed. */
function keepsRefusals(logging: Resource): boolean {
  if (logging.at('LoggingFilter') === undefined) return true;
  const filters = listOf(logging.at('LoggingFilter.Filters')).filter((filter) => valueAt(filter, 'Behavior') !== 'KEEP');
  const allowed = (filter: Json): boolean =>
    valueAt(filter, 'Requirement') === 'MEETS_ALL' &&
    listOf(valueAt(filter, 'Conditions')).some((condition) => valueAt(condition, 'ActionCondition.Action') === 'ALLOW');
  return logging.at('LoggingFilter.DefaultBehavior') === 'KEEP' && filters.every(allowed);
}

// TOM-3.6: load balancer requests, connections and web ACL decisions are logged. No principal can delete these logs.

import { shortestLogDays } from '../../figures';
import { append, type Finding, finding, guard, guardWhere, type Rule, remove, replace } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { coversObjects, denialsOf } from '../../template/buckets';
import { balancerLogs, isLanding, readerOf, writtenBy } from '../../template/landing-buckets';
import { attributeOf, attributePath, attributeText, isPublic } from '../../template/load-balancers';
import { coversActions } from '../../template/policies';
import {
  balancerType,
  bucketPolicyType,
  bucketType,
  logGroupType,
  webAclLoggingType as loggingType,
  managedPolicyType,
  webAclType,
} from '../../template/resource-types';
import { secretHeaders } from '../../template/web-acls';

const logs = balancerLogs;
const deletion = ['s3:DeleteObject', 's3:DeleteObjectVersion'];

export const edgeLogging: Rule = {
  name: 'edge-logging',
  requires: `public load balancers log requests and connections for ${shortestLogDays} days or longer, and web ACLs log refusals without secrets`,
  types: [balancerType, webAclType],
  check(resource, assembly) {
    if (resource.type === webAclType) return firewallFindings(resource, assembly);
    return isPublic(resource) ? logs.flatMap((log) => logFindings(resource, log, assembly)) : 'not-applicable';
  },
  guards: [
    ...logs.flatMap((log) => [
      guardWhere(balancerType, isPublic, attributePath(`${log}.s3.enabled`), remove),
      guardWhere(balancerType, isPublic, attributePath(`${log}.s3.enabled`, '.Value'), replace('false')),
      guardWhere(balancerType, isPublic, attributePath(`${log}.s3.bucket`), remove),
      guardWhere(balancerType, isPublic, attributePath(`${log}.s3.bucket`, '.Value'), replace('another-bucket')),
    ]),
    guardWhere(bucketType, keepsLogs, 'Properties.LifecycleConfiguration.Rules.*.ExpirationInDays', replace(30)),
    { type: bucketPolicyType, path: deletionDenials, breaks: [remove] },
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
    ...['Bucket', 'PolicyDocument'].map((name) => ({ type: bucketPolicyType, path: `Properties.${name}` })),
    ...['Roles', 'PolicyDocument'].map((name) => ({ type: managedPolicyType, path: `Properties.${name}` })),
    { type: loggingType, path: 'Properties' },
    { type: webAclType, path: 'Properties.DataProtectionConfig' },
  ],
};

function logFindings(balancer: Resource, log: string, assembly: Assembly): readonly Finding[] {
  const key = `${log}.s3.bucket`;
  const bucket = assembly.target(attributeOf(balancer, key)?.value, balancer.stack);
  const path = attributeOf(balancer, key)?.path ?? 'Properties.LoadBalancerAttributes';
  const object = (id: string, required: string, fix: string) => [finding(balancer, `${log}::${id}`, path, required, fix)];
  if (attributeText(balancer, `${log}.s3.enabled`) !== 'true' || bucket?.type !== bucketType) {
    return object('off', `${log}.s3.enabled with a bucket of the deployment`, 'Create an EdgeLogBucket for the load balancer.');
  }
  const stores = keepersOf(bucket, assembly);
  const isRetained =
    stores.length > 0 && stores.every((store) => listOf(store.at('LifecycleConfiguration.Rules')).every((rule) => !expiresEarly(rule)));
  const isUndeletable = stores.every((store) => deletion.every((action) => denialsFor(store, assembly, [action]).length > 0));
  return [
    ...(isRetained ? [] : object('days', `a bucket that retains objects for ${shortestLogDays} days or longer`, 'Raise edge.logDays.')),
    ...(isUndeletable
      ? []
      : object('deletion', `a bucket that denies ${deletion.join(' and ')} to every principal`, 'Use an EdgeLogBucket.')),
  ];
}

/**
 * The buckets that keep the logs of a landing bucket: those that its reader writes. Without a reader, the bucket
 * itself.
 */
function keepersOf(landing: Resource, assembly: Assembly): readonly Resource[] {
  const reader = readerOf(landing, assembly);
  return reader ? writtenBy(reader, assembly) : [landing];
}

/** Denials of actions on every object of a bucket, to every principal. */
const denialsFor = (bucket: Resource, assembly: Assembly, actions: readonly string[]) =>
  denialsOf(bucket, assembly).filter(
    (statement) => coversActions(statement, actions) && isUnconditional(statement.json) && coversObjects(statement, bucket),
  );

function expiresEarly(rule: Json): boolean {
  const days = valueAt(rule, 'ExpirationInDays');
  const date = valueAt(rule, 'ExpirationDate');
  return date !== undefined || (days !== undefined && !(typeof days === 'number' && days >= shortestLogDays));
}

const isUnconditional = (statement: { readonly [key: string]: Json }): boolean =>
  statement.Condition === undefined || (isObject(statement.Condition) && Object.keys(statement.Condition).length === 0);

function keepsLogs(bucket: Resource, assembly: Assembly): boolean {
  return assembly.ofType(bucketType).some((landing) => isLanding(landing, assembly) && keepersOf(landing, assembly).includes(bucket));
}

/** Paths of the statements that deny deletion from a bucket that keeps logs. */
function deletionDenials(policy: Resource, assembly: Assembly): readonly string[] {
  const bucket = assembly.target(policy.at('Bucket'), policy.stack);
  if (!bucket || !keepsLogs(bucket, assembly)) return [];
  return denialsFor(bucket, assembly, deletion).map(({ path }) => `Properties.${path}`);
}

function firewallFindings(acl: Resource, assembly: Assembly): readonly Finding[] {
  const logging = assembly.ofType(loggingType).find((candidate) => assembly.refersTo(candidate.at('ResourceArn'), candidate, acl));
  const group = logging && assembly.target(logging.at('LogDestinationConfigs.0'), logging.stack);
  if (!logging || group?.type !== logGroupType) {
    return [finding(acl, 'log', '', 'a logging configuration with a log group of the deployment', 'Create the web ACL with WebFirewall.')];
  }
  const inLog = listOf(logging.at('RedactedFields'));
  const inAcl = listOf(acl.at('DataProtectionConfig.DataProtections')).map((protection) => valueAt(protection, 'Field'));
  const isRedacted = secretHeaders.every((name) => inLog.some((field) => isHeader(field, name))) && inLog.some(isQuery);
  const isProtected = secretHeaders.every((name) => inAcl.some((field) => protectsField(field, name))) && inAcl.some(isQueryType);
  const object = (id: string, path: string, required: string): Finding =>
    finding(acl, id, path, required, 'Create the web ACL with WebFirewall.');
  return [
    ...(isRedacted ? [] : [object('redaction', '', `a log without ${secretHeaders.join(', ')} and query string`)]),
    ...(isProtected
      ? []
      : [object('samples', 'Properties.DataProtectionConfig', `samples without ${secretHeaders.join(', ')} and query string`)]),
    ...(logsRefusals(logging) ? [] : [object('filter', '', 'a log filter that drops allowed requests only')]),
  ];
}

const isHeader = (field: Json, name: string): boolean => String(valueAt(field, 'SingleHeader.Name')).toLowerCase() === name;
const isQuery = (field: Json): boolean => valueAt(field, 'QueryString') !== undefined;
const isQueryType = (field: Json | undefined): boolean => valueAt(field, 'FieldType') === 'QUERY_STRING';

function protectsField(field: Json | undefined, header: string): boolean {
  const keys = listOf(valueAt(field, 'FieldKeys'));
  return valueAt(field, 'FieldType') === 'SINGLE_HEADER' && (keys.length === 0 || keys.includes(header));
}

/** Whether every filter that drops records requires the action ALLOW. */
function logsRefusals(logging: Resource): boolean {
  if (logging.at('LoggingFilter') === undefined) return true;
  const filters = listOf(logging.at('LoggingFilter.Filters')).filter((filter) => valueAt(filter, 'Behavior') !== 'KEEP');
  const allowed = (filter: Json): boolean =>
    valueAt(filter, 'Requirement') === 'MEETS_ALL' &&
    listOf(valueAt(filter, 'Conditions')).some((condition) => valueAt(condition, 'ActionCondition.Action') === 'ALLOW');
  return logging.at('LoggingFilter.DefaultBehavior') === 'KEEP' && filters.every(allowed);
}

// TOM-4.8, TOM-6.7: buckets of customers' files retain noncurrent versions for 30 days; the trail records all access.
import { classificationTag } from '../../../labels/labels';
import { backupDays } from '../../figures';
import { type Finding, finding, type Guard, guard, guardWhere, type Rule, remove, replace } from '../../rule';
import { type Assembly, isObject, listOf, type Resource } from '../../template/assembly';
import { takesAccessLogs } from '../../template/buckets';
import { textList } from '../../template/policies';
import { balancerType, bucketType, trailType } from '../../template/resource-types';
import { renderText } from '../../template/texts';

export const dataBuckets: Rule = {
  name: 'data-buckets',
  requires: `every bucket of personal data retains versions for ${backupDays} days, is retained, sends events and is in the audit trail`,
  types: [bucketType],
  check(bucket, assembly) {
    if (!isPersonal(bucket)) return 'not-applicable';
    const versions = takesAccessLogs(bucket, assembly) ? [] : versionFindings(bucket);
    return [...versions, ...retentionFindings(bucket), ...auditFindings(bucket, assembly)];
  },
  guards: [
    ofPersonal('Properties.VersioningConfiguration.Status', remove, replace('Suspended')),
    ofPersonal('Properties.NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled', remove, replace(false)),
    guardWhere(bucketType, isVersioned, 'Properties.LifecycleConfiguration.Rules', remove, replace([])),
    ofPersonal('DeletionPolicy', remove, replace('Delete')),
    ofPersonal('UpdateReplacePolicy', remove, replace('Delete')),
    ofPersonal('Properties.BucketName', remove, replace('another')),
    guard(trailType, 'Properties.AdvancedEventSelectors', remove),
  ],
  reads: [
    { type: bucketType, path: 'Properties.Tags' },
    { type: bucketType, path: 'Properties.LoggingConfiguration' },
    { type: balancerType, path: 'Properties.LoadBalancerAttributes' },
    { type: trailType, path: 'Properties.AdvancedEventSelectors' },
  ],
};

function isPersonal(bucket: Resource): boolean {
  return listOf(bucket.at('Tags')).some((tag) => isObject(tag) && tag.Key === classificationTag && tag.Value === 'personal');
}

/** Raw logs of a load balancer are to have no versions (the rule landing-bucket). */
function isVersioned(bucket: Resource, assembly: Assembly): boolean {
  return isPersonal(bucket) && !takesAccessLogs(bucket, assembly);
}

function versionFindings(bucket: Resource): readonly Finding[] {
  const findings: Finding[] = [];
  const object = (id: string, path: string, required: string, fix: string) => void findings.push(finding(bucket, id, path, required, fix));
  if (bucket.at('VersioningConfiguration.Status') !== 'Enabled') {
    object('versions', 'Properties.VersioningConfiguration.Status', 'Enabled', 'Set versioned: true on the bucket.');
  }
  const rules = listOf(bucket.at('LifecycleConfiguration.Rules')).filter(isObject);
  if (!rules.some(expiresVersions)) {
    const required = `expiration of noncurrent versions after ${backupDays} days`;
    object('lifecycle', 'Properties.LifecycleConfiguration.Rules', required, 'Add a lifecycle rule for the whole bucket.');
  }
  return findings;
}

function retentionFindings(bucket: Resource): readonly Finding[] {
  const findings: Finding[] = [];
  const object = (id: string, path: string, required: string, fix: string) => void findings.push(finding(bucket, id, path, required, fix));
  if (bucket.at('NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled') !== true) {
    object(
      'events',
      'Properties.NotificationConfiguration',
      'EventBridgeEnabled: true',
      'Set eventBridgeEnabled: true on the bucket; its events start the scans.',
    );
  }
  for (const policy of ['DeletionPolicy', 'UpdateReplacePolicy'] as const) {
    if (/^Retain/.test(String(bucket.json[policy]))) continue;
    object(policy, policy, 'Retain', 'Set removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE.');
  }
  return findings;
}

/** Whether a rule expires the versions of the whole bucket; a rule with a filter retains some of them. */
function expiresVersions(rule: Readonly<Record<string, unknown>>): boolean {
  const expiration = rule.NoncurrentVersionExpiration as { NoncurrentDays?: unknown } | undefined;
  const hasFilter = ['Prefix', 'TagFilters', 'ObjectSizeGreaterThan', 'ObjectSizeLessThan'].some((key) => rule[key] !== undefined);
  return rule.Status === 'Enabled' && !hasFilter && expiration?.NoncurrentDays === backupDays;
}

function auditFindings(bucket: Resource, assembly: Assembly): readonly Finding[] {
  const name = renderText(bucket.at('BucketName'));
  const isRecorded = assembly
    .ofType(trailType)
    .some((trail) =>
      listOf(trail.at('AdvancedEventSelectors')).some(
        (selector) => isObject(selector) && name !== undefined && recordsBucket(selector, name),
      ),
    );
  if (isRecorded) return [];
  const fix = 'Name the bucket with dataBucketName; the trail records buckets with such a name.';
  return [finding(bucket, 'recorded', 'Properties.BucketName', 'a bucket whose data events the audit trail records', fix)];
}

/** Whether a selector records every data event of the bucket's objects: it filters by the prefix of their ARN only. */
function recordsBucket(selector: Readonly<Record<string, unknown>>, name: string): boolean {
  const fields = listOf(selector.FieldSelectors as never).filter(isObject);
  const allowed = ['eventCategory', 'resources.type', 'resources.ARN'];
  const of = (field: string) => fields.find((one) => one.Field === field);
  return (
    fields.every(({ Field: field }) => allowed.some((one) => one === field)) &&
    textList(of('eventCategory')?.Equals).includes('Data') &&
    textList(of('resources.type')?.Equals).includes('AWS::S3::Object') &&
    textList(of('resources.ARN')?.StartsWith).some((start) => start === `arn:aws:s3:::${name}/`)
  );
}

function ofPersonal(path: string, ...breaks: Guard['breaks']): Guard {
  return guardWhere(bucketType, isPersonal, path, ...breaks);
}

// TOM-4.8, TOM-6.7: buckets of customers' files keep what was replaced for 30 days, and every access to them is in the audit trail.
import { classificationTag } from '../../../labels/labels';
import { type Finding, finding, type Guard, guard, guardWhere, type Rule, remove, replace } from '../../rule';
import { type Assembly, isObject, listOf, type Resource } from '../../template/assembly';
import { textList } from '../../template/policies';
import { renderText } from '../../template/texts';

const bucketType = 'AWS::S3::Bucket';
const trailType = 'AWS::CloudTrail::Trail';
const days = 30;

export const dataBuckets: Rule = {
  name: 'data-buckets',
  requires: `every bucket of personal data is versioned and retained, lets replaced versions go after ${days} days, tells EventBridge what happens, and is in the data events of the audit trail`,
  types: [bucketType],
  check(bucket, assembly) {
    if (!isPersonal(bucket)) return 'not-applicable';
    return [...retentionFindings(bucket), ...auditFindings(bucket, assembly)];
  },
  guards: [
    ofPersonal('Properties.VersioningConfiguration.Status', remove, replace('Suspended')),
    ofPersonal('Properties.NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled', remove, replace(false)),
    ofPersonal('Properties.LifecycleConfiguration.Rules', remove, replace([])),
    ofPersonal('DeletionPolicy', remove, replace('Delete')),
    ofPersonal('UpdateReplacePolicy', remove, replace('Delete')),
    ofPersonal('Properties.BucketName', remove, replace('another')),
    guard(trailType, 'Properties.AdvancedEventSelectors', remove),
  ],
  reads: [
    { type: bucketType, path: 'Properties.Tags' },
    { type: trailType, path: 'Properties.AdvancedEventSelectors' },
  ],
};

function isPersonal(bucket: Resource): boolean {
  return listOf(bucket.at('Tags')).some((tag) => isObject(tag) && tag.Key === classificationTag && tag.Value === 'personal');
}

function retentionFindings(bucket: Resource): readonly Finding[] {
  const findings: Finding[] = [];
  const object = (id: string, path: string, required: string, fix: string) => void findings.push(finding(bucket, id, path, required, fix));
  if (bucket.at('VersioningConfiguration.Status') !== 'Enabled') {
    object('versions', 'Properties.VersioningConfiguration.Status', 'Enabled', 'Set versioned: true on the bucket.');
  }
  const rules = listOf(bucket.at('LifecycleConfiguration.Rules')).filter(isObject);
  const ends = rules.some((rule) => endsVersions(rule));
  if (!ends) object('lifecycle', 'Properties.LifecycleConfiguration.Rules', `an end of replaced versions after ${days} days`, 'Add it.');
  if (bucket.at('NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled') !== true) {
    object('events', 'Properties.NotificationConfiguration', 'EventBridgeEnabled: true', 'Turn EventBridge on; scans start from it.');
  }
  for (const policy of ['DeletionPolicy', 'UpdateReplacePolicy'] as const) {
    if (/^Retain/.test(String(bucket.json[policy]))) continue;
    object(policy, policy, 'Retain', 'Set removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE.');
  }
  return findings;
}

/** A rule for the whole bucket; one with a prefix or tag leaves versions behind. */
function endsVersions(rule: Readonly<Record<string, unknown>>): boolean {
  const end = rule.NoncurrentVersionExpiration as { NoncurrentDays?: unknown } | undefined;
  const narrowed = ['Prefix', 'TagFilters', 'ObjectSizeGreaterThan', 'ObjectSizeLessThan'].some((key) => rule[key] !== undefined);
  return rule.Status === 'Enabled' && !narrowed && end?.NoncurrentDays === days;
}

function auditFindings(bucket: Resource, assembly: Assembly): readonly Finding[] {
  const name = renderText(bucket.at('BucketName'));
  const covered = assembly
    .ofType(trailType)
    .some((trail) =>
      listOf(trail.at('AdvancedEventSelectors')).some(
        (selector) => isObject(selector) && name !== undefined && recordsBucket(selector, name),
      ),
    );
  if (covered) return [];
  const fix = 'Give the bucket a name of dataBucketName, which the trail records.';
  return [finding(bucket, 'recorded', 'Properties.BucketName', 'a bucket whose data events the audit trail records', fix)];
}

/** A selector of every data event of the bucket's objects: by the beginning of their ARN and nothing else. */
function recordsBucket(selector: Readonly<Record<string, unknown>>, name: string): boolean {
  const fields = listOf(selector.FieldSelectors as never).filter(isObject);
  const known = ['eventCategory', 'resources.type', 'resources.ARN'];
  const of = (field: string) => fields.find((one) => one.Field === field);
  return (
    fields.every(({ Field: field }) => known.some((one) => one === field)) &&
    textList(of('eventCategory')?.Equals).includes('Data') &&
    textList(of('resources.type')?.Equals).includes('AWS::S3::Object') &&
    textList(of('resources.ARN')?.StartsWith).some((start) => start === `arn:aws:s3:::${name}/`)
  );
}

function ofPersonal(path: string, ...breaks: Guard['breaks']): Guard {
  return guardWhere(bucketType, isPersonal, path, ...breaks);
}

// TOM-3.6, TOM-3.4: an audit trail over all regions, with validated and encrypted files, that is on.

import { append, type Finding, finding, type Guard, guard, type Rule, remove, replace, set } from '../../rule';
import { isObject, type Json, listOf, valueAt } from '../../template/assembly';
import { customerKey } from '../../template/keys';

const settings: readonly { readonly path: string; readonly fix: string }[] = [
  { path: 'IsLogging', fix: 'Leave the trail on.' },
  { path: 'IsMultiRegionTrail', fix: 'Set isMultiRegionTrail: true on the trail.' },
  { path: 'IncludeGlobalServiceEvents', fix: 'Set includeGlobalServiceEvents: true on the trail.' },
  { path: 'EnableLogFileValidation', fix: 'Set enableFileValidation: true on the trail.' },
];

export const auditTrail: Rule = {
  name: 'audit-trail',
  requires:
    'an audit trail is on, over all regions and global services, with validation of its files, encrypted, and kept in the audit archive',
  types: ['AWS::CloudTrail::Trail'],
  check(trail, assembly) {
    const findings: Finding[] = settings
      .filter(({ path }) => trail.at(path) !== true)
      .map(({ path, fix }) => finding(trail, path, `Properties.${path}`, 'true', fix));
    if (!customerKey(trail.at('KMSKeyId'), trail, assembly)) {
      findings.push(finding(trail, 'key', 'Properties.KMSKeyId', 'a key of the deployment', 'Set encryptionKey on the trail.'));
    }
    if (assembly.target(trail.at('S3BucketName'), trail.stack)?.type !== 'AWS::S3::Bucket') {
      findings.push(
        finding(trail, 'archive', 'Properties.S3BucketName', 'a bucket of the deployment', 'Give the trail the audit archive.'),
      );
    }
    if (!recordsManagementEvents(trail.at('EventSelectors'), trail.at('AdvancedEventSelectors'))) {
      const fix = 'Record management events of both kinds, reads and writes.';
      findings.push(finding(trail, 'events', 'Properties.EventSelectors', 'all management events', fix));
    }
    return findings;
  },
  guards: [
    guard('AWS::CloudTrail::Trail', '', remove),
    ...settings.map(({ path }) => guard('AWS::CloudTrail::Trail', `Properties.${path}`, remove, replace(false))),
    guard('AWS::CloudTrail::Trail', 'Properties.KMSKeyId', remove, replace('alias/aws/cloudtrail')),
    guard('AWS::CloudTrail::Trail', 'Properties.S3BucketName', remove, replace('another-bucket')),
    guard(
      'AWS::CloudTrail::Trail',
      'Properties.EventSelectors',
      set([{ ReadWriteType: 'WriteOnly', IncludeManagementEvents: true }]),
      set([{ IncludeManagementEvents: false }]),
      set([{ ExcludeManagementEventSources: ['kms.amazonaws.com'] }]),
    ),
    guard('AWS::CloudTrail::Trail', managementSelectors(''), remove),
    guard('AWS::CloudTrail::Trail', managementSelectors('.FieldSelectors'), append({ Field: 'readOnly', Equals: ['false'] })),
    guard('AWS::CloudTrail::Trail', managementSelectors('.FieldSelectors.0.Field'), replace('resources.type')),
    guard('AWS::CloudTrail::Trail', managementSelectors('.FieldSelectors.0.Equals.0'), replace('Data')),
  ],
  reads: [
    { type: 'AWS::KMS::Alias', path: 'Properties.AliasName' },
    { type: 'AWS::KMS::Alias', path: 'Properties.TargetKeyId' },
    { type: 'AWS::CloudTrail::Trail', path: 'Properties.AdvancedEventSelectors' },
  ],
};

/** A trail without selectors records every management event ("AWS::CloudTrail::Trail", EventSelectors); with them, what they say. */
function recordsManagementEvents(selectors: Json | undefined, advanced: Json | undefined): boolean {
  const simple = selectors === undefined || listOf(selectors).some(isComplete);
  return simple && (advanced === undefined || listOf(advanced).some(isCompleteAdvanced));
}

function isComplete(selector: Json): boolean {
  if (!isObject(selector)) return false;
  const everyKind = selector.ReadWriteType === undefined || selector.ReadWriteType === 'All';
  const excluded = listOf(selector.ExcludeManagementEventSources).length > 0;
  return everyKind && !excluded && (selector.IncludeManagementEvents === undefined || selector.IncludeManagementEvents === true);
}

function isCompleteAdvanced(selector: Json): boolean {
  const fields = listOf(valueAt(selector, 'FieldSelectors'));
  const [only] = fields;
  return fields.length === 1 && valueAt(only, 'Field') === 'eventCategory' && listOf(valueAt(only, 'Equals')).includes('Management');
}

/** Paths of the selectors of a trail that record every management event. */
function managementSelectors(below: string): Exclude<Guard['path'], string> {
  return (trail) =>
    listOf(trail.at('AdvancedEventSelectors')).flatMap((selector, index) =>
      isCompleteAdvanced(selector) ? [`Properties.AdvancedEventSelectors.${index}${below}`] : [],
    );
}

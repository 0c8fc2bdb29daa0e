import { auditTrail } from '../../../../../lib/tom/rules/audit/audit-trail';
import type { Json } from '../../../../../lib/tom/template/assembly';
import { answers, changed, without } from '../example';
import { audit } from './example-audit';

const verdict = (properties: Record<string, Json | undefined>) => answers(auditTrail, changed(audit, 'Trail', properties)).Trail;
const field = (name: string, ...values: string[]) => ({ Field: name, Equals: values });

test('a trail that records everything complies', () => {
  expect(verdict({})).toBe('compliant');
  expect(verdict({ EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: true }] })).toBe('compliant');
  const data = { FieldSelectors: [field('eventCategory', 'Data'), field('resources.type', 'AWS::S3::Object')] };
  expect(verdict({ AdvancedEventSelectors: [{ FieldSelectors: [field('eventCategory', 'Management')] }, data] })).toBe('compliant');
});

test.each<[string, Record<string, Json | undefined>, string]>([
  ['is off', { IsLogging: false }, 'IsLogging'],
  ['is of one region', { IsMultiRegionTrail: undefined }, 'IsMultiRegionTrail'],
  ['leaves global services out', { IncludeGlobalServiceEvents: false }, 'IncludeGlobalServiceEvents'],
  ['validates nothing', { EnableLogFileValidation: false }, 'EnableLogFileValidation'],
  ['has a key of AWS', { KMSKeyId: 'alias/aws/cloudtrail' }, 'key'],
  ['has a bucket from elsewhere', { S3BucketName: 'elsewhere' }, 'archive'],
  ['records writes alone', { EventSelectors: [{ ReadWriteType: 'WriteOnly' }] }, 'events'],
  ['leaves the key service out', { EventSelectors: [{ ExcludeManagementEventSources: ['kms.amazonaws.com'] }] }, 'events'],
  ['records data alone', { AdvancedEventSelectors: [{ FieldSelectors: [field('eventCategory', 'Data')] }] }, 'events'],
  [
    'records reads alone',
    { AdvancedEventSelectors: [{ FieldSelectors: [field('eventCategory', 'Management'), field('readOnly', 'true')] }] },
    'events',
  ],
])('one that %s does not', (_, properties, id) => {
  expect(verdict(properties)).toEqual([id]);
});

test('a deployment without a trail breaks the rule', () => {
  expect(answers(auditTrail, without(audit, 'Trail'))).toEqual({ deployment: ['absent'] });
});

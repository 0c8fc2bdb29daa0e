import { dataBuckets } from '../../../../../lib/tom/rules/storage/data-buckets';
import { type Json, type ResourceJson, valueAt } from '../../../../../lib/tom/template/assembly';
import { database } from '../database/example-database';
import { answers, changed, type Resources } from '../example';

const says = (resources: Resources) => answers(dataBuckets, resources).Uploads;
const withRule = (rule: Record<string, Json>) =>
  changed(database, 'Uploads', {
    LifecycleConfiguration: { Rules: [{ Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 30 }, ...rule }] },
  });
const withFields = (fields: Json) => changed(database, 'FileTrail', { AdvancedEventSelectors: [{ FieldSelectors: fields }] });
const selector = valueAt(database.FileTrail?.Properties, 'AdvancedEventSelectors.0.FieldSelectors') as readonly Json[];

test('a bucket of personal data complies; another one is not its concern', () => {
  expect(says(database)).toBe('compliant');
  expect(says(changed(database, 'Uploads', { Tags: [{ Key: 'rempart:classification', Value: 'internal' }] }))).toBe('not-applicable');
});

test.each<[string, Resources, string[]]>([
  ['no versions', changed(database, 'Uploads', { VersioningConfiguration: undefined }), ['versions']],
  ['versions for ever', changed(database, 'Uploads', { LifecycleConfiguration: undefined }), ['lifecycle']],
  ['versions for a year', withRule({ NoncurrentVersionExpiration: { NoncurrentDays: 365 } }), ['lifecycle']],
  ['an end that is off', withRule({ Status: 'Disabled' }), ['lifecycle']],
  ['an end in one folder', withRule({ Prefix: 'a/' }), ['lifecycle']],
  ['no events', changed(database, 'Uploads', { NotificationConfiguration: undefined }), ['events']],
  [
    'removal with the stack',
    { ...database, Uploads: { ...(database.Uploads as ResourceJson), DeletionPolicy: 'Delete' } },
    ['DeletionPolicy'],
  ],
  ['a name that the trail does not know', changed(database, 'Uploads', { BucketName: 'other' }), ['recorded']],
  ['no name', changed(database, 'Uploads', { BucketName: undefined }), ['recorded']],
  ['a trail of writes alone', withFields([...selector, { Field: 'readOnly', Equals: ['false'] }]), ['recorded']],
  ['a trail of management events', withFields([{ Field: 'eventCategory', Equals: ['Management'] }]), ['recorded']],
])('%s does not', (_, resources, ids) => {
  expect(says(resources)).toEqual(ids);
});

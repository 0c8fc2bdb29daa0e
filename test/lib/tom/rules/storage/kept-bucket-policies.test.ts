import { keptBucketPolicies } from '../../../../../lib/tom/rules/storage/kept-bucket-policies';
import { answers, ref, resource } from '../example';

const retained = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };
const untilMade = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' };
const says = (bucket: object, policy: object) =>
  answers(keptBucketPolicies, {
    Bucket: resource('AWS::S3::Bucket', {}, bucket),
    Policy: resource('AWS::S3::BucketPolicy', { Bucket: ref('Bucket'), PolicyDocument: {} }, policy),
  }).Bucket;

test.each([retained, untilMade])('a policy that is retained like its bucket complies', (kept) => {
  expect(says(kept, kept)).toBe('compliant');
});

test.each([
  ['goes with its stack', {}, ['DeletionPolicy', 'UpdateReplacePolicy']],
  ['goes when the stack does', { UpdateReplacePolicy: 'Retain' }, ['DeletionPolicy']],
  ['goes when it is replaced', { DeletionPolicy: 'Retain' }, ['UpdateReplacePolicy']],
  ['stays when the bucket is rolled back', untilMade, []],
])('one that %s beside a retained bucket does not', (_, policy, ids) => {
  expect(says(retained, policy)).toEqual(ids.length > 0 ? ids : ['DeletionPolicy']);
});

test('a policy that is retained, unlike the bucket of a failed first deployment, does not comply', () => {
  expect(says(untilMade, retained)).toEqual(['DeletionPolicy']);
});

test('a bucket that is deleted with its stack is not applicable; a retained one without a policy does not comply', () => {
  expect(says({}, {})).toBe('not-applicable');
  expect(answers(keptBucketPolicies, { Bucket: resource('AWS::S3::Bucket', {}, retained) }).Bucket).toEqual(['policy']);
  expect(answers(keptBucketPolicies, { Bucket: resource('AWS::S3::Bucket', {}, { UpdateReplacePolicy: 'Retain' }) }).Bucket).toEqual([
    'policy',
  ]);
});

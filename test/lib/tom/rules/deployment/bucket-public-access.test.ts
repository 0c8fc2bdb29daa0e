import { bucketPublicAccess } from '../../../../../lib/tom/rules/deployment/bucket-public-access';
import { answers, resource } from '../example';

const all = { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true };
const verdict = (properties: object) => answers(bucketPublicAccess, { A: resource('AWS::S3::Bucket', properties as never) }).A;

test('a bucket that blocks public access in all ways complies', () => {
  expect(verdict({ PublicAccessBlockConfiguration: all })).toBe('compliant');
  expect(verdict({ PublicAccessBlockConfiguration: all, AccessControl: 'LogDeliveryWrite' })).toBe('compliant');
});

test.each(Object.keys(all))('one that leaves out %s does not', (name) => {
  expect(verdict({ PublicAccessBlockConfiguration: { ...all, [name]: false } })).toEqual([`PublicAccessBlockConfiguration.${name}`]);
});

test('one without the block has four findings, one with a public access list one', () => {
  expect(verdict({})).toHaveLength(4);
  expect(verdict({ PublicAccessBlockConfiguration: all, AccessControl: 'PublicRead' })).toEqual(['list']);
  expect(verdict({ PublicAccessBlockConfiguration: all, AccessControl: { Ref: 'List' } })).toEqual(['list']);
});

import { classification } from '../../../../../lib/tom/rules/deployment/classification';
import { answers, resource } from '../example';

const label = (Value: string) => ({ Key: 'rempart:classification', Value });
const verdict = (type: string, properties: object) => answers(classification, { A: resource(type, properties as never) }).A;

test('a label of the fixed list complies, in a list or a map of tags', () => {
  expect(verdict('AWS::S3::Bucket', { Tags: [{ Key: 'Name', Value: 'x' }, label('personal')] })).toBe('compliant');
  expect(verdict('AWS::SSM::Parameter', { Tags: { 'rempart:classification': 'internal' } })).toBe('compliant');
  expect(verdict('AWS::Backup::BackupVault', { BackupVaultTags: { 'rempart:classification': 'confidential' } })).toBe('compliant');
});

test.each([
  ['no tags', {}],
  ['another tag', { Tags: [{ Key: 'Name', Value: 'personal' }] }],
  ['a label of its own', { Tags: [label('top-secret')] }],
  ['an unresolvable label', { Tags: [{ Key: 'rempart:classification', Value: { Ref: 'Label' } }] }],
  ['two labels', { Tags: [label('public'), label('personal')] }],
])('%s does not', (_, properties) => {
  expect(verdict('AWS::Logs::LogGroup', properties)).toEqual(['label']);
});

test('a type without data is not applicable', () => {
  for (const type of ['AWS::EC2::VPC', 'AWS::IAM::Role', 'Custom::Anything', 'AWS::Lambda::Function'])
    expect(verdict(type, {})).toBe('not-applicable');
});

test.each(['AWS::DynamoDB::GlobalTable', 'AWS::OpenSearchService::Domain', 'AWS::EC2::Unheard', ''])(
  'an unlisted type does not: %s',
  (type) => {
    expect(verdict(type, { Tags: [label('public')] })).toEqual(['type']);
  },
);

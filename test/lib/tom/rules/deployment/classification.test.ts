import { classification } from '../../../../../lib/tom/rules/deployment/classification';
import { answers, resource } from '../example';

const label = (Value: string) => ({ Key: 'rempart:classification', Value });
const says = (type: string, properties: object) => answers(classification, { A: resource(type, properties as never) }).A;

test('a label of the fixed list complies, in a list or a map of tags', () => {
  expect(says('AWS::S3::Bucket', { Tags: [{ Key: 'Name', Value: 'x' }, label('personal')] })).toBe('compliant');
  expect(says('AWS::SSM::Parameter', { Tags: { 'rempart:classification': 'internal' } })).toBe('compliant');
  expect(says('AWS::Backup::BackupVault', { BackupVaultTags: { 'rempart:classification': 'confidential' } })).toBe('compliant');
});

test.each([
  ['no tags', {}],
  ['another tag', { Tags: [{ Key: 'Name', Value: 'personal' }] }],
  ['a label of its own', { Tags: [label('top-secret')] }],
  ['a label that cannot be told', { Tags: [{ Key: 'rempart:classification', Value: { Ref: 'Label' } }] }],
  ['two labels', { Tags: [label('public'), label('personal')] }],
])('%s does not', (_, properties) => {
  expect(says('AWS::Logs::LogGroup', properties)).toEqual(['label']);
});

test('what holds no data is not asked', () => {
  for (const type of ['AWS::EC2::VPC', 'AWS::IAM::Role', 'Custom::Anything', 'AWS::Lambda::Function'])
    expect(says(type, {})).toBe('not-applicable');
});

test.each(['AWS::DynamoDB::GlobalTable', 'AWS::OpenSearchService::Domain', 'AWS::EC2::Unheard', ''])(
  'a type that nobody has said anything about does not: %s',
  (type) => {
    expect(says(type, { Tags: [label('public')] })).toEqual(['type']);
  },
);

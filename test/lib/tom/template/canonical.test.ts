// One value has one canonical form, however a template writes it.
import { settingsSchema } from '../../../../lib/config/settings/settings';
import { Assembly, type Json, type StackTemplate } from '../../../../lib/tom/template/assembly';
import { canonical, canonicalResource } from '../../../../lib/tom/template/canonical';
import { facts, resource } from '../rules/example';

const stacks: readonly StackTemplate[] = [
  {
    name: 'production-data',
    region: 'eu-west-3',
    template: {
      Parameters: { Choice: { Type: 'String' } },
      Resources: {
        Archive1234ABCD: resource('AWS::S3::Bucket'),
        ArchivePolicy1234ABCD: resource(
          'AWS::S3::BucketPolicy',
          { Bucket: { Ref: 'Archive1234ABCD' } },
          { DependsOn: ['Key1234ABCD', 'Archive1234ABCD'] },
        ),
        Key1234ABCD: resource('AWS::KMS::Key'),
      },
      Outputs: { Bucket: { Value: { 'Fn::GetAtt': ['Archive1234ABCD', 'Arn'] }, Export: { Name: 'production-data:Bucket' } } },
    },
  },
  { name: 'production-edge', region: 'eu-west-3', template: { Resources: {} } },
];
const settings = settingsSchema.parse({ environment: 'production', owner: 'platform-team', account: '111111111111' });
const assembly = new Assembly({ ...facts, settings }, stacks);
const inData = (value: Json): Json => canonical(value, stacks[0] as StackTemplate, assembly);
const inEdge = (value: Json): Json => canonical(value, stacks[1] as StackTemplate, assembly);

test.each<[string, Json, Json]>([
  ['a reference', { Ref: 'Archive1234ABCD' }, '${data/Archive}'],
  ['an attribute', { 'Fn::GetAtt': ['Archive1234ABCD', 'Arn'] }, '${data/Archive.Arn}'],
  ['an attribute in one text', { 'Fn::GetAtt': 'Archive1234ABCD.Arn' }, '${data/Archive.Arn}'],
  ['a join', { 'Fn::Join': ['/', [{ 'Fn::GetAtt': ['Archive1234ABCD', 'Arn'] }, 'hits', '*']] }, '${data/Archive.Arn}/hits/*'],
  ['a substitution', { 'Fn::Sub': '${Archive1234ABCD.Arn}/hits/*' }, '${data/Archive.Arn}/hits/*'],
  [
    'a substitution with variables',
    { 'Fn::Sub': ['${Bucket}/hits/*', { Bucket: { 'Fn::GetAtt': ['Archive1234ABCD', 'Arn'] } }] },
    '${data/Archive.Arn}/hits/*',
  ],
  ['the pseudo parameter of the account', { Ref: 'AWS::AccountId' }, '${AWS::AccountId}'],
  ['the literal account', 'arn:aws:iam::111111111111:root', 'arn:aws:iam::${AWS::AccountId}:root'],
  ['the region and the partition', { 'Fn::Sub': 'arn:${AWS::Partition}:s3:${AWS::Region}' }, 'arn:aws:s3:eu-west-3'],
  ['a selected element', { 'Fn::Select': [1, ['a', 'b']] }, 'b'],
])('%s', (_, value, expected) => {
  expect(inData(value)).toEqual(expected);
});

test('an import is followed to the resource of its exporter', () => {
  expect(inEdge({ 'Fn::ImportValue': 'production-data:Bucket' })).toBe('${data/Archive.Arn}');
  expect(inEdge({ 'Fn::GetStackOutput': { StackName: 'production-data', OutputName: 'Bucket' } })).toBe('${data/Archive.Arn}');
});

test.each<[string, Json]>([
  ['an import without exporter', { 'Fn::ImportValue': 'elsewhere:Bucket' }],
  ['a parameter', { Ref: 'Choice' }],
  ['a resource of another stack', { Ref: 'Elsewhere' }],
  ['a condition', { 'Fn::If': ['Always', 'a', 'b'] }],
  ['literal text in the notation of a reference', '${data/Archive.Arn}'],
  ['an escaped substitution', { 'Fn::Sub': '${!data/Archive.Arn}' }],
])('%s never equals a reference', (_, value) => {
  expect(inData(value)).not.toMatch(/^\$\{data\//);
});

test('dependencies are names, in one order', () => {
  const policy = assembly.resource('production-data', 'ArchivePolicy1234ABCD');
  expect(policy && canonicalResource(policy, assembly).DependsOn).toEqual(['${data/Archive}', '${data/Key}']);
});

test('no two texts have one form', () => {
  const forms = ['${data/Archive}', '$!{data/Archive}', '$!!{data/Archive}', { Ref: 'Archive1234ABCD' }].map((value) => inData(value));
  expect(forms).toEqual(['$!{data/Archive}', '$!!{data/Archive}', '$!!!{data/Archive}', '${data/Archive}']);
});

test('a substitution has the form of the text that it results in', () => {
  expect(inData({ 'Fn::Sub': 'a ${!b} ${Archive1234ABCD}' })).toBe('a $!{b} ${data/Archive}');
});

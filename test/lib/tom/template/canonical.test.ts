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

const reference = '${data/Archive.Arn}';

test.each<[string, Json]>([
  ['a join of the notation of a reference', { 'Fn::Join': ['', ['$', '{data/Archive.Arn}']] }],
  ['a separator within the notation', { 'Fn::Join': ['{', ['$', 'data/Archive.Arn}']] }],
  ['a join after escapes', { 'Fn::Join': ['', ['$!', '{data/Archive.Arn}']] }],
  ['a join of joins', { 'Fn::Join': ['', [{ 'Fn::Join': ['', ['', '$']] }, { 'Fn::Sub': '{data/Archive.Arn}' }]] }],
  ['a substitution with a variable', { 'Fn::Sub': ['${Dollar}{data/Archive.Arn}', { Dollar: '$' }] }],
  ['a substitution with both', { 'Fn::Sub': ['${A}${B}', { A: '$', B: '{data/Archive.Arn}' }] }],
  ['a selected part', { 'Fn::Join': ['', [{ 'Fn::Select': [0, ['$']] }, '{data/Archive.Arn}']] }],
  ['an output in another region', { 'Fn::GetStackOutput': { StackName: 'production-data', OutputName: 'Bucket', Region: 'eu-west-1' } }],
  [
    'an output by a role',
    { 'Fn::GetStackOutput': { StackName: 'production-data', OutputName: 'Bucket', RoleArn: 'arn:aws:iam::210987654321:role/reader' } },
  ],
  ['an attribute that ends the reference', { 'Fn::GetAtt': ['Key1234ABCD', 'Arn}${data/Archive.Arn'] }],
  ['an unknown name that ends the reference', { Ref: 'x}${data/Archive.Arn' }],
  ['an intrinsic that ends the reference', { 'Fn::X}${data/Archive.Arn} ': '' }],
])('%s holds no reference', (_, value) => {
  const texts = [inData(value), inData({ 'Fn::Join': ['', [value, '/*']] })];
  expect(texts.map((text) => JSON.stringify(text).includes(reference))).toEqual([false, false]);
});

test('an output in the same region is a reference, with and without the region', () => {
  const argument = { StackName: 'production-data', OutputName: 'Bucket' };
  expect(inEdge({ 'Fn::GetStackOutput': { ...argument, Region: 'eu-west-3' } })).toBe(reference);
  const elsewhere = { name: 'production-edge', region: 'us-east-1', template: {} };
  expect(canonical({ 'Fn::GetStackOutput': argument }, elsewhere, assembly)).not.toBe(reference);
});

test('the configured account in pieces is the pseudo parameter', () => {
  expect(inData({ 'Fn::Join': ['', ['arn:aws:iam::1111', '11111111:root']] })).toBe('arn:aws:iam::${AWS::AccountId}:root');
});

test('other dollars remain as they are', () => {
  const value = { 'Fn::Join': ['', ['cost="$', 'HOME" $! $', { Ref: 'Archive1234ABCD' }, '$']] };
  expect(inData(value)).toBe('cost="$HOME" $! $${data/Archive}$');
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

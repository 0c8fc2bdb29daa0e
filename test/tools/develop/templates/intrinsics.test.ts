// CloudFormation's functions in short form.
import { shortForm } from '../../../../tools/develop/templates/intrinsics';

test.each([
  ['a reference', { Ref: 'Key' }, '!Ref', 'Key'],
  ['an attribute', { 'Fn::GetAtt': ['Key', 'Arn'] }, '!GetAtt', 'Key.Arn'],
  ['an attribute by a reference', { 'Fn::GetAtt': ['Key', { Ref: 'Name' }] }, '!GetAtt', ['Key', { Ref: 'Name' }]],
  ['zones', { 'Fn::GetAZs': '' }, '!GetAZs', ''],
  ['an import', { 'Fn::ImportValue': 'name' }, '!ImportValue', 'name'],
  [
    'a joined string',
    { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':a/', { 'Fn::GetAtt': ['K', 'Id'] }]] },
    '!Sub',
    'arn:${AWS::Partition}:a/${K.Id}',
  ],
  ['what looks like a substitution', { 'Fn::Join': ['', ['${aws:username}', { Ref: 'A' }]] }, '!Sub', '${!aws:username}${A}'],
  ['a delimiter', { 'Fn::Join': [',', ['a', { Ref: 'A' }]] }, '!Join', [',', ['a', { Ref: 'A' }]]],
  [
    'a string joined with a function',
    { 'Fn::Join': ['', ['a', { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }]] },
    '!Join',
    ['', ['a', { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }]],
  ],
])('%s', (_, value, tag, argument) => {
  expect(shortForm(value)).toEqual({ tag, value: argument });
});

test.each([
  ['an empty object', {}],
  ['a property', { Bucket: 'a' }],
  ['two properties', { Ref: 'a', Other: 'b' }],
])('%s has no short form', (_, value) => {
  expect(shortForm(value)).toBeUndefined();
});

import type { Json } from '../../../../lib/tom/template/assembly';
import { renderText, textsOf } from '../../../../lib/tom/template/texts';

test.each<[Json, string | undefined]>([
  ['plain', 'plain'],
  [{ Ref: 'AWS::Region' }, '${AWS.Region}'],
  [{ 'Fn::GetAtt': ['Key', 'Arn'] }, '${Key.Arn}'],
  [{ 'Fn::GetAtt': 'Key.Arn' }, '${Key.Arn}'],
  [{ 'Fn::Join': ['-', ['a', { Ref: 'B' }, 'c']] }, 'a-${B}-c'],
  [{ 'Fn::Join': ['', ['a', { 'Fn::Select': [0, []] }]] }, 'a${?}'],
  [{ 'Fn::Sub': 'a-${AWS::AccountId}' }, 'a-${AWS.AccountId}'],
  [{ 'Fn::Sub': ['a-${B}-${C}', { B: 'b' }] }, 'a-b-${C}'],
  [{ 'Fn::Sub': ['a-${toString}', {}] }, 'a-${toString}'],
  [{ 'Fn::ImportValue': 'x' }, '${imported}'],
  [{ 'Fn::Join': 'x' }, undefined],
  [{ 'Fn::Select': [0, ['a']] }, undefined],
  [7, undefined],
  [null, undefined],
])('%j is read as %j', (value, text) => {
  expect(renderText(value)).toBe(text);
});

test('every text has its path; keys are texts, references are not', () => {
  const value = { A: ['b', 7], C: { Ref: 'D' }, E: { 'Fn::Join': ['', ['f', { Ref: 'G' }]] } };
  expect(textsOf(value).map(({ path, text }) => `${path}=${text}`)).toEqual([
    'A=A',
    'A.0=b',
    'A.1=7',
    'C=C',
    'E=E',
    'E=f${G}',
    'E.Fn::Join.0=',
    'E.Fn::Join.1.0=f',
  ]);
});

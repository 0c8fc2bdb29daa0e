import fc from 'fast-check';
import type { Json } from '../../../../lib/tom/template/assembly';
import { concernsEveryone, conditionsAre, matchesPattern, matchesResource, statementsOf } from '../../../../lib/tom/template/policies';

test.each([
  ['s3:Get*', 's3:GetObject', true],
  ['s3:Get*', 's3:PutObject', false],
  ['S3:GETOBJECT', 's3:GetObject', true],
  ['s3:Get?bject', 's3:GetObject', true],
  ['s3:Get?', 's3:GetObject', false],
  ['*', '', true],
  ['*', 'anything', true],
  ['a*b*c', 'aXbXbXc', true],
  ['a*b*c', 'aXbXbX', false],
  ['s3.*', 's3:x', false],
  ['', 'x', false],
])('%j matches %j: %j', (pattern, text, matches) => {
  expect(matchesPattern(pattern, text)).toBe(matches);
});

const seed = 7;

test(`a pattern matches what its stars are filled with (seed ${seed})`, () => {
  const part = fc.string({ unit: fc.constantFrom('a', 'b', ':'), maxLength: 4 });
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), fc.array(part, { minLength: 5, maxLength: 5 }), (parts, filling) => {
      const text = parts.reduce((joined, next, index) => `${joined}${filling[index]}${next}`);
      expect(matchesPattern(parts.join('*'), text)).toBe(true);
    }),
    { seed, numRuns: 500 },
  );
});

test('a pattern of many stars takes no time', () => {
  expect(matchesPattern('*a'.repeat(2000), 'a'.repeat(1999))).toBe(false);
});

test('actions have no case, resources do', () => {
  expect([matchesPattern('KMS:DECRYPT', 'kms:Decrypt'), matchesResource('trail/A*', 'trail/a')]).toEqual([true, false]);
});

test('a single statement and single values are read', () => {
  const [only] = statementsOf({ Statement: { Effect: 'Deny', Action: 'a:B', Resource: { Ref: 'R' } } }, 'P');
  expect(only).toMatchObject({ path: 'P.Statement', effect: 'Deny', actions: ['a:B'], resources: ['${R}'] });
  expect(statementsOf({ Statement: [{ Effect: 'Allow', Action: [{ 'Fn::If': [] }] }] }, 'P')).toMatchObject([
    { path: 'P.Statement.0', effect: 'Allow', actions: ['*'], resources: [] },
  ]);
});

const allow = { Effect: 'Allow', Action: 'a:B', Resource: 'r' };

test('a document as text is read, and where there is none there are no statements', () => {
  expect(statementsOf(JSON.stringify({ Statement: [allow] }), 'P')).toMatchObject([{ actions: ['a:B'], resources: ['r'] }]);
  expect(statementsOf(undefined, 'P')).toEqual([]);
});

test.each<[string, Json]>([
  ['a statement that is none', { Statement: ['x'] }],
  ['a statement in a list of lists', { Statement: [[allow]] }],
  ['a statement by intrinsic', { Statement: { 'Fn::If': ['C', allow, allow] } }],
  ['a statement beside a macro', { Statement: [{ ...allow, 'Fn::Transform': {} }] }],
  ['an effect in other letters', { Statement: [{ ...allow, Effect: 'ALLOW' }] }],
  ['an effect by reference', { Statement: [{ ...allow, Effect: { Ref: 'E' } }] }],
  ['keys in other letters', { Statement: [{ effect: 'Allow', action: 'a:B', resource: 'r' }] }],
  ['a document without statements', { Version: '2012-10-17' }],
  ['a document by intrinsic', { 'Fn::If': ['C', { Statement: [] }, { Statement: [] }] }],
  ['a document that is no JSON', '{{resolve:ssm:/policy}}'],
  ['a document that is null', null],
])('%s grants everything', (_, document) => {
  expect(statementsOf(document, 'P')).toMatchObject([{ effect: 'Allow', actions: ['*'], resources: ['*'] }]);
});

test('everyone is everyone in three spellings', () => {
  const everyone = (Principal: unknown) =>
    concernsEveryone(statementsOf({ Statement: { Effect: 'Deny', Principal } as never }, 'P')[0] as never);
  expect([everyone('*'), everyone({ AWS: '*' }), everyone({ AWS: ['x', '*'] })]).toEqual([true, true, true]);
  expect([everyone(undefined), everyone({ Service: '*' }), everyone('x')]).toEqual([false, false, false]);
});

test('conditions are those and no others', () => {
  const are = (Condition: unknown) =>
    conditionsAre(statementsOf({ Statement: { Effect: 'Deny', Condition } as never }, 'P')[0] as never, [
      { operator: 'Bool', key: 'a', value: 'false' },
    ]);
  expect([are({ Bool: { a: 'false' } }), are({ Bool: { a: [false] } })]).toEqual([true, true]);
  expect([are(undefined), are({ Bool: { a: 'true' } }), are({ Bool: { a: 'false', b: '1' } }), are({ Bool: 'false' })]).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

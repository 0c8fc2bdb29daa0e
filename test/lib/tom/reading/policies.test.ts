import fc from 'fast-check';
import { concernsEveryone, conditionsAre, matchesPattern, statementsOf } from '../../../../lib/tom/reading/policies';

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

test('a single statement, single values and what is no statement are all read', () => {
  const [only] = statementsOf({ Statement: { Effect: 'Deny', Action: 'a:B', Resource: { Ref: 'R' } } }, 'P');
  expect(only).toMatchObject({ path: 'P.Statement', effect: 'Deny', actions: ['a:B'], resources: ['${R}'] });
  expect(statementsOf({ Statement: ['x', null, { Action: [{ 'Fn::If': [] }] }] }, 'P')).toMatchObject([
    { path: 'P.Statement.2', effect: 'Allow', actions: ['*'], resources: [] },
  ]);
  expect(statementsOf('x', 'P')).toEqual([]);
});

test('everyone is everyone in three spellings', () => {
  const everyone = (Principal: unknown) => concernsEveryone(statementsOf({ Statement: { Principal } as never }, 'P')[0] as never);
  expect([everyone('*'), everyone({ AWS: '*' }), everyone({ AWS: ['x', '*'] })]).toEqual([true, true, true]);
  expect([everyone(undefined), everyone({ Service: '*' }), everyone('x')]).toEqual([false, false, false]);
});

test('conditions are those and no others', () => {
  const are = (Condition: unknown) =>
    conditionsAre(statementsOf({ Statement: { Condition } as never }, 'P')[0] as never, [{ operator: 'Bool', key: 'a', value: 'false' }]);
  expect([are({ Bool: { a: 'false' } }), are({ Bool: { a: [false] } })]).toEqual([true, true]);
  expect([are(undefined), are({ Bool: { a: 'true' } }), are({ Bool: { a: 'false', b: '1' } }), are({ Bool: 'false' })]).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

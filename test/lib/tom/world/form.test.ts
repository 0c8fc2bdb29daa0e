// Forms admit what they declare and nothing else.
import type { Json } from '../../../../lib/tom/template/assembly';
import {
  between,
  by,
  type Context,
  each,
  type FormLike,
  fill,
  formOf,
  harmless,
  is,
  jsonText,
  map,
  matches,
  optional,
  set,
  that,
} from '../../../../lib/tom/world/form';
import { assemblyOf, facts, resource } from '../rules/example';

const assembly = assemblyOf({ Example: resource('AWS::EC2::EIP') });
const [example] = assembly.resources;
if (!example) throw new Error('expected a resource');
const context: Context = { resource: example, assembly, facts, variables: { zone: '2' } };

const deviations = (form: FormLike, value: Json | undefined): readonly string[] =>
  formOf(form)
    .deviations({ value, path: '', context })
    .map(({ path }) => path);

test.each<[string, FormLike, Json]>([
  ['a literal', 'a', 'a'],
  ['a variable', 'Subnet<zone>', 'Subnet2'],
  ['one of several', is('a', 'b'), 'b'],
  ['the ends of an interval', between(1, 3), 3],
  ['a whole text', matches(/[a-z]+/, 'letters'), 'abc'],
  ['a shape', { a: 1, b: optional('x') }, { a: 1 }],
  ['a sequence', ['a', 'b'], ['a', 'b']],
  ['a set in another order', set('a', 'b'), ['b', 'a']],
  ['elements of one form', each(between(1, 9)), [1, 2]],
  ['free keys', map(/[a-z]+/, true), { a: true }],
  ['JSON in a text', jsonText({ a: 1 }), '{"a":1}'],
  ['a choice by the deployment', by(({ facts: { environment } }) => environment), 'production'],
  ['a further condition', that(between(1, 9), 'an even number', (value) => Number(value) % 2 === 0), 4],
])('%s is admitted', (_, form, value) => {
  expect(deviations(form, value)).toEqual([]);
});

test.each<[string, FormLike, Json | undefined, readonly string[]]>([
  ['another literal', 'a', 'b', ['']],
  ['a missing value', 'a', undefined, ['']],
  ['a number as text', 30, '30', ['']],
  ['a number beyond the interval', between(1, 3), 4, ['']],
  ['a fraction', between(1, 3), 1.5, ['']],
  ['text around a match', matches(/[a-z]+/, 'letters'), 'abc\n', ['']],
  ['a further property', { a: 1 }, { a: 1, b: 2 }, ['b']],
  ['a missing property', { a: 1, b: 2 }, { a: 1 }, ['b']],
  ['a list where an object is declared', { a: 1 }, [1], ['']],
  ['a further element', ['a'], ['a', 'b'], ['1']],
  ['another order', ['a', 'b'], ['b', 'a'], ['0', '1']],
  ['a duplicate in a set', set('a', 'b'), ['a', 'a'], ['1']],
  ['a missing element of a set', set('a', 'b'), ['a'], ['']],
  ['a duplicate element', each('a'), ['a', 'a'], ['']],
  ['too few elements', each('a', { least: 2 }), ['a'], ['']],
  ['a key of another form', map(/[a-z]+/, true), { A: true }, ['A']],
  ['text that is no JSON', jsonText({ a: 1 }), '{', ['']],
  ['other JSON', jsonText({ a: 1 }), '{"a":2}', ['a']],
  ['a failed condition', that(between(1, 9), 'an even number', (value) => Number(value) % 2 === 0), 3, ['']],
  ['a property that harmless.ts does not list', { Elsewhere: harmless }, { Elsewhere: 'x' }, ['Elsewhere']],
])('%s is refused', (_, form, value, paths) => {
  expect(deviations(form, value)).toEqual(paths);
});

test('harmless text is not decided outside the deployment', () => {
  const form = { Metadata: { 'aws:cdk:path': harmless } };
  expect(deviations(form, { Metadata: { 'aws:cdk:path': 'production-data/Archive' } })).toEqual([]);
  expect(deviations(form, { Metadata: { 'aws:cdk:path': '${parameter Choice}' } })).toEqual(['Metadata.aws:cdk:path']);
});

test('a variable that the name does not bind is an error', () => {
  expect(() => fill('Subnet<tier>', context)).toThrow('form "Subnet<tier>": expected one of zone, got <tier>');
});

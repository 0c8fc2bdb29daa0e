import { evaluate, outcomesOf } from '../../../lib/tom/evaluate';
import type { Rule } from '../../../lib/tom/rule';
import { assemblyOf, resource } from './rules/example';

const finding = { id: 'small', path: 'Properties.Size', found: 1, required: 'more', fix: 'Grow.' };
const rule: Rule = {
  name: 'size',
  requires: 'things are large',
  types: ['Thing'],
  check: (thing) => (thing.at('Size') === undefined ? 'not-applicable' : thing.at('Size') === 2 ? [] : [finding]),
  guards: [],
};
const things = assemblyOf({
  Large: resource('Thing', { Size: 2 }),
  Small: resource('Thing', { Size: 1 }),
  Shapeless: resource('Thing'),
  Other: resource('Other'),
});
const said = (changed: Partial<Rule>, assembly = things) =>
  evaluate(assembly, [{ ...rule, ...changed }]).map(({ resource: about, stack, verdict }) => [
    about?.logicalId ?? stack?.name ?? 'deployment',
    verdict,
  ]);

test('each resource of the types is asked about, and each answer kept', () => {
  expect(said({})).toEqual([
    ['Large', []],
    ['Small', [finding]],
    ['Shapeless', 'not-applicable'],
  ]);
});

test('a rule for every type is asked about every resource', () => {
  expect(said({ types: ['*'] }).map(([id]) => id)).toEqual(['Large', 'Small', 'Shapeless', 'Other']);
});

test('a rule for stacks is asked about each', () => {
  expect(said({ types: [], checkStack: ({ name }) => [{ ...finding, found: name }] })).toEqual([
    ['production-example', [{ ...finding, found: 'production-example' }]],
  ]);
});

test('a rule that concerns nothing is broken by that, unless it need not concern anything', () => {
  const nothing = assemblyOf({ Shapeless: resource('Thing') });
  expect(said({}, nothing)).toEqual([
    ['Shapeless', 'not-applicable'],
    ['deployment', [expect.objectContaining({ id: 'absent', required: 'things are large' })]],
  ]);
  expect(said({ mustApply: false }, nothing)).toEqual([['Shapeless', 'not-applicable']]);
});

test('a rule that throws is a fatal finding that names it', () => {
  const outcomes = evaluate(things, [
    {
      ...rule,
      check: () => {
        throw new Error('no shape');
      },
    },
  ]);
  expect(outcomes).toHaveLength(3);
  for (const { fatal, verdict } of outcomes) {
    expect(fatal).toBe(true);
    expect(verdict).toEqual([
      expect.objectContaining({ id: 'error', found: 'size threw: no shape', fix: expect.stringContaining('rules/size.ts') }),
    ]);
  }
});

test('who looks for one answer is not made to wait for the others', () => {
  const asked: string[] = [];
  const small = things.resource('production-example', 'Small');
  const listening: Rule = {
    ...rule,
    check: ({ logicalId }) => {
      asked.push(logicalId);
      return [];
    },
  };
  const { value } = outcomesOf(things, listening, small).next();
  expect(value?.resource).toBe(small);
  expect(asked).toEqual(['Small']);
});

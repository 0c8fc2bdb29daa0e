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
const outcomes = (changed: Partial<Rule>, assembly = things) =>
  evaluate(assembly, [{ ...rule, ...changed }]).map(({ resource: about, stack, verdict }) => [
    about?.logicalId ?? stack?.name ?? 'deployment',
    verdict,
  ]);

test('a rule is evaluated for each resource of its types, and each outcome is kept', () => {
  expect(outcomes({})).toEqual([
    ['Large', []],
    ['Small', [finding]],
    ['Shapeless', 'not-applicable'],
  ]);
});

test('a rule for every type is evaluated for every resource', () => {
  expect(outcomes({ types: ['*'] }).map(([id]) => id)).toEqual(['Large', 'Small', 'Shapeless', 'Other']);
});

test('a rule for stacks is evaluated for each stack', () => {
  expect(outcomes({ types: [], checkStack: ({ name }) => [{ ...finding, found: name }] })).toEqual([
    ['production-example', [{ ...finding, found: 'production-example' }]],
  ]);
});

test('a rule that applies to no resource is violated, unless it need not apply', () => {
  const nothing = assemblyOf({ Shapeless: resource('Thing') });
  expect(outcomes({}, nothing)).toEqual([
    ['Shapeless', 'not-applicable'],
    ['deployment', [expect.objectContaining({ id: 'absent', required: 'things are large' })]],
  ]);
  expect(outcomes({ mustApply: false }, nothing)).toEqual([['Shapeless', 'not-applicable']]);
});

test('a rule that throws is a fatal finding that names it', () => {
  const failed = evaluate(things, [
    {
      ...rule,
      check: () => {
        throw new Error('no shape');
      },
    },
  ]);
  expect(failed).toHaveLength(3);
  for (const { fatal, verdict } of failed) {
    expect(fatal).toBe(true);
    expect(verdict).toEqual([
      expect.objectContaining({ id: 'error', found: 'size threw: no shape', fix: expect.stringContaining('/size.ts') }),
    ]);
  }
});

test('a caller that needs one outcome can stop early', () => {
  const evaluated: string[] = [];
  const small = things.resource('production-example', 'Small');
  const recording: Rule = {
    ...rule,
    check: ({ logicalId }) => {
      evaluated.push(logicalId);
      return [];
    },
  };
  const { value } = outcomesOf(things, recording, small).next();
  expect(value?.resource).toBe(small);
  expect(evaluated).toEqual(['Small']);
});

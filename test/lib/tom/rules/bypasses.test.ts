// What an adversarial review put into the real templates to get round the rules: each rule objects to each.

import { rules } from '../../../../lib/tom/rules/all';
import { Assembly, type Template } from '../../../../lib/tom/template/assembly';
import { attemptsOf } from '../../../../tools/develop/mutate/bypasses';
import { mutate } from '../../../../tools/develop/mutate/run';
import { synthesized } from '../../../synthesized/synthesized';
import { facts } from './example';

const stacks = synthesized('production').stacks.map(({ name, region, template }) => ({ name, region, template: template as Template }));
const subject = { label: 'production', assembly: new Assembly(facts, stacks) };
const watched = rules.filter(({ bypasses }) => bypasses !== undefined);

test.each(watched.map((rule) => [rule.name, rule] as const))('%s lets none in', (_, rule) => {
  const [result] = mutate([{ ...rule, guards: [] }], [subject]).rules;
  expect(result?.unopposed).toEqual([]);
  expect(result?.bypasses.mutants).toBe(rule.bypasses?.length);
});

test('they refer to what is in the templates', () => {
  const lost = watched.flatMap((rule) =>
    attemptsOf(rule, subject).filter(({ assembly }) => JSON.stringify(assembly.stacks).includes('"Missing"')),
  );
  expect(lost.map(({ bypass }) => bypass.name)).toEqual([]);
});

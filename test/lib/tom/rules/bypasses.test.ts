// Every bypass, added to the real templates: its rule objects to it.

import { rules } from '../../../../lib/tom/rules/all';
import { Assembly, type Template } from '../../../../lib/tom/template/assembly';
import { attemptsOf } from '../../../../tools/develop/mutate/bypasses';
import { tryBypasses } from '../../../../tools/develop/mutate/run';
import { synthesized } from '../../../synthesized/synthesized';
import { facts } from './example';

const stacks = synthesized('production').stacks.map(({ name, region, template }) => ({ name, region, template: template as Template }));
const subject = { label: 'production', assembly: new Assembly(facts, stacks) };
const watched = rules.filter(({ bypasses }) => bypasses !== undefined);

test.each(watched.map((rule) => [rule.name, rule] as const))('%s objects to each bypass', (_, rule) => {
  const { unopposed, mutants } = tryBypasses(rule, [subject]);
  expect(unopposed).toEqual([]);
  expect(mutants).toBe(rule.bypasses?.length);
});

test('they refer to existing resources of the templates', () => {
  const there = new Set(subject.assembly.resources.map(({ json }) => json));
  expect(JSON.stringify([...there])).not.toContain('"Missing"');
  const added = (assembly: Assembly) => assembly.resources.flatMap(({ json }) => (there.has(json) ? [] : [json]));
  const attempts = watched.flatMap((rule) => attemptsOf(rule, subject));
  for (const { assembly } of attempts) expect(added(assembly)).not.toEqual([]);
  const lost = attempts.filter(({ assembly }) => JSON.stringify(added(assembly)).includes('"Missing"'));
  expect(lost.map(({ bypass }) => bypass.name)).toEqual([]);
});

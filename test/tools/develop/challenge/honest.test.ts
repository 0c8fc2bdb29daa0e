// Honest changes pass with one declaration, one amended form, or neither; without that line, the rules object. Every
// fifth is tried here, and all of them by npm run challenge, which .ci/run runs.
import { dirname } from 'node:path';
import { rules } from '../../../../lib/tom/rules/all';
import { honestChanges } from '../../../../tools/develop/challenge/honest';
import type { HonestChange } from '../../../../tools/develop/challenge/honest/honest';
import { honestReport, runHonest } from '../../../../tools/develop/challenge/honest/run';
import { subjectIn } from '../../../../tools/develop/mutate/subjects';
import { synthesized } from '../../../synthesized/synthesized';

const { assembly } = subjectIn({ folder: dirname(synthesized('production').folder), site: { deployment: 'production', site: 'home' } });
const closedWorld = rules.filter(({ name }) => name.startsWith('declared-'));
const needsLine = ({ declares, amends }: HonestChange): boolean => declares !== undefined || amends !== undefined;

test('there are at least twenty, each under its own title, and each with one line or none', () => {
  expect(new Set(honestChanges.map(({ title }) => title)).size).toBe(honestChanges.length);
  expect(honestChanges.length).toBeGreaterThanOrEqual(20);
  expect(honestChanges.filter(({ declares, amends }) => declares && amends)).toEqual([]);
});

test('no rule objects to an honest change', () => {
  const some = honestChanges.filter((_, index) => index % 5 === 0);
  const outcomes = runHonest(some, rules, assembly);
  expect(outcomes.filter(({ findings }) => findings.length > 0)).toEqual([]);
}, 600_000);

test('without its line, each change that has one is objected to', () => {
  const bare = honestChanges.filter(needsLine).map(({ title, change }): HonestChange => ({ title, change }));
  expect(bare.length).toBeGreaterThan(5);
  expect(runHonest(bare, closedWorld, assembly).filter(({ findings }) => findings.length === 0)).toEqual([]);
}, 120_000);

test('a line does not admit more than its change', () => {
  const [tagged] = honestChanges.filter(({ title }) => title === 'a further tag of the stream');
  if (tagged === undefined) throw new Error('expected the change of tags, got none');
  const wider: HonestChange = {
    ...tagged,
    change(templates) {
      tagged.change(templates);
      const stream = Object.values(templates.data.Resources).find(({ Type }) => Type === 'AWS::Kinesis::Stream');
      if (stream) stream.Properties.RetentionPeriodHours = 24;
    },
  };
  const outcomes = runHonest([wider], closedWorld, assembly);
  expect(outcomes[0]?.findings).toEqual([expect.stringContaining('RetentionPeriodHours')]);
  expect(honestReport(outcomes)).toContain('0 of 1 changes pass');
});

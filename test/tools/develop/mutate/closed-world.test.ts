// The closed-world run on a few resources of production: nothing survives, and a hole is found.
import { basename, dirname } from 'node:path';
import { rules } from '../../../../lib/tom/rules/all';
import { Assembly } from '../../../../lib/tom/template/assembly';
import { mutateEverything } from '../../../../tools/develop/mutate/closed-world';
import { closedWorldReport } from '../../../../tools/develop/mutate/closed-world-report';
import { joinResults } from '../../../../tools/develop/mutate/closed-world-result';
import { subjectIn } from '../../../../tools/develop/mutate/subjects';
import { synthesized } from '../../../synthesized/synthesized';

const subject = subjectIn({ folder: dirname(synthesized('production').folder), site: { deployment: 'production', site: 'home' } });

test.each(['AWS::KMS::Alias', 'Uploads', 'AWS::SNS::Topic'])('no mutant of %s survives', (only) => {
  const { survivors, kinds } = mutateEverything(rules, subject, { only });
  expect(survivors).toEqual([]);
  expect(kinds.reduce((sum, { mutants }) => sum + mutants, 0)).toBeGreaterThan(20);
});

test('without the rules of the closed world, mutants survive and are listed', () => {
  const open = { ...subject, assembly: new Assembly({ ...subject.assembly.facts, deployment: 'other' }, subject.assembly.stacks) };
  const result = joinResults([mutateEverything([], open, { only: 'DataKeyAlias' })]);
  expect(result.survivors.length).toBeGreaterThan(10);
  expect(closedWorldReport(result)).toMatch(
    /survived: production production-data\/DataKeyAlias\w+ \(AWS::KMS::Alias\) Properties.TargetKeyId: removed/,
  );
});

test('a description is harmless', () => {
  const { kinds, leaves } = mutateEverything(rules, subject, { only: 'DatabaseSubnets' });
  expect(kinds.reduce((sum, { harmless }) => sum + harmless, 0)).toBeGreaterThan(0);
  expect(leaves['AWS::RDS::DBSubnetGroup Properties.DBSubnetGroupDescription']).toBe('harmless');
});

describe('the lines of a file that servers fetch', () => {
  const collection = subject.assembly.stacks.find(({ name }) => name.endsWith('-collection'));
  const timer = basename(collection?.assets?.find(({ path }) => path.endsWith('.timer'))?.path ?? 'missing');
  const tallies = (result: ReturnType<typeof mutateEverything>) => result.kinds.filter(({ kind }) => kind.startsWith('line '));

  test('are objected to, although the checksum in the user data is that of the changed file', () => {
    const { survivors, kinds } = mutateEverything(rules, subject, { only: timer });
    expect(survivors).toEqual([]);
    for (const { mutants, killed, harmless } of tallies({ kinds } as never)) {
      expect(killed).toBeGreaterThan(5);
      // A comment changes the checksum and nothing else: no rule objects to the change as such.
      expect(harmless).toBeGreaterThan(0);
      expect(killed + harmless).toBe(mutants);
    }
  });

  test('survive and are listed without the rule that judges them', () => {
    const { survivors } = mutateEverything(
      rules.filter(({ name }) => name !== 'declared-properties'),
      subject,
      { only: timer },
    );
    expect(survivors).toContainEqual({
      ...{ site: 'production', type: 'upload', path: 'line 2', kind: 'line removed' },
      resource: `production-collection/${timer}`,
    });
  });
});

describe('the sections of a template', () => {
  test('are mutated, and no mutant survives', () => {
    const { survivors, kinds } = mutateEverything(rules, subject, { only: 'production-edge/ Template' });
    expect(survivors).toEqual([]);
    expect(kinds.find(({ kind }) => kind === 'further property')?.killed).toBeGreaterThan(5);
  });

  test('survive and are listed without the rules that judge them', () => {
    const { survivors } = mutateEverything([], subject, { only: 'production-edge/ Template' });
    expect(survivors).toContainEqual({
      ...{ site: 'production', resource: 'production-edge/', type: 'Template', path: 'Metadata', kind: 'further property' },
    });
  });
});

test('metadata that suppresses a check is objected to, and the path of the construct is harmless', () => {
  const { kinds, survivors } = mutateEverything([], subject, { only: 'DataKeyAlias' });
  expect(survivors.filter(({ path, kind }) => path === 'Metadata.cdk_nag' && kind === 'further property')).toEqual([]);
  expect(kinds.find(({ kind }) => kind === 'text inside')?.harmless).toBeGreaterThan(0);
});

// The closed-world run on a few resources of production: nothing survives, and a hole is found.
import { dirname } from 'node:path';
import { rules } from '../../../../lib/tom/rules/all';
import { Assembly } from '../../../../lib/tom/template/assembly';
import { joinResults, mutateEverything } from '../../../../tools/develop/mutate/closed-world';
import { closedWorldReport } from '../../../../tools/develop/mutate/closed-world-report';
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

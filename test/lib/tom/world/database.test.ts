// Settings of the database that change its cost: the rules accept the value of the configuration, and no other one.
import { dirname } from 'node:path';
import { rules } from '../../../../lib/tom/rules/all';
import { honestChanges } from '../../../../tools/develop/challenge/honest';
import { runHonest } from '../../../../tools/develop/challenge/honest/run';
import { subjectIn } from '../../../../tools/develop/mutate/subjects';
import { synthesized } from '../../../synthesized/synthesized';

const { assembly } = subjectIn({ folder: dirname(synthesized('production').folder), site: { deployment: 'production', site: 'home' } });
const concerned = rules.filter(({ name }) => name === 'declared-properties' || name.startsWith('database-'));

test.each([
  ['a database with I/O-Optimized storage', ['DatabaseCluster']],
  ['a reader that scales with the writer', ['DatabaseReader', 'DatabaseWriter']],
])('%s', (title, changed) => {
  const honest = honestChanges.filter((change) => change.title === title);
  expect(runHonest(honest, concerned, assembly)).toMatchObject([{ findings: [] }]);
  const [bare] = runHonest(
    honest.map(({ change }) => ({ title, change })),
    concerned,
    assembly,
  );
  expect(new Set(bare?.findings.map((key) => /Database(?:Cluster|Reader|Writer)/.exec(key)?.[0]))).toEqual(new Set(changed));
});

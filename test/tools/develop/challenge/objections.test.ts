// The rules object to every fortieth challenge at the place of its change; npm run challenge, which .ci/run runs,
// tries all of them.
import { dirname } from 'node:path';
import { rules } from '../../../../lib/tom/rules/all';
import { keyRotation } from '../../../../lib/tom/rules/encryption/key-rotation';
import type { Challenge } from '../../../../tools/develop/challenge/challenge';
import { runChallenges } from '../../../../tools/develop/challenge/run';
import { challengeSets } from '../../../../tools/develop/challenge/sets';
import { subjectIn } from '../../../../tools/develop/mutate/subjects';
import { synthesized } from '../../../synthesized/synthesized';

const { assembly } = subjectIn({ folder: dirname(synthesized('production').folder), site: { deployment: 'production', site: 'home' } });

test.each(Object.entries(challengeSets))('the rules object to the set %s', (name, challenges) => {
  const some = challenges.filter((_, index) => index % 40 === 0);
  const { outcomes } = runChallenges(name, some, rules, assembly);
  expect(outcomes.filter(({ rule }) => rule === undefined)).toEqual([]);
});

test('a rule that compares with a promise objects to each change of the reviewer', () => {
  const { outcomes } = runChallenges('review', challengeSets.review ?? [], rules, assembly);
  // The finding is at the role: where the change is in its permissions or its alarm, elsewhere.
  const unopposed = outcomes.filter(({ own, elsewhere }) => ![own, ...elsewhere].includes('people-roles'));
  expect(unopposed).toEqual([]);
  expect(outcomes.length).toBeGreaterThanOrEqual(8);
});

test('a change to which no rule objects is missed', () => {
  const idle: Challenge = {
    ...{ clause: 'TOM-6.10', kind: 'J', title: 'another description' },
    change: ({ data }) => {
      data.Description = 'Other words';
    },
  };
  expect(runChallenges('idle', [idle], [keyRotation], assembly)).toMatchObject({
    objected: 0,
    outcomes: [{ title: 'another description' }],
  });
});

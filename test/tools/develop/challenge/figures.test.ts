// A complete run of the challenges holds the figures of the documentation.
import { missingRows, rowOf } from '../../../../tools/develop/challenge/figures';
import { type ChallengeOutcome, resultOf } from '../../../../tools/develop/challenge/run';

const outcome = (found: Partial<ChallengeOutcome>): ChallengeOutcome => ({
  ...{ clause: 'TOM-3.1', kind: 'F', title: 'a change', elsewhere: [] },
  ...found,
});
const result = resultOf('first', [
  outcome({ rule: 'declared-properties', own: 'people-roles' }),
  outcome({ rule: 'declared-properties', elsewhere: ['people-roles'] }),
  outcome({ rule: 'declared-properties', elsewhere: ['declared-resources'] }),
  outcome({}),
]);

test('a row has the changes, the objections, those of rules with a promise, and those elsewhere', () => {
  expect(rowOf(result)).toBe('| first | 4 | 3 | 1 | 1 |');
});

test('a row of the documentation may be aligned, and another figure is missed', () => {
  expect(missingRows([result], '  | first  | 4       | 3  | 1 | 1     |\n')).toEqual([]);
  expect(missingRows([result], '| first | 4 | 3 | 2 | 1 |')).toEqual(['| first | 4 | 3 | 1 | 1 |']);
});

// The sets of challenges: two that were written from the clauses without knowledge of the rules, and those of a
// reviewer.
import type { Challenge } from './challenge';
import { firstChallenges } from './first';
import { reviewChallenges } from './review';
import { secondChallenges } from './second';

export const challengeSets: Readonly<Record<string, readonly Challenge[]>> = {
  first: firstChallenges,
  second: secondChallenges,
  review: reviewChallenges,
};

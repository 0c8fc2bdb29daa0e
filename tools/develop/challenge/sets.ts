// The sets of challenges, each written from the clauses without knowledge of the rules.
import type { Challenge } from './challenge';
import { firstChallenges } from './first';
import { secondChallenges } from './second';

export const challengeSets: Readonly<Record<string, readonly Challenge[]>> = { first: firstChallenges, second: secondChallenges };

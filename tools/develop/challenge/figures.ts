// The figures of the challenges in the documentation, held by each complete run.

import { isElsewhere } from './report';
import type { ChallengeResult } from './run';

/** The row of a set in docs/adr/0013-a-closed-world.md, without the spaces that align it. */
export const rowOf = ({ set, all, objected, outcomes }: ChallengeResult): string => {
  const own = outcomes.filter((outcome) => outcome.own !== undefined).length;
  return `| ${[set, all, objected, own, outcomes.filter(isElsewhere).length].join(' | ')} |`;
};

/** Rows that a text does not have. */
export function missingRows(results: readonly ChallengeResult[], text: string): readonly string[] {
  const rows = text.split('\n').map((line) => line.trim().replace(/ +/g, ' '));
  return results.map(rowOf).filter((row) => !rows.includes(row));
}

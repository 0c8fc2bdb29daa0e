// Reports of the challenges: objections by kind and by chapter, with and without the rules of the closed world.
import type { ChallengeOutcome, ChallengeResult } from './run';

const percent = (part: number, all: number): string => `${(Math.floor((part / all) * 1000) / 10).toFixed(1)} %`;

const objected = (outcomes: readonly ChallengeOutcome[]): number => outcomes.filter(({ rule }) => rule !== undefined).length;
const own = (outcomes: readonly ChallengeOutcome[]): number => outcomes.filter((outcome) => outcome.own !== undefined).length;

/** Whether a rule that is none of the closed world objects, and only at another property or resource. */
export const isElsewhere = (outcome: ChallengeOutcome): boolean =>
  outcome.own === undefined && outcome.elsewhere.some((rule) => !rule.startsWith('declared-'));

export function challengeReport({ set, all, outcomes }: ChallengeResult): string {
  const missed = outcomes.filter(({ rule }) => rule === undefined);
  const elsewhere = outcomes.filter(isElsewhere);
  return [
    `${set}: ${objected(outcomes)} of ${all} changes were objected to at the changed property, ${percent(objected(outcomes), all)}`,
    `  without declared-*: ${own(outcomes)}, ${percent(own(outcomes), all)}; ${elsewhere.length} more at another property or resource`,
    ...groupLines('kind', outcomes, ({ kind }) => kind),
    ...groupLines('chapter', outcomes, ({ clause }) => clause.split('.')[0] as string),
    ...missed.map(
      ({ clause, title, elsewhere: others }) =>
        `  no objection: ${clause}: ${title}${others.length > 0 ? ` (elsewhere: ${others.join(', ')})` : ''}`,
    ),
  ].join('\n');
}

/** One line for each kind or chapter: changes, objections, and those without the rules of the closed world. */
function groupLines(
  noun: string,
  outcomes: readonly ChallengeOutcome[],
  groupOf: (outcome: ChallengeOutcome) => string,
): readonly string[] {
  return [...new Set(outcomes.map(groupOf))].toSorted().map((name) => {
    const of = outcomes.filter((outcome) => groupOf(outcome) === name);
    return `  ${noun.padEnd(7)}  ${name.padEnd(7)}  ${objected(of)} of ${of.length}, without declared-*: ${own(of)}`;
  });
}

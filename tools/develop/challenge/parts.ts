// The challenges in parts, each in a thread of its own. A part has every n-th change of each set, so that the parts
// take about the same time; joined, they have the order of the set.
import { rules } from '../../../lib/tom/rules/all';
import { subjectIn } from '../mutate/subjects';
import { inThreads, threadsAtATime } from '../threads/in-threads';
import { honestChanges } from './honest';
import { type HonestOutcome, runHonest } from './honest/run';
import { type ChallengeResult, resultOf, runChallenges } from './run';
import { challengeSets } from './sets';
import { sumOf, type Uniqueness, uniquenessOf } from './unique';

/** Name of the honest changes among the sets. */
const honest = 'honest';
export const setNames: readonly string[] = [...Object.keys(challengeSets), honest];
export const challengedSite = { deployment: 'production', site: 'home' } as const;

export interface PartRequest {
  /** Folder with the assembly of the site. */
  readonly folder: string;
  readonly sets: readonly string[];
  /** Whether the part counts unique objections instead of objections. */
  readonly unique: boolean;
  /** Number of the part, from 0, and of all parts. */
  readonly part: number;
  readonly parts: number;
}

export interface Challenged {
  readonly sets: readonly ChallengeResult[];
  readonly honest: readonly HonestOutcome[];
}

/** Counts the unique objections of one part in this thread. */
export function uniquePart({ folder, part, parts }: PartRequest): readonly Uniqueness[] {
  return uniquenessOf(rules, Object.values(challengeSets).flat(), subjectIn({ folder, site: challengedSite }), { part, parts });
}

/** Runs one part in this thread. */
export function runPart({ folder, sets, part, parts }: PartRequest): Challenged {
  const { assembly } = subjectIn({ folder, site: challengedSite });
  const ofPart = <T>(all: readonly T[]): readonly T[] => all.filter((_, index) => index % parts === part);
  const chosen = Object.entries(challengeSets).filter(([name]) => sets.includes(name));
  return {
    sets: chosen.map(([name, challenges]) => runChallenges(name, ofPart(challenges), rules, assembly)),
    honest: sets.includes(honest) ? runHonest(ofPart(honestChanges), rules, assembly) : [],
  };
}

/** The results of all parts, given in the order of their numbers, as one. */
export function joinParts(results: readonly Challenged[]): Challenged {
  const sets = (results[0]?.sets ?? []).map(({ set }, index) =>
    resultOf(set, interleaved(results.map((result) => (result.sets[index] as ChallengeResult).outcomes))),
  );
  return { sets, honest: interleaved(results.map((result) => result.honest)) };
}

/** The first element of each list, the second of each, and so on. */
function interleaved<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const longest = Math.max(...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list.slice(index, index + 1))).flat();
}

const ofParts = <T>(request: Pick<PartRequest, 'folder' | 'sets' | 'unique'>): Promise<readonly T[]> => {
  const parts = threadsAtATime();
  const inputs = Array.from({ length: parts }, (_, part): PartRequest => ({ ...request, part, parts }));
  return inThreads<T>(inputs.map((input) => ({ module: require.resolve('./thread'), input })));
};

/** Runs the sets in as many threads as the machine has cores. */
export const challengeInParts = async (folder: string, sets: readonly string[]): Promise<Challenged> =>
  joinParts(await ofParts<Challenged>({ folder, sets, unique: false }));

/** Counts the unique objections of each rule, in as many threads. */
export const uniqueInParts = async (folder: string): Promise<readonly Uniqueness[]> =>
  sumOf(await ofParts<readonly Uniqueness[]>({ folder, sets: [], unique: true }));

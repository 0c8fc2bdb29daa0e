// What a closed-world run finds: properties with their judgement, mutants by kind, and survivors.
import type { Rule } from '../../../lib/tom/rule';
import type { LeafKind } from '../../../lib/tom/world/form';
import { type MutationKind, mutationKinds } from './everything';
import type { Subject } from './mutants';

/** A mutation to which no rule objected. */
export interface Survivor {
  readonly site: string;
  readonly resource: string;
  readonly type: string;
  readonly path: string;
  readonly kind: MutationKind;
}

/** Numbers of mutants. */
export interface Tally {
  readonly mutants: number;
  readonly killed: number;
  readonly harmless: number;
  readonly survived: number;
}

export interface KindTally extends Tally {
  readonly kind: MutationKind;
}

export interface SiteTally extends Tally {
  readonly site: string;
  /** Findings of the unchanged templates, which a change could add to unseen. Production has none. */
  readonly known: readonly string[];
}

export interface ClosedWorldResult {
  /** Distinct properties, as type and path, with their judgement. */
  readonly leaves: Readonly<Record<string, LeafKind>>;
  readonly kinds: readonly KindTally[];
  readonly sites: readonly SiteTally[];
  readonly survivors: readonly Survivor[];
  /** Mutants that were objected to, by the clauses that their resources serve. */
  readonly clauses: Readonly<Record<string, number>>;
}

type Counts = { -readonly [K in keyof KindTally]: KindTally[K] };
export type MutantOutcome = 'killed' | 'harmless' | 'survived';

/** What a run has found so far. */
export interface Run {
  readonly rules: readonly Rule[];
  readonly subject: Subject;
  /** Findings of the unchanged templates. */
  readonly known: ReadonlySet<string>;
  readonly tallies: ReadonlyMap<MutationKind, Counts>;
  readonly leaves: Map<string, LeafKind>;
  readonly clauses: Map<string, number>;
  readonly survivors: Survivor[];
}

export const emptyTallies = (): Run['tallies'] =>
  new Map(mutationKinds.map((kind) => [kind, { kind, mutants: 0, killed: 0, harmless: 0, survived: 0 }]));

/** Counts a mutant, and lists it if it survived. */
export function count({ tallies, survivors, subject }: Run, outcome: MutantOutcome, mutant: Omit<Survivor, 'site'>): void {
  const tally = tallies.get(mutant.kind) as Counts;
  tally.mutants += 1;
  tally[outcome] += 1;
  if (outcome === 'survived') survivors.push({ site: subject.label, ...mutant });
}

const tallyKeys = ['mutants', 'killed', 'harmless', 'survived'] as const;

export const sumOf = (tallies: readonly Tally[]): Tally =>
  Object.fromEntries(tallyKeys.map((key) => [key, tallies.reduce((sum, tally) => sum + tally[key], 0)])) as Record<keyof Tally, number>;

/** Whether nothing survived, and production had no finding before. */
export const isSound = ({ survivors, sites }: ClosedWorldResult): boolean =>
  survivors.length === 0 && sites.every(({ known }) => known.length === 0);

/** Joins the results of the sites. */
export function joinResults(results: readonly ClosedWorldResult[]): ClosedWorldResult {
  const leaves = Object.assign(
    {},
    ...results.map((result) => result.leaves),
    ...results.map(({ leaves: all }) => closedOnly(all)),
  ) as Record<string, LeafKind>;
  const kinds = mutationKinds.map((kind) => {
    const of = results.flatMap((result) => result.kinds.filter((tally) => tally.kind === kind));
    return { kind, ...sumOf(of) };
  });
  const clauses: Record<string, number> = {};
  for (const result of results)
    for (const [clause, mutants] of Object.entries(result.clauses)) clauses[clause] = (clauses[clause] ?? 0) + mutants;
  return {
    ...{ leaves, kinds, clauses },
    sites: results.flatMap(({ sites }) => sites),
    survivors: results.flatMap(({ survivors }) => survivors),
  };
}

/** A property that one declaration closes counts as closed. */
const closedOnly = (leaves: Readonly<Record<string, LeafKind>>): object =>
  Object.fromEntries(Object.entries(leaves).filter(([, kind]) => kind === 'closed'));

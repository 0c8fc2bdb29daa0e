// The mutation run: breaks every guarded property and adds every bypass, one at a time, and evaluates the rule that
// must object.
import { outcomesOf } from '../../../lib/tom/evaluate';
import type { Break, Guard, Rule } from '../../../lib/tom/rule';
import type { Assembly, Resource } from '../../../lib/tom/template/assembly';
import { type Attempt, attemptsOf } from './bypasses';
import { applyMutant, expand, type Mutant, type Subject } from './mutants';
import { type Read, unguardedReads } from './reads';

export interface Survivor {
  readonly site: string;
  readonly stack: string;
  /** Logical id; empty if the stack itself was broken. */
  readonly resource: string;
  readonly type: string;
  readonly path: string;
  readonly break: Break;
  /** Set if the rule threw instead of objecting. */
  readonly threw?: string;
}

/** A bypass without an objection of its rule. */
export interface Unopposed {
  readonly site: string;
  readonly bypass: string;
  /** Set if the rule threw instead of objecting. */
  readonly threw?: string;
}

/** Number of mutants, and of those to which the rule objected. */
export interface Tally {
  readonly mutants: number;
  readonly killed: number;
}

export interface RuleResult extends Tally {
  readonly rule: string;
  /** The mutants with a broken property. */
  readonly breaks: Tally;
  /** The mutants with an added bypass. */
  readonly bypasses: Tally;
  readonly survivors: readonly Survivor[];
  readonly unopposed: readonly Unopposed[];
  /** Guards whose type occurs and whose property does not: no mutant can test them. */
  readonly unmatched: readonly { readonly type: string; readonly path: string }[];
  /** Properties that the rule reads and neither guards nor lists in `reads`. */
  readonly unguarded: readonly Read[];
}

export interface MutationResult extends Tally {
  readonly breaks: Tally;
  readonly bypasses: Tally;
  readonly rules: readonly RuleResult[];
}

/**
 * Runs every rule's mutants over the templates of every subject. Same templates and rules, same result, in the same
 * order.
 */
export const mutate = (rules: readonly Rule[], subjects: readonly Subject[]): MutationResult =>
  resultOf(rules.map((rule) => mutateRule(rule, subjects)));

/** The results of several runs, each of other rules, as one. */
export const joinRules = (results: readonly MutationResult[]): MutationResult => resultOf(results.flatMap((result) => result.rules));

function resultOf(results: readonly RuleResult[]): MutationResult {
  const breaks = sum(results.map((result) => result.breaks));
  const bypasses = sum(results.map((result) => result.bypasses));
  return { ...sum([breaks, bypasses]), breaks, bypasses, rules: results };
}

const sum = (tallies: readonly Tally[]): Tally => ({
  mutants: tallies.reduce((total, { mutants }) => total + mutants, 0),
  killed: tallies.reduce((total, { killed }) => total + killed, 0),
});

const tally = (tried: readonly unknown[], lost: readonly unknown[]): Tally => ({
  mutants: tried.length,
  killed: tried.length - lost.length,
});

/** 0 only if no mutant survived, every guard was tried and no property is read unguarded. */
export function exitCodeOf({ rules }: MutationResult): 0 | 1 {
  const faults = rules.flatMap(({ survivors, unopposed, unmatched, unguarded }) => [survivors, unopposed, unmatched, unguarded]);
  return faults.every(({ length }) => length === 0) ? 0 : 1;
}

/** Production at both sites, or all subjects if it is not among them. The others are for what production has not. */
function mainSubjects(subjects: readonly Subject[]): readonly Subject[] {
  const main = subjects.filter(({ label }) => /^production(?:-recovery)?$/.test(label));
  return main.length > 0 ? main : subjects;
}

function mutateRule(rule: Rule, subjects: readonly Subject[]): RuleResult {
  const main = mainSubjects(subjects);
  const known = new Map(subjects.map((subject) => [subject, findingsOf(rule, subject)]));
  const expandIn = (guard: Guard, among: readonly Subject[]) => among.map((subject) => expand(rule, guard, subject));
  const expansions = rule.guards.map((guard) => {
    const parts = expandIn(guard, main);
    return { guard, parts: parts.some(({ mutants }) => mutants.length > 0) ? parts : expandIn(guard, subjects) };
  });
  const mutants = expansions.flatMap(({ parts }) => parts.flatMap((part) => part.mutants));
  const knownOf = (subject: Subject): ReadonlySet<string> => known.get(subject) ?? new Set();
  const survivors = mutants.flatMap((mutant) => survivorOf(mutant, knownOf(mutant.subject)));
  const { unopposed, ...bypasses } = tryBypasses(rule, main, knownOf);
  const breaks = tally(mutants, survivors);
  return {
    rule: rule.name,
    ...sum([breaks, bypasses]),
    breaks,
    bypasses,
    survivors,
    unopposed,
    unmatched: expansions
      .filter(({ parts }) => parts.some(({ occurs }) => occurs) && parts.every((part) => part.mutants.length === 0))
      .map(claimOf),
    unguarded: unguardedReads(rule, main),
  };
}

/** Adds each bypass of a rule to the templates of the subjects: the rule must object. */
export function tryBypasses(
  rule: Rule,
  subjects: readonly Subject[],
  knownOf: (subject: Subject) => ReadonlySet<string> = (subject) => findingsOf(rule, subject),
): Tally & { readonly unopposed: readonly Unopposed[] } {
  const attempts = subjects.flatMap((subject) => attemptsOf(rule, subject));
  const known = new Map(subjects.map((subject) => [subject, knownOf(subject)]));
  const unopposed = attempts.flatMap((attempt) => unopposedOf(attempt, known.get(attempt.subject) ?? new Set()));
  return { ...tally(attempts, unopposed), unopposed };
}

function claimOf({ guard: { type, path } }: { guard: Guard }): { type: string; path: string } {
  return { type, path: typeof path === 'string' ? path : '(by content)' };
}

function findingsOf(rule: Rule, { assembly }: Subject): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const { resource, verdict } of outcomesOf(assembly, rule)) {
    if (verdict !== 'not-applicable') for (const { id } of verdict) keys.add(keyOf(resource, id));
  }
  return keys;
}

const keyOf = (resource: Resource | undefined, id: string): string => `${resource?.stack.name ?? ''}/${resource?.logicalId ?? ''}/${id}`;

/** Empty if the rule has a new finding. The broken resource is evaluated first: mostly the finding is there. */
function survivorOf(mutant: Mutant, known: ReadonlySet<string>): readonly Survivor[] {
  const assembly = applyMutant(mutant);
  const first = mutant.resource && assembly.resource(mutant.stack.name, mutant.resource.logicalId);
  const missed = missedObjection(mutant.rule, assembly, known, first);
  return missed ? [{ ...describeSurvivor(mutant), ...missed }] : [];
}

function unopposedOf({ rule, subject, bypass, assembly, first }: Attempt, known: ReadonlySet<string>): readonly Unopposed[] {
  const missed = missedObjection(rule, assembly, known, first);
  return missed ? [{ site: subject.label, bypass: bypass.name, ...missed }] : [];
}

/** The way in which a rule missed its objection to a change of the templates; `undefined` if it objected. */
function missedObjection(rule: Rule, assembly: Assembly, known: ReadonlySet<string>, first?: Resource): { threw?: string } | undefined {
  for (const { resource, verdict, fatal } of outcomesOf(assembly, rule, first)) {
    if (verdict === 'not-applicable') continue;
    const fresh = verdict.find(({ id }) => !known.has(keyOf(resource, id)));
    if (fresh) return fatal ? { threw: String(fresh.found) } : undefined;
  }
  return {};
}

function describeSurvivor({ subject, stack, resource, path, break: broken }: Mutant): Survivor {
  return {
    site: subject.label,
    stack: stack.name,
    resource: resource?.logicalId ?? '',
    type: resource?.type ?? 'Stack',
    path: path.join('.'),
    break: broken,
  };
}

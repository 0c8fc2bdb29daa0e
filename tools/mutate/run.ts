// The mutation run: breaks every guarded property, one at a time, and asks the rule that guards it.
import type { Resource } from '../../lib/tom/assembly';
import { outcomesOf } from '../../lib/tom/evaluate';
import type { Break, Guard, Rule } from '../../lib/tom/rule';
import { expand, type Mutant, mutated, type Subject } from './mutants';
import { type Read, unguardedReads } from './reads';

export interface Survivor {
  readonly site: string;
  readonly stack: string;
  /** Logical id; empty where the stack itself was broken. */
  readonly resource: string;
  readonly type: string;
  readonly path: string;
  readonly break: Break;
  /** Set where the rule threw instead of objecting. */
  readonly threw?: string;
}

export interface RuleResult {
  readonly rule: string;
  readonly mutants: number;
  readonly killed: number;
  readonly survivors: readonly Survivor[];
  /** Guards whose type occurs and whose property does not: they claim what cannot be tried. */
  readonly unmatched: readonly { readonly type: string; readonly path: string }[];
  /** Properties that the rule reads and neither guards nor consults. */
  readonly unguarded: readonly Read[];
}

export interface MutationResult {
  readonly mutants: number;
  readonly killed: number;
  readonly rules: readonly RuleResult[];
}

/** Runs every rule's mutants over the templates of every subject. Same templates and rules, same result, in the same order. */
export function mutate(rules: readonly Rule[], subjects: readonly Subject[], progress: (rule: Rule) => void = () => {}): MutationResult {
  const results = rules.map((rule) => {
    progress(rule);
    return mutateRule(rule, subjects);
  });
  const sum = (count: (result: RuleResult) => number): number => results.reduce((total, result) => total + count(result), 0);
  return { mutants: sum(({ mutants }) => mutants), killed: sum(({ killed }) => killed), rules: results };
}

/** 0 only if nothing survived, every guard was tried and nothing is read unguarded. */
export function exitCodeOf({ rules }: MutationResult): 0 | 1 {
  return rules.every(({ survivors, unmatched, unguarded }) => survivors.length + unmatched.length + unguarded.length === 0) ? 0 : 1;
}

function mutateRule(rule: Rule, subjects: readonly Subject[]): RuleResult {
  const known = new Map(subjects.map((subject) => [subject, findingsOf(rule, subject)]));
  const expansions = rule.guards.map((guard) => ({ guard, parts: subjects.map((subject) => expand(rule, guard, subject)) }));
  const mutants = expansions.flatMap(({ parts }) => parts.flatMap((part) => part.mutants));
  const survivors = mutants.flatMap((mutant) => survivorOf(mutant, known.get(mutant.subject) ?? new Set()));
  return {
    rule: rule.name,
    mutants: mutants.length,
    killed: mutants.length - survivors.length,
    survivors,
    unmatched: expansions
      .filter(({ parts }) => parts.some(({ occurs }) => occurs) && parts.every((part) => part.mutants.length === 0))
      .map(claimOf),
    unguarded: unguardedReads(rule, subjects),
  };
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

/** Empty if the rule has a finding that it did not have before. The broken resource is asked about first: it is mostly the one. */
function survivorOf(mutant: Mutant, known: ReadonlySet<string>): readonly Survivor[] {
  const assembly = mutated(mutant);
  const first = mutant.resource && assembly.resource(mutant.stack.name, mutant.resource.logicalId);
  for (const { resource, verdict, fatal } of outcomesOf(assembly, mutant.rule, first)) {
    if (verdict === 'not-applicable') continue;
    const fresh = verdict.find(({ id }) => !known.has(keyOf(resource, id)));
    if (fresh) return fatal ? [{ ...described(mutant), threw: String(fresh.found) }] : [];
  }
  return [described(mutant)];
}

function described({ subject, stack, resource, path, break: broken }: Mutant): Survivor {
  return {
    site: subject.label,
    stack: stack.name,
    resource: resource?.logicalId ?? '',
    type: resource?.type ?? 'Stack',
    path: path.join('.'),
    break: broken,
  };
}

// Objections to changed templates: new findings of a rule, or deviations from a declaration, which decide most.
import { outcomesOf } from '../../../lib/tom/evaluate';
import type { Rule } from '../../../lib/tom/rule';
import type { Assembly, Resource } from '../../../lib/tom/template/assembly';
import { declarationFor, deviationsOf } from '../../../lib/tom/world/declared';

/** Keys of the findings of a rule, lazily; `first` is evaluated before the other resources. */
export function* keysOf(assembly: Assembly, rule: Rule, first?: Resource): Generator<string> {
  for (const { resource, stack, verdict } of outcomesOf(assembly, rule, first)) {
    if (verdict === 'not-applicable') continue;
    for (const { id } of verdict) yield `${rule.name} ${stack?.name ?? ''} ${resource?.logicalId ?? ''} ${id}`;
  }
}

const knownByAssembly = new WeakMap<Assembly, WeakMap<readonly Rule[], ReadonlySet<string>>>();

/** Keys of the findings of unchanged templates, with which each run of mutants begins. */
export function knownKeys(rules: readonly Rule[], assembly: Assembly): ReadonlySet<string> {
  const ofAssembly = knownByAssembly.get(assembly) ?? new WeakMap<readonly Rule[], ReadonlySet<string>>();
  knownByAssembly.set(assembly, ofAssembly);
  const keys = ofAssembly.get(rules) ?? new Set(rules.flatMap((rule) => [...keysOf(assembly, rule)]));
  ofAssembly.set(rules, keys);
  return keys;
}

/**
 * Whether a rule has a finding besides the known ones. `first` is the changed resource, where most objections are.
 */
export function isObjectedBy(rules: readonly Rule[], assembly: Assembly, known: ReadonlySet<string>, first?: Resource): boolean {
  for (const rule of rules) for (const key of keysOf(assembly, rule, first)) if (!known.has(key)) return true;
  return false;
}

/** Whether a resource of the unchanged templates has the form of its declaration, computed once. */
const admitted = new WeakMap<Resource, boolean>();

function isAdmitted(resource: Resource, assembly: Assembly): boolean {
  const cached = admitted.get(resource);
  if (cached !== undefined) return cached;
  const declared = declarationFor(resource, assembly);
  const result = declared !== undefined && deviationsOf(resource, declared, assembly).length === 0;
  admitted.set(resource, result);
  return result;
}

/** Whether the declaration of a resource objects to its change, and not to the resource as it was. */
export function deviates(before: Resource, assembly: Assembly, after: Resource, changed: Assembly): boolean {
  const declared = declarationFor(after, changed);
  return declared !== undefined && isAdmitted(before, assembly) && deviationsOf(after, declared, changed).length > 0;
}

/** The rules of the closed world first, the cheapest of them at the head: they decide most mutants. */
export function closedWorldFirst(rules: readonly Rule[]): readonly Rule[] {
  const first = ['declared-resources', 'declared-sections', 'declared-properties'];
  const rank = ({ name }: Rule): number => (first.includes(name) ? first.indexOf(name) : first.length);
  return rules.toSorted((a, b) => rank(a) - rank(b));
}

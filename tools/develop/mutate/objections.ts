// Objections to changed templates: new findings of a rule, or deviations from a declaration, which decide most.
import { evaluateRule } from '../../../lib/tom/evaluate';
import type { Rule } from '../../../lib/tom/rule';
import type { Assembly, Resource } from '../../../lib/tom/template/assembly';
import { declarationFor, deviationsOf } from '../../../lib/tom/world/declared';

/** Keys of the findings of a rule. */
export function keysOf(assembly: Assembly, rule: Rule): readonly string[] {
  return evaluateRule(assembly, rule).flatMap(({ resource, stack, verdict }) =>
    verdict === 'not-applicable' ? [] : verdict.map(({ id }) => `${rule.name} ${stack?.name ?? ''} ${resource?.logicalId ?? ''} ${id}`),
  );
}

/** Whether a rule has a finding besides the known ones. */
export const isObjectedBy = (rules: readonly Rule[], assembly: Assembly, known: ReadonlySet<string>): boolean =>
  rules.some((rule) => keysOf(assembly, rule).some((key) => !known.has(key)));

/** Whether a resource of the unchanged templates has the form of its declaration, computed once. */
const admitted = new WeakMap<Resource, boolean>();

function isAdmitted(resource: Resource, assembly: Assembly): boolean {
  const declared = declarationFor(resource, assembly);
  const result = admitted.get(resource) ?? (declared !== undefined && deviationsOf(resource, declared, assembly).length === 0);
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

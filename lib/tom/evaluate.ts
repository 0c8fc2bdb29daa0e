// Evaluates every rule for each resource and stack to which it applies, and keeps every outcome as evidence.

import type { Finding, Rule, Verdict } from './rule';
import type { Assembly, Resource, StackTemplate } from './template/assembly';

/** Outcome of a rule for one resource, for one stack or for the deployment. */
export interface Outcome {
  readonly rule: Rule;
  /** `undefined` for an outcome of a stack or of the deployment. */
  readonly resource: Resource | undefined;
  /** `undefined` for an outcome of the deployment. */
  readonly stack: StackTemplate | undefined;
  readonly verdict: Verdict;
  /** The rule itself failed. Its finding cannot be acknowledged; the rule must be corrected. */
  readonly fatal?: boolean;
}

/** Id of the finding of a rule that threw an exception. */
const errorFindingId = 'error';
/** Id of the finding of a rule that applies to no resource although it must. */
const absentFindingId = 'absent';

/** Evaluates rules over the templates of one deployment. Pure and total: an exception of a rule becomes a finding. */
export function evaluate(assembly: Assembly, rules: readonly Rule[]): readonly Outcome[] {
  return rules.flatMap((rule) => evaluateRule(assembly, rule));
}

export function evaluateRule(assembly: Assembly, rule: Rule): readonly Outcome[] {
  return [...outcomesOf(assembly, rule)];
}

/**
 * The outcomes lazily: a caller that needs one outcome can stop early. `first` is evaluated before the other
 * resources.
 */
export function* outcomesOf(assembly: Assembly, rule: Rule, first?: Resource): Generator<Outcome> {
  let applied = rule.mustApply === false;
  for (const outcome of resourceOutcomes(assembly, rule, first)) {
    applied ||= outcome.verdict !== 'not-applicable';
    yield outcome;
  }
  if (!applied) yield { rule, resource: undefined, stack: undefined, verdict: [absentFinding(rule)] };
}

function* resourceOutcomes(assembly: Assembly, rule: Rule, first: Resource | undefined): Generator<Outcome> {
  const outcomeFor = (resource: Resource): Outcome => ({
    ...verdictOf(rule, () => rule.check(resource, assembly)),
    resource,
    stack: resource.stack,
  });
  const resources = resourcesFor(assembly, rule);
  if (first && resources.includes(first)) yield outcomeFor(first);
  const checkStack = rule.checkStack?.bind(rule);
  if (checkStack) {
    for (const stack of assembly.stacks) yield { ...verdictOf(rule, () => checkStack(stack, assembly)), resource: undefined, stack };
  }
  for (const resource of resources) if (resource !== first) yield outcomeFor(resource);
}

function resourcesFor(assembly: Assembly, rule: Rule): readonly Resource[] {
  return rule.types.includes('*') ? assembly.resources : rule.types.flatMap((type) => assembly.ofType(type));
}

function verdictOf(rule: Rule, check: () => Verdict): { rule: Rule; verdict: Verdict; fatal?: boolean } {
  try {
    return { rule, verdict: check() };
  } catch (error) {
    return { rule, verdict: [errorFinding(rule, error)], fatal: true };
  }
}

function errorFinding(rule: Rule, error: unknown): Finding {
  const message = error instanceof Error ? error.message : String(error);
  return {
    id: errorFindingId,
    path: '',
    found: `${rule.name} threw: ${message}`,
    required: 'a rule that evaluates every template without an exception',
    fix: `Correct the rule in lib/tom/rules/<concern>/${rule.name}.ts. Until then it proves nothing for this resource.`,
  };
}

function absentFinding(rule: Rule): Finding {
  return {
    id: absentFindingId,
    path: '',
    found: undefined,
    required: rule.requires,
    fix: `Add a resource to which the rule ${rule.name} applies (${rule.types.join(', ')}); the deployment has none.`,
  };
}

// Asks every rule about every resource and stack it concerns, and keeps each answer, so that a report can show that a rule ran.

import type { Finding, Rule, Verdict } from './rule';
import type { Assembly, Resource, StackTemplate } from './template/assembly';

/** What a rule said of one resource, of one stack, or of the deployment as a whole. */
export interface Outcome {
  readonly rule: Rule;
  /** `undefined` where the answer is about a stack or the deployment. */
  readonly resource: Resource | undefined;
  /** `undefined` where the answer is about the deployment. */
  readonly stack: StackTemplate | undefined;
  readonly verdict: Verdict;
  /** The rule itself failed: it must be mended, and nothing acknowledges that. */
  readonly fatal?: boolean;
}

/** Id of the finding of a rule that threw. */
const errorFindingId = 'error';
/** Id of the finding of a rule that concerns nothing although it must. */
const absentFindingId = 'absent';

/** Evaluates rules over the templates of one deployment. Pure, and total: a rule that throws becomes a finding. */
export function evaluate(assembly: Assembly, rules: readonly Rule[]): readonly Outcome[] {
  return rules.flatMap((rule) => evaluateRule(assembly, rule));
}

export function evaluateRule(assembly: Assembly, rule: Rule): readonly Outcome[] {
  return [...outcomesOf(assembly, rule)];
}

/** The same one by one, so that who looks for a single answer need not wait for all; `first` is asked about before the others. */
export function* outcomesOf(assembly: Assembly, rule: Rule, first?: Resource): Generator<Outcome> {
  let applied = rule.mustApply === false;
  for (const outcome of resourceOutcomes(assembly, rule, first)) {
    applied ||= outcome.verdict !== 'not-applicable';
    yield outcome;
  }
  if (!applied) yield { rule, resource: undefined, stack: undefined, verdict: [absentFinding(rule)] };
}

function* resourceOutcomes(assembly: Assembly, rule: Rule, first: Resource | undefined): Generator<Outcome> {
  const about = (resource: Resource): Outcome => ({ ...ask(rule, () => rule.check(resource, assembly)), resource, stack: resource.stack });
  const resources = resourcesFor(assembly, rule);
  if (first && resources.includes(first)) yield about(first);
  const checkStack = rule.checkStack?.bind(rule);
  if (checkStack) {
    for (const stack of assembly.stacks) yield { ...ask(rule, () => checkStack(stack, assembly)), resource: undefined, stack };
  }
  for (const resource of resources) if (resource !== first) yield about(resource);
}

function resourcesFor(assembly: Assembly, rule: Rule): readonly Resource[] {
  return rule.types.includes('*') ? assembly.resources : rule.types.flatMap((type) => assembly.ofType(type));
}

function ask(rule: Rule, question: () => Verdict): { rule: Rule; verdict: Verdict; fatal?: boolean } {
  try {
    return { rule, verdict: question() };
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
    required: 'a rule that can decide every template',
    fix: `Mend the rule ${rule.name} in lib/tom/rules; until then it proves nothing here.`,
  };
}

function absentFinding(rule: Rule): Finding {
  return {
    id: absentFindingId,
    path: '',
    found: undefined,
    required: rule.requires,
    fix: `Add what the rule ${rule.name} asks for (${rule.types.join(', ')}); nothing in the deployment is of that kind.`,
  };
}

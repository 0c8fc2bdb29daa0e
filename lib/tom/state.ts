// State of each clause in a deployment: kept, planned, attested or not met, derived from the outcomes of the rules.
import type { OutsideFactName } from '../config/outside-facts';
import type { Clause } from './clause';
import { type ClauseId, clauseIds } from './clause-id';
import type { Register } from './register';
import type { Rule } from './rule';

/**
 * `kept`: proven whole. `planned`: parts are missing. `attested`: kept by provider or people. `not met`: violated, or
 * left out.
 */
export type State = 'kept' | 'planned' | 'attested' | 'not met';

/** State of a finding; `not met` is a promise that the configuration leaves unmet. */
export type FindingState = 'open' | 'acknowledged' | 'not met';

/** Outcome of a rule for one resource, for one stack or for the deployment. */
export interface Answer {
  readonly stack: string;
  readonly verdict: 'compliant' | 'non-compliant' | 'not-applicable';
  readonly findings?: readonly { readonly id: string; readonly state: FindingState; readonly reason?: string }[];
}

/** All outcomes of one rule. */
export interface RuleAnswers {
  readonly rule: string;
  readonly asked: readonly Answer[];
}

/** A clause that the configuration leaves unmet, with the reason. */
export interface DeclaredNotMet {
  readonly clause: ClauseId;
  readonly reason: string;
}

export interface ClauseState {
  readonly id: ClauseId;
  readonly title: string;
  readonly promise: string;
  readonly kind: Clause['kind'];
  readonly state: State;
  /**
   * The rules that prove it, with the number of resources and their stacks; or the role that attests it, with its
   * artefact.
   */
  readonly where: readonly string[];
  /** The parts of the promise that do not exist yet. */
  readonly awaits: readonly string[];
  /** Reason why the clause is not met, or a note on its state. */
  readonly reason?: string;
  /** Number of mutants of a kept clause, all objected to. @default - the last run was for another state of the code */
  readonly mutants?: number;
  /** Set if the clause stops the deployment: an open finding violates it, or nothing proves it. */
  readonly broken?: 'finding' | 'unproven';
}

export type Totals = { readonly [S in State]: number } & {
  /** Open findings, each counted once however many clauses its rule proves, and clauses that nothing proves. */
  readonly violations: number;
};

/** The state of every clause, in the order of the documents. Pure. */
export function stateOfClauses(
  register: Register,
  answers: readonly RuleAnswers[],
  declared: readonly DeclaredNotMet[] = [],
  missing: readonly OutsideFactName[] = [],
): readonly ClauseState[] {
  return clauseIds.map((id) => stateOf(id, register[id], answers, declared, missing));
}

/**
 * The state of one clause.
 *
 * @param declared clauses that the configuration leaves unmet
 * @param missing facts from outside that the configuration does not give
 */
export function stateOf(
  id: ClauseId,
  clause: Clause,
  answers: readonly RuleAnswers[],
  declared: readonly DeclaredNotMet[] = [],
  missing: readonly OutsideFactName[] = [],
): ClauseState {
  const { title, promise, kind } = clause;
  const fields = { id, title, promise, kind, awaits: 'awaits' in clause ? (clause.awaits ?? []) : [] };
  if (clause.kind === 'inherited') return { ...fields, state: 'attested', where: [clause.attestation] };
  if (clause.kind === 'organisational') {
    return { ...fields, state: 'attested', where: [`${clause.attestedBy}: ${clause.artefact}`] };
  }
  const proofs = (clause.rules ?? []).map((rule) => proofBy(rule, answers));
  const where = proofs.filter((proof) => proof.compliant > 0).map(describe);
  return { ...fields, where, ...decide(clause, id, proofs, declared, missing) };
}

/** Counts the clauses of each state, and the violations that stop a deployment. */
export function totalsOf(clauses: readonly ClauseState[], answers: readonly RuleAnswers[]): Totals {
  const count = (state: State): number => clauses.filter((clause) => clause.state === state).length;
  const open = answers.flatMap(({ asked }) => asked).flatMap(({ findings = [] }) => findings.filter(({ state }) => state === 'open'));
  const unproven = clauses.filter(({ broken }) => broken === 'unproven');
  return {
    kept: count('kept'),
    planned: count('planned'),
    attested: count('attested'),
    'not met': count('not met'),
    violations: open.length + unproven.length,
  };
}

/** One rule's part in a clause. */
interface Proof {
  readonly rule: Rule;
  /** Whether the rule applied to no resource although it must, or did not run. */
  readonly unevaluated: boolean;
  readonly compliant: number;
  readonly stacks: readonly string[];
  readonly open: number;
  readonly acknowledged: number;
  /** Reasons of the configuration for findings that are not met. */
  readonly notMet: readonly string[];
}

function proofBy(rule: Rule, answers: readonly RuleAnswers[]): Proof {
  const outcome = answers.find((answer) => answer.rule === rule.name);
  const applicable = (outcome?.asked ?? []).filter(({ verdict }) => verdict !== 'not-applicable');
  const compliant = applicable.filter(({ verdict }) => verdict === 'compliant');
  const findings = applicable.flatMap((answer) => answer.findings ?? []);
  return {
    rule,
    unevaluated: outcome === undefined || (rule.mustApply !== false && applicable.length === 0),
    compliant: compliant.length,
    stacks: [...new Set(compliant.map(({ stack }) => stack))],
    open: findings.filter(({ state }) => state === 'open').length,
    acknowledged: findings.filter(({ state }) => state === 'acknowledged').length,
    notMet: findings.filter(({ state }) => state === 'not met').map(({ reason }) => reason ?? `left out by configuration (${rule.name})`),
  };
}

const describe = ({ rule, compliant, stacks }: Proof): string => `${rule.name}: ${compliant} in ${stacks.join(', ')}`;

const ruleNames = (proofs: readonly Proof[]): string => proofs.map(({ rule }) => rule.name).join(', ');

type Decision = Pick<ClauseState, 'state' | 'reason' | 'broken'>;

/** A clause is kept only if at least one resource complies and no rule holds by exceptions alone. */
function decide(
  clause: Clause,
  id: ClauseId,
  proofs: readonly Proof[],
  declared: readonly DeclaredNotMet[],
  missing: readonly OutsideFactName[],
): Decision {
  const open = proofs.filter((proof) => proof.open > 0);
  if (open.length > 0) return { state: 'not met', reason: `broken: ${ruleNames(open)}`, broken: 'finding' };

  const needs = 'needs' in clause ? (clause.needs ?? []).filter((fact) => missing.includes(fact)) : [];
  if (needs.length > 0) return { state: 'not met', reason: `needs ${needs.join(', ')}` };

  const proven = proofs.some((proof) => proof.compliant > 0);
  if (clause.kind === 'optional' && !proven) return { state: 'planned', reason: 'not enabled in this deployment' };

  const unevaluated = proofs.filter((proof) => proof.unevaluated);
  if (unevaluated.length > 0) return unprovenDecision(unevaluated);

  const choices = [
    ...declared.filter(({ clause: of }) => of === id).map(({ reason }) => reason),
    ...proofs.flatMap(({ notMet }) => notMet),
  ];
  if (choices.length > 0) return { state: 'not met', reason: [...new Set(choices)].join(' ') };

  const excepted = proofs.filter((proof) => proof.acknowledged > 0 && proof.compliant === 0);
  if (excepted.length > 0)
    return { state: 'not met', reason: `no resource complies, every finding is an acknowledged exception: ${ruleNames(excepted)}` };

  const exceptions = proofs.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  const noted = exceptions > 0 ? { reason: `acknowledged exceptions: ${exceptions}` } : {};
  if ('awaits' in clause && clause.awaits) return { state: 'planned', ...noted };
  return proven ? { state: 'kept', ...noted } : unprovenDecision(proofs);
}

const unprovenDecision = (proofs: readonly Proof[]): Decision => ({
  state: 'not met',
  reason: `no resource of this deployment was evaluated by: ${ruleNames(proofs)}`,
  broken: 'unproven',
});

// What a deployment does with each clause: kept, planned, attested or not met, decided from the rules' answers.
import type { Clause } from './clause';
import { type ClauseId, clauseIds } from './clause-id';
import type { Register } from './register';
import type { Rule } from './rule';

/** `kept`: proven whole. `planned`: parts are missing. `attested`: kept by provider or people. `not met`: broken, or left out by choice. */
export type State = 'kept' | 'planned' | 'attested' | 'not met';

/** What has become of a finding; `not met` is a promise that the configuration leaves unmet. */
export type FindingState = 'open' | 'acknowledged' | 'not met';

/** What a rule said of one resource, or of the deployment as a whole. */
export interface Answer {
  readonly stack: string;
  readonly verdict: 'compliant' | 'non-compliant' | 'not-applicable';
  readonly findings?: readonly { readonly id: string; readonly state: FindingState; readonly reason?: string }[];
}

/** Everything that one rule was asked. */
export interface RuleAnswers {
  readonly rule: string;
  readonly asked: readonly Answer[];
}

/** A clause that the configuration leaves unmet, and why. */
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
  /** Which rules hold it, over how many resources of which stacks; or who attests it, with what. */
  readonly where: readonly string[];
  /** The parts of the promise that do not exist yet. */
  readonly awaits: readonly string[];
  /** Why the clause is not met, or what its state does not tell. */
  readonly reason?: string;
  /** Set where the clause is not met and nothing may be deployed: by an open finding, or because nothing proves it. */
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
): readonly ClauseState[] {
  return clauseIds.map((id) => stateOf(id, register[id], answers, declared));
}

/** The state of one clause. */
export function stateOf(
  id: ClauseId,
  clause: Clause,
  answers: readonly RuleAnswers[],
  declared: readonly DeclaredNotMet[] = [],
): ClauseState {
  const { title, promise, kind } = clause;
  const told = { id, title, promise, kind, awaits: 'awaits' in clause ? (clause.awaits ?? []) : [] };
  if (clause.kind === 'inherited') return { ...told, state: 'attested', where: [clause.attestation] };
  if (clause.kind === 'organisational') {
    return { ...told, state: 'attested', where: [`${clause.attestedBy}: ${clause.artefact}`] };
  }
  const proofs = (clause.rules ?? []).map((rule) => proofBy(rule, answers));
  const where = proofs.filter((proof) => proof.compliant > 0).map(describe);
  return { ...told, where, ...decide(clause, id, proofs, declared) };
}

/** Counts the clauses of each state, and what stops a deployment. */
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
  /** Whether the rule concerned nothing although it must, or did not run. */
  readonly unasked: boolean;
  readonly compliant: number;
  readonly stacks: readonly string[];
  readonly open: number;
  readonly acknowledged: number;
  /** Why the configuration leaves findings unmet. */
  readonly notMet: readonly string[];
}

function proofBy(rule: Rule, answers: readonly RuleAnswers[]): Proof {
  const outcome = answers.find((answer) => answer.rule === rule.name);
  const concerned = (outcome?.asked ?? []).filter(({ verdict }) => verdict !== 'not-applicable');
  const compliant = concerned.filter(({ verdict }) => verdict === 'compliant');
  const findings = concerned.flatMap((answer) => answer.findings ?? []);
  return {
    rule,
    unasked: outcome === undefined || (rule.mustApply !== false && concerned.length === 0),
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

/** A clause is never kept on the strength of nothing: it takes a resource that complies, and no rule that holds by exception alone. */
function decide(clause: Clause, id: ClauseId, proofs: readonly Proof[], declared: readonly DeclaredNotMet[]): Decision {
  const open = proofs.filter((proof) => proof.open > 0);
  if (open.length > 0) return { state: 'not met', reason: `broken: ${ruleNames(open)}`, broken: 'finding' };

  const proven = proofs.some((proof) => proof.compliant > 0);
  if (clause.kind === 'optional' && !proven) return { state: 'planned', reason: 'not turned on in this deployment' };

  const unasked = proofs.filter((proof) => proof.unasked);
  if (unasked.length > 0) return unprovenDecision(unasked);

  const choices = [
    ...declared.filter(({ clause: of }) => of === id).map(({ reason }) => reason),
    ...proofs.flatMap(({ notMet }) => notMet),
  ];
  if (choices.length > 0) return { state: 'not met', reason: [...new Set(choices)].join(' ') };

  const excepted = proofs.filter((proof) => proof.acknowledged > 0 && proof.compliant === 0);
  if (excepted.length > 0) return { state: 'not met', reason: `nothing complies, all is acknowledged exceptions: ${ruleNames(excepted)}` };

  const exceptions = proofs.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  const noted = exceptions > 0 ? { reason: `acknowledged exceptions: ${exceptions}` } : {};
  if ('awaits' in clause && clause.awaits) return { state: 'planned', ...noted };
  return proven ? { state: 'kept', ...noted } : unprovenDecision(proofs);
}

const unprovenDecision = (proofs: readonly Proof[]): Decision => ({
  state: 'not met',
  reason: `no resource of this deployment was asked about: ${ruleNames(proofs)}`,
  broken: 'unproven',
});

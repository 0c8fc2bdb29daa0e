// How a finding is told: the clause, its sentence, the value found, the value required.

import type { JudgedFinding, JudgedOutcome } from './judgement';
import type { Register } from './register';
import type { Json } from './template/assembly';

const longest = 200;

/** The finding in words, without the cure: cdk prints the resource and the cure beside it. */
export function describeFinding(outcome: JudgedOutcome, finding: JudgedFinding, register: Register): string {
  const clauses = outcome.clauses.map((id) => `${id} "${register[id].title}"`).join(', ');
  const where = finding.path ? ` at ${finding.path}` : '';
  const reason = finding.reason ? ` Not met by configuration: ${finding.reason}` : '';
  return `${clauses}: ${outcome.rule.requires}. Found ${show(finding.found)}${where}; required ${finding.required}.${reason}`;
}

/** A value as people read it: short, on one line. */
export function show(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

// Description of a finding: the clause, the condition of the rule, the value found, the value required.

import type { JudgedFinding, JudgedOutcome } from './judgement';
import type { Register } from './register';
import type { Json } from './template/assembly';

/** Longest printed value, in characters. */
const longestValue = 200;

/** The description without the fix: the CDK prints resource and fix beside it. */
export function describeFinding(outcome: JudgedOutcome, finding: JudgedFinding, register: Register): string {
  const clauses = outcome.clauses.map((id) => `${id} "${register[id].title}"`).join(', ');
  const where = finding.path ? ` at ${finding.path}` : '';
  const reason = finding.reason ? ` Not met by configuration: ${finding.reason}` : '';
  return `${clauses}: ${outcome.rule.requires}. Found ${show(finding.found)}${where}; required ${finding.required}.${reason}`;
}

/** A value on one line, cut to its first characters. */
export function show(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}

// What npm start prints: the table for people, or one JSON document for machines.
import picocolors from 'picocolors';
import type { PackFailure } from '../synthesis/evidence';
import type { Outcome } from './run';
import { clauseTable, totalLine } from './table';
import { labelLines } from './text';
import { objectionsIn, packFailureLines, violationLines } from './violations';

/** The whole run as one JSON document. */
export function asJson({ ok, evidence, violations, packs, complaint, files, seconds }: Outcome): string {
  const { deployment, site, region, environment, clauses } = evidence;
  const totals = { ...evidence.totals, objections: objectionsIn(packs.failures) };
  const error = complaint === '' ? {} : { error: complaint };
  const document = { ok, deployment, site, region, environment, clauses, totals, violations, packs, ...error, files };
  return `${JSON.stringify({ ...document, seconds: round(seconds) }, undefined, 2)}\n`;
}

/** A run that found out nothing, as JSON. */
export function errorAsJson(error: string): string {
  return `${JSON.stringify({ ok: false, error }, undefined, 2)}\n`;
}

/** The clause table, what is broken, a total line, and where the results lie. */
export function asText(outcome: Outcome, { width, color }: { readonly width: number; readonly color: boolean }): string {
  const { ok, evidence, violations, packs, complaint, files, seconds } = outcome;
  const colors = picocolors.createColors(color);
  const total = [totalLine(evidence), ...objectionCount(packs.failures)].join(', ');
  return [
    colors.bold(`${evidence.deployment} (environment ${evidence.environment}), ${evidence.site} site in ${evidence.region}`),
    ...clauseTable(evidence, width, colors),
    ...(violations.length === 0 ? [] : ['', colors.bold('Violations')]),
    ...violationLines(violations, width, colors),
    ...(packs.failures.length === 0 ? [] : ['', colors.bold('Objections of other packs')]),
    ...packFailureLines(packs.failures, width, colors),
    ...(complaint === '' ? [] : ['', complaint]),
    '',
    ok ? colors.green(total) : colors.red(total),
    ...packs.warnings.flatMap(({ pack, count, rules }) => labelLines('warnings', `${pack}: ${count} (${rules.join(', ')})`, 0, width)),
    'clauses     docs/tom.md has each promise in full, and what it awaits',
    `templates   ${files.templates}${files.readable ? `; as last written by npm run templates, ${files.readable}` : ''}`,
    `evidence    ${files.evidence}`,
    ...(files.validationReport ? [`findings    ${files.validationReport}`] : []),
    `${ok ? 'Nothing is broken' : 'Something is broken: see above'}; took ${round(seconds)} s.`,
    '',
  ].join('\n');
}

/** `2 objections of other packs (AwsSolutions)`, where there are any. */
function objectionCount(failures: readonly PackFailure[]): readonly string[] {
  const count = objectionsIn(failures);
  const packs = failures.map(({ pack }) => pack).join(', ');
  return count === 0 ? [] : [`${count} ${count === 1 ? 'objection' : 'objections'} of other packs (${packs})`];
}

const round = (seconds: number): number => Math.round(seconds * 10) / 10;

// What npm start prints: the table for people, or one JSON document for machines.
import picocolors from 'picocolors';
import type { Outcome } from './run';
import { clauseTable, totalLine } from './table';
import { labelled } from './text';
import { packFailureLines, violationLines } from './violations';

/** The whole run as one JSON document. */
export function asJson({ ok, evidence, violations, packs, complaint, files, seconds }: Outcome): string {
  const { deployment, site, region, environment, clauses, totals } = evidence;
  const error = complaint === '' ? {} : { error: complaint };
  const document = { ok, deployment, site, region, environment, clauses, totals, violations, packs, ...error, files };
  return `${JSON.stringify({ ...document, seconds: round(seconds) }, undefined, 2)}\n`;
}

/** The clause table, what is broken, a total line, and where the results lie. */
export function asText(outcome: Outcome, { width, color }: { readonly width: number; readonly color: boolean }): string {
  const { ok, evidence, violations, packs, complaint, files, seconds } = outcome;
  const colors = picocolors.createColors(color);
  const total = totalLine(evidence);
  return [
    colors.bold(`${evidence.deployment} (environment ${evidence.environment}), ${evidence.site} site in ${evidence.region}`),
    ...clauseTable(evidence, width, colors),
    ...(violations.length === 0 ? [] : ['', colors.bold('Violations')]),
    ...violationLines(violations, width, colors),
    ...packFailureLines(packs.failures, width, colors),
    ...(complaint === '' ? [] : ['', complaint]),
    '',
    ok ? colors.green(total) : colors.red(total),
    ...packs.warnings.flatMap(({ pack, count, rules }) => labelled('warnings', `${pack}: ${count} (${rules.join(', ')})`, 0, width)),
    'clauses     docs/tom.md has each promise in full, and what it awaits',
    `templates   ${files.templates}${files.readable ? `; for reading, ${files.readable}` : ''}`,
    `evidence    ${files.evidence}`,
    ...(files.validationReport ? [`findings    ${files.validationReport}`] : []),
    `${ok ? 'Nothing is broken' : 'Something is broken: see above'}; took ${round(seconds)} s.`,
    '',
  ].join('\n');
}

const round = (seconds: number): number => Math.round(seconds * 10) / 10;

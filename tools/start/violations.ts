// What is broken, told so that it can be mended: the clause, its sentence, the resource, what stands there, what must, what to do.
import type { Colors } from 'picocolors/types';
import type { ClauseId } from '../../lib/tom/clause-id';
import { show } from '../../lib/tom/violation';
import type { Evidence, PackFailure } from '../synthesis/evidence';
import { labelLines, wrap } from './text';

export interface Violation {
  readonly clauses: readonly { readonly id: ClauseId; readonly title: string; readonly promise: string }[];
  readonly rule: string;
  readonly requires: string;
  /** Construct path, or the stack where nothing narrower is at fault. */
  readonly resource: string;
  readonly type?: string;
  readonly property: string;
  readonly found: string;
  readonly required: string;
  readonly fix: string;
}

/** Every open finding, and every clause that nothing proves. */
export function violationsOf(evidence: Evidence): readonly Violation[] {
  const sentence = new Map(evidence.clauses.map(({ id, title, promise }) => [id, { id, title, promise }]));
  const open = evidence.rules.flatMap(({ rule, requires, clauses, asked }) =>
    asked.flatMap(({ stack, path, logicalId, type, findings = [] }) =>
      findings
        .filter(({ state }) => state === 'open')
        .map(({ path: property, found, required, fix }) => ({
          clauses: clauses.flatMap((id) => sentence.get(id) ?? []),
          rule,
          requires,
          resource: path || [stack, logicalId].filter(Boolean).join('/') || evidence.deployment,
          ...(type ? { type } : {}),
          property,
          found: show(found),
          required,
          fix,
        })),
    ),
  );
  return [
    ...open,
    ...evidence.clauses.filter(({ broken }) => broken === 'unproven').map((clause) => unprovenViolation(clause, evidence.deployment)),
  ];
}

function unprovenViolation({ id, title, promise, reason = '' }: Evidence['clauses'][number], deployment: string): Violation {
  return {
    clauses: [{ id, title, promise }],
    rule: 'register',
    requires: 'each rule of a clause is asked about at least one resource',
    resource: deployment,
    property: '',
    found: reason,
    required: 'a resource that the rule concerns and that complies with it',
    fix: 'Add what the rule asks for, or name in lib/tom/clauses what the clause awaits.',
  };
}

/** The violations as people read them. */
export function violationLines(violations: readonly Violation[], width: number, colors: Colors): readonly string[] {
  return violations.flatMap((violation, index) => {
    const { clauses, rule, requires, resource, type, property, found, required, fix } = violation;
    const facts = [
      ['rule', `${rule}: ${requires}`],
      ['resource', type ? `${resource} (${type})` : resource],
      ['property', property],
      ['found', found],
      ['required', required],
      ['to do', fix],
    ] as const;
    return [
      '',
      ...clauses.flatMap(({ id, promise }, at) => clauseLines(at === 0 ? `${index + 1}.` : '', id, promise, width, colors)),
      ...facts.filter(([, text]) => text !== '').flatMap(([label, text]) => labelLines(label, text, 4, width)),
    ];
  });
}

function clauseLines(number: string, id: ClauseId, promise: string, width: number, colors: Colors): readonly string[] {
  const indent = ' '.repeat(4);
  return [`${number.padEnd(4)}${colors.bold(colors.red(id))}`, ...wrap(promise, width - indent.length).map((line) => `${indent}${line}`)];
}

/** How often the packs beside the TOM's object. */
export function objectionsIn(failures: readonly PackFailure[]): number {
  return failures.reduce((sum, { objections }) => sum + objections.length, 0);
}

const shownObjections = 20;

/** What the packs beside the TOM's object to; a long list ends in a count, the rest is in the report. */
export function packFailureLines(failures: readonly PackFailure[], width: number, colors: Colors): readonly string[] {
  const all = failures.flatMap(({ pack, objections }) => objections.map((objection) => ({ pack, ...objection })));
  const hidden = all.length - shownObjections;
  return [
    ...all
      .slice(0, shownObjections)
      .flatMap(({ pack, rule, description, fix, paths }) => [
        '',
        colors.bold(colors.red(`${pack}  ${rule}`)),
        ...wrap(description, width - 4).map((line) => `    ${line}`),
        ...paths.flatMap((path) => labelLines('resource', path, 4, width)),
        ...(fix ? labelLines('to do', fix, 4, width) : []),
      ]),
    ...(hidden > 0 ? ['', `and ${hidden} more in the validation report`] : []),
  ];
}

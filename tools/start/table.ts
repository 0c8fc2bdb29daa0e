// The clause table: each clause with its promise, its state and the place, by chapter of the documents.
import type { Colors } from 'picocolors/types';
import { chapters } from '../../lib/tom/clauses/chapters';
import type { Evidence, EvidenceClause } from '../synthesis/evidence';
import { row } from './text';

const idWidth = 9;
const stateWidth = 8;
const gaps = 6;

/** The lines of the table, none longer than `width`. */
export function clauseTable(evidence: Evidence, width: number, colors: Colors): readonly string[] {
  const byId = new Map(evidence.clauses.map((clause) => [clause.id, clause]));
  const room = width - idWidth - stateWidth - gaps;
  const promiseWidth = Math.floor(room / 2);
  return chapters().flatMap(({ id, title, clauses }) => [
    '',
    colors.bold(`${id}  ${title}`),
    ...clauses.flatMap((clauseId) => {
      const clause = byId.get(clauseId);
      return clause ? clauseRow(clause, evidence.deployment, promiseWidth, room - promiseWidth, colors) : [];
    }),
  ]);
}

function clauseRow(
  clause: EvidenceClause,
  deployment: string,
  promiseWidth: number,
  whereWidth: number,
  colors: Colors,
): readonly string[] {
  const paint = { kept: colors.green, planned: colors.yellow, attested: colors.cyan, 'not met': colors.red }[clause.state];
  return row([
    { paragraphs: [clause.id], width: idWidth },
    { paragraphs: [clause.title], width: promiseWidth },
    { paragraphs: [clause.state], width: stateWidth, paint },
    { paragraphs: whereOf(clause, deployment), width: whereWidth, paint: colors.dim },
  ]);
}

/**
 * The reason, the place, and the stacks that are still missing. Stacks have their short name: the heading names the
 * deployment.
 */
function whereOf(clause: EvidenceClause, deployment: string): readonly string[] {
  const where = clause.where.map((text) => text.replaceAll(`${deployment}-`, ''));
  const reason = clause.reason === undefined ? [] : [clause.reason];
  const stacks = new Set(clause.awaits.map((part) => part.slice(0, part.indexOf(':'))));
  const awaited = stacks.size === 0 ? [] : [`awaits ${[...stacks].join(', ')}`];
  const mutants = clause.mutants === undefined ? [] : [`${clause.mutants.toLocaleString('en')} mutants, all objected to`];
  return [...reason, ...where, ...mutants, ...awaited];
}

/** `95 clauses: 3 kept, 66 planned, 20 attested, 2 not met; 1 violation`. */
export function totalLine({ clauses, totals }: Evidence): string {
  const states = (['kept', 'planned', 'attested', 'not met'] as const).map((state) => `${totals[state]} ${state}`).join(', ');
  return `${clauses.length} clauses: ${states}; ${totals.violations} ${totals.violations === 1 ? 'violation' : 'violations'}`;
}

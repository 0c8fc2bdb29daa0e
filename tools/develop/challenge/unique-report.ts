// The table of unique objections: for each rule its mutants, bypasses and challenges, by the other rules that object.
import { type Repetition, subjectKinds, type Uniqueness } from './unique';

/** Whether other rules repeat every objection of a rule: it may be superfluous; compare their findings. */
export function isRepeated(row: Uniqueness): boolean {
  const all = subjectKinds.map((kind) => row[kind]);
  return all.some(({ changes }) => changes > 0) && all.every(({ changes, repeated }) => changes === repeated);
}

export function uniqueReport(rows: readonly Uniqueness[]): string {
  const width = Math.max(...rows.map(({ rule }) => rule.length), 4);
  const repeated = rows.filter((row) => isRepeated(row) && !row.rule.startsWith('declared-'));
  return [
    `${''.padEnd(width)}  ${subjectKinds.map((kind) => kind.padEnd(35)).join('  ')}`,
    `${'rule'.padEnd(width)}  ${subjectKinds.map(() => '  all  repeated  declared-*    alone').join('  ')}`,
    ...rows.map((row) => `${row.rule.padEnd(width)}  ${subjectKinds.map((kind) => cells(row[kind])).join('  ')}`),
    `all: objections; repeated: another rule of the same clause objects at the changed property; declared-*: only those rules do; alone: none does`,
    `${repeated.length} of ${rows.length} rules have no objection of their own: ${repeated.map(({ rule }) => rule).join(', ') || 'none'}`,
  ].join('\n');
}

const cells = ({ changes, repeated, declared, alone }: Repetition): string =>
  [String(changes).padStart(5), String(repeated).padStart(8), String(declared).padStart(10), String(alone).padStart(7)].join('  ');

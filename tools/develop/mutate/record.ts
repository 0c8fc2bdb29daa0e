// The mutation record: the mutants of each clause, counted over the rules that prove it and the resources that serve
// it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clauseIds } from '../../../lib/tom/clause-id';
import { clausesOf } from '../../../lib/tom/judgement';
import { type MutationRecord, mutationDigest, recordFile } from '../../../lib/tom/mutation-record';
import { register } from '../../../lib/tom/register';
import { rules } from '../../../lib/tom/rules/all';
import { projectRoot } from '../../synthesis/synthesize';
import type { ClosedWorldResult } from './closed-world-result';
import type { MutationResult } from './run';

/** The record of a run without survivors. */
export function recordOf(guarded: MutationResult, everything: ClosedWorldResult): MutationRecord {
  const counts = new Map<string, number>();
  const add = (clause: string, mutants: number): void => {
    counts.set(clause, (counts.get(clause) ?? 0) + mutants);
  };
  for (const { rule: name, mutants } of guarded.rules) {
    const rule = rules.find((candidate) => candidate.name === name);
    for (const clause of rule ? clausesOf(rule, register) : []) add(clause, mutants);
  }
  for (const [clause, mutants] of Object.entries(everything.clauses)) add(clause, mutants);
  const clauses = clauseIds.flatMap((id) => (counts.has(id) ? [[id, counts.get(id)]] : []));
  return {
    digest: mutationDigest(),
    sites: everything.sites.map(({ site }) => site),
    clauses: Object.fromEntries(clauses) as Record<string, number>,
  };
}

export function writeRecord(record: MutationRecord): void {
  writeFileSync(join(projectRoot, recordFile), `${JSON.stringify(record, undefined, 2)}\n`);
}

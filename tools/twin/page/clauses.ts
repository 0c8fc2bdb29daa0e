// The clause table: from the evidence of the last check, or from the register if there was no check yet.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clause } from '../../../lib/tom/clause';
import { chapters } from '../../../lib/tom/clauses/chapters';
import { register } from '../../../lib/tom/register';
import { type EvidenceClause, readEvidence } from '../../synthesis/evidence';

export interface ClauseRow {
  readonly id: string;
  readonly title: string;
  readonly state: string;
  /** The resources that keep it, the parts that it awaits, or its attestation. */
  readonly by: readonly string[];
}

export interface ClauseTable {
  /** The source of the table, in a sentence. */
  readonly source: string;
  readonly chapters: readonly { readonly id: string; readonly title: string; readonly clauses: readonly ClauseRow[] }[];
}

/** @param root the project's folder */
export function clauseTable(root: string): ClauseTable {
  const file = join(root, 'cdk.out', 'tom-evidence.json');
  if (!existsSync(file)) return fromRegister('No check has run yet: the table shows the register. npm start runs a check.');
  try {
    const { deployment, site, region, clauses } = readEvidence(file);
    const rows = new Map(clauses.map((clause) => [clause.id, rowOf(clause)]));
    return {
      source: `Result of the last check: deployment ${deployment}, ${site} site, in ${region}.`,
      chapters: chapters().map(({ id, title, clauses: ids }) => ({ id, title, clauses: ids.flatMap((clause) => rows.get(clause) ?? []) })),
    };
  } catch {
    return fromRegister('The evidence of the last check cannot be read: the table shows the register. npm start runs a check again.');
  }
}

const rowOf = ({ id, title, state, where, awaits, reason }: EvidenceClause): ClauseRow => ({
  id,
  title,
  state,
  by: [...(reason ? [reason] : []), ...where, ...awaits.map((part) => `awaits ${part}`)],
});

function fromRegister(source: string): ClauseTable {
  return {
    source,
    chapters: chapters().map(({ id, title, clauses }) => ({
      id,
      title,
      clauses: clauses.map((clause) => ({ id: clause, title: register[clause].title, ...basisOf(register[clause]) })),
    })),
  };
}

/** State and proof of a clause without a synth. */
function basisOf(clause: Clause): Pick<ClauseRow, 'state' | 'by'> {
  switch (clause.kind) {
    case 'inherited':
      return { state: 'attested', by: [clause.attestation] };
    case 'organisational':
      return { state: 'attested', by: [`${clause.attestedBy}: ${clause.artefact}`] };
    default:
      return {
        state: clause.awaits ? 'planned' : 'not checked',
        by: [...(clause.rules ?? []).map(({ name }) => `rule ${name}`), ...(clause.awaits ?? []).map((part) => `awaits ${part}`)],
      };
  }
}

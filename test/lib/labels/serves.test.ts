// A construct serves a clause only where one of the clause's rules judges or reads a resource of it, in some
// deployment.
import { App } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { loadSite } from '../../../lib/config/load';
import { buildDeployment } from '../../../lib/deployment';
import { clauseMetadataKey } from '../../../lib/labels/labels';
import type { ClauseId } from '../../../lib/tom/clause-id';
import type { Evidence } from '../../../lib/tom/evidence';
import { register } from '../../../lib/tom/register';
import type { Rule } from '../../../lib/tom/rule';
import { projectRoot, reviewedSites } from '../../../tools/synthesis/synthesize';
import { synthesized } from '../../synthesized/synthesized';

interface Declaration {
  readonly construct: string;
  readonly path: string;
  readonly clause: ClauseId;
}

/** Declared clauses, each with the class and the path of its construct. */
function declarationsIn(root: IConstruct): readonly Declaration[] {
  return root.node.findAll().flatMap((construct) =>
    construct.node.metadata
      .filter(({ type }) => type === clauseMetadataKey)
      .flatMap(({ data }) => data as ClauseId[])
      .map((clause) => ({ construct: construct.constructor.name, path: construct.node.path, clause })),
  );
}

/** Resource types that a rule judges, guards or reads. */
const typesOf = (rule: Rule): readonly string[] => [...rule.types, ...[...rule.guards, ...(rule.reads ?? [])].map(({ type }) => type)];

const rulesOf = (clause: ClauseId): readonly Rule[] => {
  const { [clause]: entry } = register;
  return 'rules' in entry ? (entry.rules ?? []) : [];
};

/** Whether a rule of the clause judges a resource at or below the path, or names its type. */
function isConcerned({ path, clause }: Declaration, evidence: Evidence): boolean {
  const isBelow = (other: string): boolean => other === path || other.startsWith(`${path}/`);
  const rules = rulesOf(clause);
  const types = new Set(rules.flatMap(typesOf));
  return evidence.rules.some(({ rule, asked }) =>
    asked.some(
      (question) =>
        isBelow(question.path) &&
        (types.has(question.type ?? '') || (rules.some(({ name }) => name === rule) && question.verdict !== 'not-applicable')),
    ),
  );
}

/** Each declaration by construct and clause, with whether a rule concerns it in some deployment. */
function declared(): ReadonlyMap<string, boolean> {
  const found = new Map<string, boolean>();
  for (const { deployment, site } of reviewedSites) {
    const app = new App({ analyticsReporting: false });
    buildDeployment(app, loadSite({ directory: `${projectRoot}/config`, deployment, site }));
    const evidence = synthesized(deployment, site).file('tom-evidence.json') as Evidence;
    for (const declaration of declarationsIn(app)) {
      const key = `${declaration.construct} serves ${declaration.clause}`;
      if (found.get(key) !== true) found.set(key, isConcerned(declaration, evidence));
    }
  }
  return found;
}

test('every construct that serves a clause has a resource that a rule of the clause concerns', () => {
  const declarations = [...declared()];
  expect(declarations.length).toBeGreaterThan(100);
  expect(declarations.filter(([, concerned]) => !concerned).map(([declaration]) => declaration)).toEqual([]);
}, 60_000);

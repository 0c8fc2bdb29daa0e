// Evidence of one synth: the outcomes of every rule, and the state of each clause that follows from them.
import type { IConstruct } from 'constructs';
import { missingFacts } from '../config/outside-facts';
import type { Settings } from '../config/settings/settings';
import type { Site } from '../config/site';
import { notMetIn } from '../labels/exceptions';
import { clausesOf, type JudgedOutcome } from './judgement';
import { currentRecord } from './mutation-record';
import type { Register } from './register';
import type { Rule } from './rule';
import { type ClauseState, stateOfClauses, type Totals, totalsOf } from './state';

/** Outcome of one rule for a resource, for a stack or, with neither, for the deployment. */
interface EvidenceEntry {
  readonly stack: string;
  readonly logicalId?: string;
  readonly type?: string;
  /** Path in the construct tree. */
  readonly path: string;
  readonly verdict: JudgedOutcome['verdict'];
  readonly findings?: JudgedOutcome['findings'];
}

/**
 * Content of `tom-evidence.json`. Contains no time and no account, so that the same code produces the same evidence.
 */
export interface Evidence {
  readonly deployment: string;
  readonly environment: string;
  readonly site: string;
  readonly region: string;
  readonly rules: readonly { rule: string; requires: string; clauses: readonly string[]; asked: readonly EvidenceEntry[] }[];
  readonly clauses: readonly ClauseState[];
  readonly totals: Totals;
}

/** Builds the evidence from the judged outcomes of the app under `root`. */
export function evidenceOf(
  site: Site,
  root: IConstruct,
  judgement: readonly JudgedOutcome[],
  rules: readonly Rule[],
  register: Register,
): Evidence {
  const answers = rules.map((rule) => ({
    rule: rule.name,
    requires: rule.requires,
    clauses: clausesOf(rule, register),
    asked: judgement.filter((outcome) => outcome.rule === rule).map(entryOf),
  }));
  const states = stateOfClauses(register, answers, notMetIn(root), missingFacts(site.settings));
  const clauses = withMutants(withKeepers(states, register, site.settings));
  return {
    deployment: site.deployment,
    environment: site.settings.environment,
    site: site.name,
    region: site.region,
    rules: answers,
    clauses,
    totals: totalsOf(clauses, answers),
  };
}

/** Adds to a clause who else keeps a part of it in this configuration: its rules find no fault, and prove less. */
function withKeepers(clauses: readonly ClauseState[], register: Register, settings: Settings): readonly ClauseState[] {
  return clauses.map((clause) => {
    const entry = register[clause.id];
    const outside = 'keptOutside' in entry ? entry.keptOutside : undefined;
    if (outside === undefined || clause.state === 'not met' || !outside.applies(settings)) return clause;
    return { ...clause, reason: [...(clause.reason === undefined ? [] : [clause.reason]), outside.keeper].join('; ') };
  });
}

/** Adds the number of mutants of each kept clause, if the mutation run was for this state of the code. */
function withMutants(clauses: readonly ClauseState[]): readonly ClauseState[] {
  const record = currentRecord();
  return clauses.map((clause) => {
    const mutants = record?.clauses[clause.id];
    return clause.state === 'kept' && mutants !== undefined ? { ...clause, mutants } : clause;
  });
}

function entryOf({ stack, resource, construct, verdict, findings }: JudgedOutcome): EvidenceEntry {
  return {
    stack: stack?.name ?? 'the deployment',
    ...(resource ? { logicalId: resource.logicalId, type: resource.type } : {}),
    path: construct.node.path,
    verdict,
    ...(findings.length > 0 ? { findings } : {}),
  };
}

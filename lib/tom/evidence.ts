// The evidence of one synth: every rule with all that it was asked about, and what that makes of each clause.
import type { IConstruct } from 'constructs';
import type { Site } from '../config/site';
import { notMetIn } from '../labels/exceptions';
import { clausesOf, type JudgedOutcome } from './judgement';
import type { Register } from './register';
import type { Rule } from './rule';
import { type ClauseState, stateOfClauses, type Totals, totalsOf } from './state';

/** One rule's answer about one resource, stack or, without either, the deployment. */
interface Asked {
  readonly stack: string;
  readonly logicalId?: string;
  readonly type?: string;
  /** Path in the construct tree. */
  readonly path: string;
  readonly verdict: JudgedOutcome['verdict'];
  readonly findings?: JudgedOutcome['findings'];
}

/** Content of `tom-evidence.json`. Bears no time and no account, so that the same code gives the same evidence. */
export interface Evidence {
  readonly deployment: string;
  readonly environment: string;
  readonly site: string;
  readonly region: string;
  readonly rules: readonly { rule: string; requires: string; clauses: readonly string[]; asked: readonly Asked[] }[];
  readonly clauses: readonly ClauseState[];
  readonly totals: Totals;
}

/** Puts together what the rules said of the app under `root`. */
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
    asked: judgement.filter((outcome) => outcome.rule === rule).map(askedOf),
  }));
  const clauses = stateOfClauses(register, answers, notMetIn(root));
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

function askedOf({ stack, resource, construct, verdict, findings }: JudgedOutcome): Asked {
  return {
    stack: stack?.name ?? 'the deployment',
    ...(resource ? { logicalId: resource.logicalId, type: resource.type } : {}),
    path: construct.node.path,
    verdict,
    ...(findings.length > 0 ? { findings } : {}),
  };
}

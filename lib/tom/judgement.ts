// State of each finding: open, which stops the synth; acknowledged, by an exception; or not met by configuration.
import { CfnResource, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { exceptionFor, notMetBy } from '../labels/exceptions';
import { type ClauseId, clauseIds } from './clause-id';
import type { Outcome } from './evaluate';
import type { Register } from './register';
import type { Finding, Rule } from './rule';
import type { FindingState } from './state';
import type { DeploymentFacts, Resource, StackTemplate } from './template/assembly';

export interface JudgedFinding extends Finding {
  readonly state: FindingState;
  /** Reason why the finding does not stop the synth. */
  readonly reason?: string;
}

/** Outcome of a rule, with the state of each of its findings. */
export interface JudgedOutcome {
  readonly rule: Rule;
  readonly clauses: readonly ClauseId[];
  readonly resource: Resource | undefined;
  readonly stack: StackTemplate | undefined;
  /** Construct of the resource or stack; the root for the deployment. */
  readonly construct: IConstruct;
  readonly verdict: 'compliant' | 'non-compliant' | 'not-applicable';
  readonly findings: readonly JudgedFinding[];
  /** The rule failed, or applies to no resource. Such findings cannot be acknowledged. */
  readonly fatal: boolean;
}

/** Id of a rule's finding in the validation report, without the pack's prefix. */
export const findingId = (rule: Rule, finding: Finding): string => `TOM-${rule.name}[${finding.id}]`;

/** Joins each outcome with its construct and the exceptions on it. Outcomes of the deployment belong to `root`. */
export function judge(
  outcomes: readonly Outcome[],
  root: IConstruct,
  register: Register,
  facts: Pick<DeploymentFacts, 'environment' | 'site'>,
): readonly JudgedOutcome[] {
  const constructs = constructsByPlace(root);
  const clausesByRule = new Map<Rule, readonly ClauseId[]>();
  return outcomes.map(({ rule, resource, stack, verdict, fatal = stack === undefined }) => {
    const construct = constructs.get(placeOf(stack?.name, resource?.logicalId)) ?? root;
    const clauses = clausesByRule.get(rule) ?? clausesOf(rule, register);
    clausesByRule.set(rule, clauses);
    const findings =
      verdict === 'not-applicable' ? [] : verdict.map((finding) => judgeFinding(rule, finding, construct, { fatal, ...facts }));
    return { rule, clauses, resource, stack, construct, verdict: verdictName(verdict), findings, fatal };
  });
}

/** The rules that a recovered site cannot keep while its home region does not answer. (DSS-5.4.2) */
export const homeGoneRules: readonly string[] = ['copied-backups', 'archive-replicated'];

/**
 * What production cannot keep after a disaster: copies at a recovered site while the home region does not answer
 * (DSS-5.4.2), and the schedules of the lake while a restored database is not repaired (DSS-4.2).
 */
const isBrokenByDisaster = (rule: Rule, finding: Finding, site: DeploymentFacts['site']): boolean =>
  (homeGoneRules.includes(rule.name) && site === 'recovery') || (rule.name === 'lake-written' && finding.id === 'schedule');

interface Terms {
  readonly fatal: boolean;
  readonly environment: DeploymentFacts['environment'];
  readonly site: DeploymentFacts['site'];
}

/** The clauses that the rule proves. */
export function clausesOf(rule: Rule, register: Register): readonly ClauseId[] {
  return clauseIds.filter((id) => {
    const clause = register[id];
    return 'rules' in clause && clause.rules?.includes(rule);
  });
}

function judgeFinding(rule: Rule, finding: Finding, construct: IConstruct, { fatal, environment, site }: Terms): JudgedFinding {
  if (fatal) return { ...finding, state: 'open' };
  const exception = exceptionFor(construct, `TOM::${findingId(rule, finding)}`);
  if (exception) return { ...finding, state: 'acknowledged', reason: exception.reason };
  const notMet = notMetBy(construct, rule.name);
  // Production keeps every promise: a declaration excuses no finding there, but those of a recovery.
  if (notMet && (environment !== 'production' || isBrokenByDisaster(rule, finding, site)))
    return { ...finding, state: 'not met', reason: notMet.reason };
  return { ...finding, state: 'open' };
}

function verdictName(verdict: Outcome['verdict']): JudgedOutcome['verdict'] {
  if (verdict === 'not-applicable') return 'not-applicable';
  return verdict.length === 0 ? 'compliant' : 'non-compliant';
}

/** Constructs of stacks and resources, by stack name and logical id. */
function constructsByPlace(root: IConstruct): Map<string, IConstruct> {
  const places = new Map<string, IConstruct>();
  for (const node of root.node.findAll()) {
    if (Stack.isStack(node)) places.set(placeOf(node.node.path), node);
    if (!CfnResource.isCfnResource(node)) continue;
    const stack = Stack.of(node);
    places.set(placeOf(stack.node.path, stack.resolve(node.logicalId)), node);
  }
  return places;
}

const placeOf = (stack = '', logicalId = ''): string => `${stack}#${logicalId}`;

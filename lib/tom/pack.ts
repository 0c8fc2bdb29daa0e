// The TOM pack: a cdk-nag pack that holds the synthesized templates against every rule of the register.
import { CfnResource, type IPolicyValidationContext, type PolicyValidationPluginReport } from 'aws-cdk-lib/core';
import { NagPack } from 'cdk-nag';
import { evaluate } from './evaluate';
import { findingId, type JudgedOutcome, judge } from './judgement';
import { type Register, register } from './register';
import type { Rule } from './rule';
import { rules } from './rules/all';
import type { FindingState } from './state';
import type { DeploymentFacts } from './template/assembly';
import { readAssembly } from './template/read-assembly';
import { describeFinding } from './violation';

type Violation = PolicyValidationPluginReport['violations'][number];

export interface TomPackProps {
  /** The rules to run. @default - every rule of the house */
  readonly rules?: readonly Rule[];
  /** The clauses, which name the rules that prove them. @default - the register */
  readonly register?: Register;
}

export class TomPack extends NagPack {
  readonly name = 'TOM';
  private readonly rules: readonly Rule[];
  private readonly register: Register;
  private outcomes: readonly JudgedOutcome[] = [];
  private byConstruct = new Map<string, JudgedOutcome[]>();
  private told: Violation[] = [];

  constructor(
    private readonly facts: DeploymentFacts,
    props: TomPackProps = {},
  ) {
    super();
    this.packName = 'TOM';
    this.rules = props.rules ?? rules;
    this.register = props.register ?? register;
  }

  /** Every answer of the last validation, compliant ones included: what the evidence is written from. */
  get judgement(): readonly JudgedOutcome[] {
    return this.outcomes;
  }

  /** Decides all rules on the templates, lets cdk-nag walk the constructs, and tells each finding with its clause and its cure. */
  override validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    const assembly = readAssembly(context, this.facts);
    this.outcomes = judge(evaluate(assembly, this.rules), context.appConstruct, this.register, this.facts.environment);
    this.byConstruct = groupByConstruct(this.outcomes);
    // What is about a stack or the deployment has no resource that cdk-nag could walk to.
    const beside = this.outcomes.filter(({ construct }) => !CfnResource.isCfnResource(construct));
    this.told = beside.flatMap((outcome) => this.violationsOf(outcome));
    super.validate(context);
    return { success: this.told.every(({ severity }) => severity === 'warning'), violations: this.told };
  }

  /**
   * Not through `applyRule`: it keeps back what is acknowledged without the pack's prefix, and tells neither values nor cure.
   */
  protected override checkResource(node: CfnResource): void {
    for (const outcome of this.byConstruct.get(node.node.path) ?? []) this.told.push(...this.violationsOf(outcome));
  }

  private violationsOf(outcome: JudgedOutcome): Violation[] {
    return outcome.findings.map((finding) => ({
      ruleName: findingId(outcome.rule, finding),
      description: describeFinding(outcome, finding, this.register),
      fix: finding.fix,
      severity: severityOf[finding.state],
      violatingResources: [{ constructPath: outcome.construct.node.path, locations: finding.path ? [finding.path] : [] }],
    }));
  }
}

/**
 * A fatal violation cannot be acknowledged past `acknowledge` of lib/labels, which demands terms; an error that has them is shown as
 * acknowledged; a promise unmet by configuration is told, and stops nothing.
 */
const severityOf = { open: 'fatal', acknowledged: 'error', 'not met': 'warning' } as const satisfies Record<FindingState, string>;

function groupByConstruct(outcomes: readonly JudgedOutcome[]): Map<string, JudgedOutcome[]> {
  const groups = new Map<string, JudgedOutcome[]>();
  for (const outcome of outcomes) {
    const group = groups.get(outcome.construct.node.path);
    if (group) group.push(outcome);
    else groups.set(outcome.construct.node.path, [outcome]);
  }
  return groups;
}

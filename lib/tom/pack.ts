// The TOM pack: a cdk-nag pack that evaluates every rule of the register on the synthesized templates.
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
  /** The rules to evaluate. @default - every rule of the pack */
  readonly rules?: readonly Rule[];
  /** The clauses, with the rules that prove them. @default - the register */
  readonly register?: Register;
}

export class TomPack extends NagPack {
  readonly name = 'TOM';
  private readonly rules: readonly Rule[];
  private readonly register: Register;
  private outcomes: readonly JudgedOutcome[] = [];
  private byConstruct = new Map<string, JudgedOutcome[]>();
  private reported: Violation[] = [];

  constructor(
    private readonly facts: DeploymentFacts,
    props: TomPackProps = {},
  ) {
    super();
    this.packName = 'TOM';
    this.rules = props.rules ?? rules;
    this.register = props.register ?? register;
  }

  /** Every outcome of the last validation, compliant ones included. Source of the evidence. */
  get judgement(): readonly JudgedOutcome[] {
    return this.outcomes;
  }

  /**
   * Evaluates all rules on the templates, lets cdk-nag visit the constructs, and reports each finding with its clause
   * and fix.
   */
  override validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    const assembly = readAssembly(context, this.facts);
    this.outcomes = judge(evaluate(assembly, this.rules), context.appConstruct, this.register, this.facts);
    this.byConstruct = groupByConstruct(this.outcomes);
    // Outcomes of stacks and of the deployment have no resource that cdk-nag could visit.
    const withoutResource = this.outcomes.filter(({ construct }) => !CfnResource.isCfnResource(construct));
    this.reported = withoutResource.flatMap((outcome) => this.violationsOf(outcome));
    super.validate(context);
    return { success: this.reported.every(({ severity }) => severity === 'warning'), violations: this.reported };
  }

  /**
   * Does not call `applyRule`, which omits findings acknowledged without the pack's prefix and reports neither values
   * nor fix.
   */
  protected override checkResource(node: CfnResource): void {
    for (const outcome of this.byConstruct.get(node.node.path) ?? []) this.reported.push(...this.violationsOf(outcome));
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
 * Severity of a finding by its state. A fatal violation can be acknowledged only through `acknowledge` of lib/labels,
 * which requires terms. An error with terms is reported as acknowledged. A promise not met by configuration is a
 * warning and does not stop the synth.
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

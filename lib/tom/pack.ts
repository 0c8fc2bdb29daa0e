// The TOM pack: a cdk-nag pack that holds the synthesized templates against every rule of the register.
import type { CfnResource, IPolicyValidationContext, PolicyValidationPluginReport } from 'aws-cdk-lib/core';
import { NagMessageLevel, NagPack, NagRuleCompliance } from 'cdk-nag';
import type { DeploymentFacts } from './assembly';
import { evaluate } from './evaluate';
import { findingId, type JudgedFinding, type JudgedOutcome, judge } from './judgement';
import { readAssembly } from './read-assembly';
import { type Register, register } from './register';
import type { Rule } from './rule';
import { rules } from './rules/all';
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
    this.outcomes = judge(evaluate(assembly, this.rules), context.appConstruct, this.register);
    this.byConstruct = groupByConstruct(this.outcomes);
    const walked = super.validate(context).violations.flatMap((violation) => this.explain(violation));
    const violations = [...walked, ...this.withoutResource()];
    return { success: violations.every(({ severity }) => severity === 'warning'), violations };
  }

  protected override checkResource(node: CfnResource): void {
    for (const { rule, verdict, findings } of this.byConstruct.get(node.node.path) ?? []) {
      this.applyRule({
        ruleSuffixOverride: rule.name,
        info: rule.requires,
        explanation: rule.requires,
        level: NagMessageLevel.ERROR,
        node,
        rule: () => (verdict === 'non-compliant' ? findings.map((finding) => finding.id) : NagRuleCompliance.COMPLIANT),
      });
    }
  }

  /** cdk-nag groups findings of one id; people need each with its own resource, values and cure. */
  private explain({ ruleName, violatingResources }: Violation): Violation[] {
    const paths = new Set(violatingResources.map(({ constructPath }) => constructPath ?? ''));
    return [...paths].flatMap((path) =>
      (this.byConstruct.get(path) ?? []).flatMap((outcome) =>
        outcome.findings
          .filter((finding) => findingId(outcome.rule, finding) === ruleName)
          .map((finding) => violation(outcome, finding, this.register)),
      ),
    );
  }

  /** Findings about a stack, or about what the deployment lacks, have no resource that cdk-nag could walk to. */
  private withoutResource(): Violation[] {
    return this.outcomes
      .filter((outcome) => outcome.resource === undefined)
      .flatMap((outcome) => outcome.findings.map((finding) => violation(outcome, finding, this.register)));
  }
}

function violation(outcome: JudgedOutcome, finding: JudgedFinding, register: Register): Violation {
  return {
    ruleName: findingId(outcome.rule, finding),
    description: describeFinding(outcome, finding, register),
    fix: finding.fix,
    severity: severityOf(outcome, finding),
    violatingResources: [{ constructPath: outcome.construct.node.path, locations: finding.path ? [finding.path] : [] }],
  };
}

/** A fatal violation cannot be acknowledged; a promise unmet by configuration is told, and stops nothing. */
function severityOf(outcome: JudgedOutcome, finding: JudgedFinding): 'fatal' | 'error' | 'warning' {
  if (outcome.fatal) return 'fatal';
  return finding.state === 'not met' ? 'warning' : 'error';
}

function groupByConstruct(outcomes: readonly JudgedOutcome[]): Map<string, JudgedOutcome[]> {
  const groups = new Map<string, JudgedOutcome[]>();
  for (const outcome of outcomes) {
    const group = groups.get(outcome.construct.node.path);
    if (group) group.push(outcome);
    else groups.set(outcome.construct.node.path, [outcome]);
  }
  return groups;
}

// Statements and block responses of the firewall's rules.
import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { promisedHeaders } from './response-headers';

export type Rule = CfnWebACL.RuleProperty;
export type Statement = CfnWebACL.StatementProperty;

/** Matches requests whose path equals one of these exactly, as listener rules and collectors do. */
export function pathStatement(paths: readonly string[]): Statement {
  const statements = paths.map(
    (path): Statement => ({
      byteMatchStatement: {
        fieldToMatch: { uriPath: {} },
        positionalConstraint: 'EXACTLY',
        searchString: path,
        textTransformations: [{ priority: 0, type: 'NONE' }],
      },
    }),
  );
  const [only, ...others] = statements;
  return only !== undefined && others.length === 0 ? only : { orStatement: { statements } };
}

export const notStatement = (statement: Statement): Statement => ({ notStatement: { statement } });
export const andStatement = (...statements: Statement[]): Statement => ({ andStatement: { statements } });

/** Blocks with the promised headers, because a listener adds none to responses of the firewall. (DSS-6.7.1) */
export function blockAction(responseCode: number, headers: Readonly<Record<string, string>> = {}): CfnWebACL.RuleActionProperty {
  const responseHeaders = Object.entries({ ...promisedHeaders, ...headers }).map(([name, value]) => ({ name, value }));
  return { block: { customResponse: { responseCode, responseHeaders } } };
}

/** Metric of a rule, and samples of its matching requests, without the fields that the web ACL protects. */
export const visibilityConfig = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
  cloudWatchMetricsEnabled: true,
  metricName,
  sampledRequestsEnabled: true,
});

export interface ManagedGroup {
  readonly name: string;
  /** Whether the group blocks the requests that it matches; otherwise it counts them. */
  readonly blocks: boolean;
  /** Rules of the group that only label. WAF ignores an unknown name without an error, and the rule then blocks. */
  readonly labelOnly?: readonly string[];
  /** The requests that the group inspects. @default - all */
  readonly scope?: Statement;
}

/** A rule group that AWS maintains, in its default version. */
export function managedGroupRule({
  name,
  blocks,
  labelOnly = [],
  scope,
}: ManagedGroup): Omit<Rule, 'name' | 'priority' | 'visibilityConfig'> {
  return {
    overrideAction: blocks ? { none: {} } : { count: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name,
        ...(labelOnly.length > 0 ? { ruleActionOverrides: labelOnly.map((rule) => ({ name: rule, actionToUse: { count: {} } })) } : {}),
        ...(scope ? { scopeDownStatement: scope } : {}),
      },
    },
  };
}

// The vocabulary of the firewall's rules: statements, and what is answered to whom they refuse.
import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { promisedHeaders } from './response-headers';

export type Rule = CfnWebACL.RuleProperty;
export type Statement = CfnWebACL.StatementProperty;

/** Whether the path is one of these, to the letter: as listener rules and collectors read it. */
export function pathIs(paths: readonly string[]): Statement {
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

/** Refuses with the promised headers, which no listener adds to what the firewall answers by itself. (DSS-6.7.1) */
export function refuse(responseCode: number, headers: Readonly<Record<string, string>> = {}): CfnWebACL.RuleActionProperty {
  const responseHeaders = Object.entries({ ...promisedHeaders, ...headers }).map(([name, value]) => ({ name, value }));
  return { block: { customResponse: { responseCode, responseHeaders } } };
}

/** What is seen of a rule: its count, and samples of the requests that it met, without what the web ACL protects. */
export const visibilityConfig = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
  cloudWatchMetricsEnabled: true,
  metricName,
  sampledRequestsEnabled: true,
});

export interface ManagedGroup {
  readonly name: string;
  /** Whether the group refuses what it matches; otherwise it only counts. */
  readonly refuses: boolean;
  /** Rules of the group that only label. An unknown name is ignored by WAF without a word, and its rule refuses. */
  readonly labelling?: readonly string[];
  /** The requests that the group looks at. @default - all */
  readonly scope?: Statement;
}

/** A rule group that AWS maintains, in the version that AWS recommends at any time. */
export function managedGroupRule({
  name,
  refuses,
  labelling = [],
  scope,
}: ManagedGroup): Omit<Rule, 'name' | 'priority' | 'visibilityConfig'> {
  return {
    overrideAction: refuses ? { none: {} } : { count: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name,
        ...(labelling.length > 0 ? { ruleActionOverrides: labelling.map((rule) => ({ name: rule, actionToUse: { count: {} } })) } : {}),
        ...(scope ? { scopeDownStatement: scope } : {}),
      },
    },
  };
}

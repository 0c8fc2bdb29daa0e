// Web ACLs of the web application firewall: their rules and associations.

import { type Assembly, isObject, type Json, type JsonObject, listOf, type Resource, valueAt } from './assembly';
import { webAclAssociationType, webAclType } from './resource-types';

/** Managed rule groups that inspect every request. (TOM-4.11) */
export const reputationGroup = 'AWSManagedRulesAmazonIpReputationList';
export const badInputsGroup = 'AWSManagedRulesKnownBadInputsRuleSet';
export const coreGroup = 'AWSManagedRulesCommonRuleSet';
export const unscopedGroups = [reputationGroup, badInputsGroup, coreGroup];

/** Managed rule group that may except the data paths, and no others: their content is never part of a query. */
export const scopedGroup = 'AWSManagedRulesSQLiRuleSet';

/** Beginning of the labels of the core rule set. */
export const coreLabels = 'awswaf:managed:aws:core-rule-set:';

/**
 * Headers with secrets, and with the page of a hit, which no request log may contain; neither may it contain query
 * strings, which are collected data or contain tokens. (TOM-3.10, TOM-4.13)
 */
export const secretHeaders = ['authorization', 'cookie', 'referer'];

export interface AclRule {
  /** As in `Properties.Rules.3`. */
  readonly path: string;
  readonly json: JsonObject;
}

export function rulesOf(acl: Resource): readonly AclRule[] {
  return listOf(acl.at('Rules')).flatMap((json, index) => (isObject(json) ? [{ path: `Properties.Rules.${index}`, json }] : []));
}

/** The rule with a managed rule group of AWS. */
export function groupRule(acl: Resource, group: string): AclRule | undefined {
  return rulesOf(acl).find(
    ({ json }) =>
      valueAt(json, 'Statement.ManagedRuleGroupStatement.Name') === group &&
      valueAt(json, 'Statement.ManagedRuleGroupStatement.VendorName') === 'AWS',
  );
}

/** Whether a rule blocks matching requests. */
export const isRefusal = ({ json }: AclRule): boolean => isObject(valueAt(json, 'Action.Block'));

/** The paths of a statement that matches whole paths only; `undefined` for any other statement. */
export function exactPaths(statement: Json | undefined): readonly string[] | undefined {
  const listed = valueAt(statement, 'OrStatement.Statements');
  const paths = (listed === undefined ? listOf(statement) : listOf(listed)).map(exactPath);
  return paths.length > 0 && paths.every((path) => path !== undefined) ? (paths as string[]) : undefined;
}

/**
 * The excepted paths of a statement that matches every path except whole paths; `undefined` for any other statement.
 */
export const exceptPaths = (statement: Json | undefined): readonly string[] | undefined =>
  exactPaths(valueAt(statement, 'NotStatement.Statement'));

function exactPath(statement: Json): string | undefined {
  const match = valueAt(statement, 'ByteMatchStatement');
  if (!isObject(match) || !isObject(valueAt(match, 'FieldToMatch.UriPath'))) return undefined;
  const plain = listOf(match.TextTransformations).every((transformation) => valueAt(transformation, 'Type') === 'NONE');
  return match.PositionalConstraint === 'EXACTLY' && plain && typeof match.SearchString === 'string' ? match.SearchString : undefined;
}

/** The web ACL that is associated with a load balancer. */
export function webAclBefore(balancer: Resource, assembly: Assembly): Resource | undefined {
  const association = assembly
    .ofType(webAclAssociationType)
    .find((candidate) => assembly.refersTo(candidate.at('ResourceArn'), candidate, balancer));
  const acl = association && assembly.target(association.at('WebACLArn'), association.stack);
  return acl?.type === webAclType ? acl : undefined;
}

// TOM-4.11: a web application firewall protects every public load balancer, with managed rule groups and rate rules.

import { highestRateLimit } from '../../figures';
import { append, type Finding, finding, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { dataPaths } from '../../template/hit-paths';
import { attributeOf, attributeText, isPublic } from '../../template/load-balancers';
import { balancerType, webAclAssociationType, webAclType } from '../../template/resource-types';
import {
  coreGroup,
  coreLabels,
  exactPaths,
  exceptPaths,
  groupRule,
  isRefusal,
  rulesOf,
  scopedGroup,
  unscopedGroups,
  webAclBefore,
} from '../../template/web-acls';
import { uninspectedFindings, uninspectedReads } from './uninspected-hit-findings';

const failOpen = 'waf.fail_open.enabled';

/** Rule groups outside the deployment, which may allow requests that later rules would block. */
const foreignGroup = { Name: 'theirs', Priority: 0, Statement: { RuleGroupReferenceStatement: { Arn: 'arn:aws:wafv2:other' } } };
const foreignManagedGroup = { Name: 'theirs', Priority: 0, Statement: { ManagedRuleGroupStatement: { VendorName: 'Other', Name: 'X' } } };

export const webFirewall: Rule = {
  name: 'web-firewall',
  requires: 'public load balancers have a web ACL with managed groups and rate rules, or forward hits alone, from Cloudflare',
  types: [balancerType, webAclType],
  check(resource, assembly) {
    if (resource.type === balancerType) return isPublic(resource) ? associationFindings(resource, assembly) : 'not-applicable';
    return [...allowFindings(resource), ...groupFindings(resource), ...coreLabelFindings(resource), ...rateFindings(resource)];
  },
  guards: [
    guard(webAclType, ofOverrides, set({ Allow: {} })),
    ...['ExcludedRules', 'Version'].flatMap((name) =>
      [...unscopedGroups, scopedGroup].map((group) =>
        guard(
          webAclType,
          ofGroup(group, `.Statement.ManagedRuleGroupStatement.${name}`),
          set(name === 'Version' ? 'Version_1.0' : [{ Name: 'X' }]),
        ),
      ),
    ),
    guard(webAclType, 'Properties.Rules', append({ ...foreignGroup }), append({ ...foreignManagedGroup })),
    guard(webAclAssociationType, '', remove),
    guard(webAclAssociationType, 'Properties.ResourceArn', remove, replace('arn:aws:elasticloadbalancing:other')),
    guard(webAclAssociationType, 'Properties.WebACLArn', remove, replace('arn:aws:wafv2:other')),
    guardWhere(balancerType, isPublic, 'Properties.LoadBalancerAttributes', append({ Key: failOpen, Value: 'true' })),
    guard(webAclType, 'Properties.Rules', append({ Name: 'open', Priority: 0, Action: { Allow: {} }, Statement: {} })),
    guard(webAclType, 'Properties.DefaultAction', set({ Captcha: {} })),
    ...[...unscopedGroups, scopedGroup].flatMap((group) => [
      guard(webAclType, ofGroup(group, ''), remove),
      guard(webAclType, ofGroup(group, '.OverrideAction'), remove, replace({ Count: {} })),
      guard(webAclType, ofGroup(group, '.Statement.ManagedRuleGroupStatement.Name'), replace('AWSManagedRulesLinuxRuleSet')),
      guard(webAclType, ofGroup(group, '.Statement.ManagedRuleGroupStatement.VendorName'), replace('Somebody')),
      guard(webAclType, ofGroup(group, '.Statement.ManagedRuleGroupStatement.ScopeDownStatement'), set({ GeoMatchStatement: {} })),
    ]),
    ...[...unscopedGroups.filter((group) => group !== coreGroup), scopedGroup].map((group) =>
      guard(
        webAclType,
        ofGroup(group, '.Statement.ManagedRuleGroupStatement.RuleActionOverrides'),
        set([{ Name: 'X', ActionToUse: { Count: {} } }]),
      ),
    ),
    guard(webAclType, ofGroup(coreGroup, '.Statement.ManagedRuleGroupStatement.RuleActionOverrides.*.ActionToUse'), replace({ Allow: {} })),
    guard(webAclType, coreLabelPaths, remove),
    guard(webAclType, pathsBelow(coreLabelPaths, '.Action'), replace({ Count: {} })),
    guard(webAclType, pathsBelow(coreLabelPaths, '.Priority'), replace(0)),
    guard(
      webAclType,
      pathsBelow(coreLabelPaths, '.Statement'),
      replace({ LabelMatchStatement: { Scope: 'LABEL', Key: `${coreLabels}X` } }),
    ),
    guard(webAclType, ratePaths, remove),
    guard(webAclType, pathsBelow(ratePaths, '.Action'), replace({ Count: {} })),
    guard(webAclType, pathsBelow(ratePaths, '.Statement.RateBasedStatement.Limit'), remove, replace(2_000_000_000)),
    guard(webAclType, pathsBelow(ratePaths, '.Statement.RateBasedStatement.ScopeDownStatement'), replace({ GeoMatchStatement: {} })),
    guard(webAclType, pathsBelow(ratePaths, '.Statement.RateBasedStatement.AggregateKeyType'), replace('CONSTANT')),
  ],
  bypasses: [
    {
      name: 'a second web ACL on the load balancer',
      beside: balancerType,
      resources: (beside) => ({
        Other: {
          Type: webAclAssociationType,
          Properties: { ResourceArn: { Ref: beside.logicalId }, WebACLArn: 'arn:aws:wafv2:eu-west-3:x:regional/webacl/open/y' },
        },
      }),
    },
    {
      name: 'a public load balancer without a web ACL',
      resources: { Balancer: { Type: balancerType, Properties: { Type: 'application', Scheme: 'internet-facing' } } },
    },
  ],
  reads: [
    ...['Rules', 'DefaultAction'].map((name) => ({ type: webAclType, path: `Properties.${name}` })),
    ...['Scheme', 'LoadBalancerAttributes'].map((name) => ({ type: balancerType, path: `Properties.${name}` })),
    ...uninspectedReads,
  ],
};

function associationFindings(balancer: Resource, assembly: Assembly): readonly Finding[] {
  const findings: Finding[] = webAclBefore(balancer, assembly) ? [] : [...uninspectedFindings(balancer, assembly)];
  // A load balancer has one web ACL: with two associations, the order of deployment decides.
  const associated = assembly.ofType(webAclAssociationType).filter((one) => assembly.refersTo(one.at('ResourceArn'), one, balancer));
  for (const { logicalId } of associated.slice(1)) {
    findings.push(finding(balancer, `second::${logicalId}`, logicalId, 'one web ACL', 'Remove the other association.'));
  }
  if (![undefined, 'false'].includes(attributeText(balancer, failOpen))) {
    const path = attributeOf(balancer, failOpen)?.path ?? '';
    findings.push(finding(balancer, 'fail-open', path, `${failOpen}: false`, 'Set wafFailOpen: false on the load balancer.'));
  }
  return findings;
}

/** An Allow action ends the evaluation, so that later rules do not apply. Rule groups of others may contain one. */
function allowFindings(acl: Resource): readonly Finding[] {
  const promised = [...unscopedGroups, scopedGroup].map((group) => groupRule(acl, group)?.path);
  const allowing = rulesOf(acl).filter(({ path, json }) => {
    if (promised.includes(path)) return false;
    const group = valueAt(json, 'Statement.ManagedRuleGroupStatement');
    const overrides = listOf(valueAt(group, 'RuleActionOverrides'));
    return (
      valueAt(json, 'Action.Allow') !== undefined ||
      valueAt(json, 'Statement.RuleGroupReferenceStatement') !== undefined ||
      (group !== undefined && valueAt(group, 'VendorName') !== 'AWS') ||
      overrides.some((override) => valueAt(override, 'ActionToUse.Allow') !== undefined)
    );
  });
  const hasDefault = isObject(acl.at('DefaultAction.Allow')) || isObject(acl.at('DefaultAction.Block'));
  return [
    ...allowing.map(({ path }) =>
      finding(
        acl,
        `allow::${path}`,
        path,
        'rules of the web ACL or managed groups of AWS that block or count',
        'Limit the blocking rule instead.',
      ),
    ),
    ...(hasDefault
      ? []
      : [finding(acl, 'default', 'Properties.DefaultAction', 'Allow or Block', 'Set the default action to Allow or Block.')]),
  ];
}

function groupFindings(acl: Resource): readonly Finding[] {
  return [...unscopedGroups, scopedGroup].flatMap((group) => {
    const rule = groupRule(acl, group);
    if (!rule)
      return [
        finding(acl, group, 'Properties.Rules', `a rule with the managed group ${group}`, 'Add the managed rule group to the web ACL.'),
      ];
    const statement = valueAt(rule.json, 'Statement.ManagedRuleGroupStatement');
    const object = (id: string, below: string, required: string) =>
      finding(acl, `${group}::${id}`, `${rule.path}.${below}`, required, 'Remove the change, so that the group blocks matching requests.');
    const scope = valueAt(statement, 'ScopeDownStatement');
    const overrides = listOf(valueAt(statement, 'RuleActionOverrides'));
    const inScope = scope === undefined || (group === scopedGroup && hasDataPathsOnly(exceptPaths(scope)));
    const unchanged =
      group === coreGroup ? overrides.every((override) => isObject(valueAt(override, 'ActionToUse.Count'))) : overrides.length === 0;
    // A fixed version expires and lacks later rules.
    const current = ['ExcludedRules', 'Version'].every((name) => valueAt(statement, name) === undefined);
    return [
      ...(current ? [] : [object('version', 'Statement', 'the default version, with no rule excluded')]),
      ...(isObject(valueAt(rule.json, 'OverrideAction.None')) ? [] : [object('override', 'OverrideAction', 'None')]),
      ...(inScope ? [] : [object('scope', 'Statement', `all paths, except at most ${dataPaths.join(', ')}`)]),
      ...(unchanged ? [] : [object('rules', 'Statement', 'no overridden rules; core rules may be overridden to Count')]),
    ];
  });
}

/** Core rules that count must block on all paths except data paths: a later rule blocks requests with their labels. */
function coreLabelFindings(acl: Resource): readonly Finding[] {
  const group = groupRule(acl, coreGroup);
  if (!group || listOf(valueAt(group.json, 'Statement.ManagedRuleGroupStatement.RuleActionOverrides')).length === 0) return [];
  const after = rulesOf(acl).filter(({ path }) => coreLabelPaths(acl).includes(path));
  if (after.some((rule) => isRefusal(rule) && Number(rule.json.Priority) > Number(group.json.Priority))) return [];
  const required = `a rule after the group that blocks requests with labels of ${coreLabels} on all paths except ${dataPaths.join(', ')}`;
  return [finding(acl, 'core-elsewhere', 'Properties.Rules', required, 'Add a rule that blocks labelled requests on all other paths.')];
}

function isCoreLabelStatement(statement: Json | undefined): boolean {
  const parts = listOf(valueAt(statement, 'AndStatement.Statements'));
  const labels = parts.filter(
    (part) => valueAt(part, 'LabelMatchStatement.Scope') === 'NAMESPACE' && valueAt(part, 'LabelMatchStatement.Key') === coreLabels,
  );
  return parts.length === 2 && labels.length === 1 && parts.some((part) => hasDataPathsOnly(exceptPaths(part)));
}

/** Every path has a rate rule: named paths have their own, and one rule applies to all others. */
function rateFindings(acl: Resource): readonly Finding[] {
  const scopes = rulesOf(acl)
    .filter((rule) => isRefusal(rule) && isEffectiveRateRule(rule.json))
    .map(({ json }) => valueAt(json, 'Statement.RateBasedStatement.ScopeDownStatement'));
  if (scopes.includes(undefined)) return [];
  const named = scopes.flatMap((scope) => exactPaths(scope) ?? []);
  const excepted = scopes.map(exceptPaths).find((paths) => paths !== undefined);
  const uncovered = excepted === undefined ? ['all other paths'] : excepted.filter((path) => !named.includes(path));
  const fix = 'Add a rate rule for these paths.';
  return uncovered.map((path) => finding(acl, `rate::${path}`, 'Properties.Rules', `a rate rule for ${path}`, fix));
}

function isEffectiveRateRule(rule: Json): boolean {
  const statement = valueAt(rule, 'Statement.RateBasedStatement');
  const limit = valueAt(statement, 'Limit');
  const byAddress = ['IP', 'FORWARDED_IP'].some((type) => type === valueAt(statement, 'AggregateKeyType'));
  return byAddress && typeof limit === 'number' && limit <= highestRateLimit;
}

const hasDataPathsOnly = (paths: readonly string[] | undefined): boolean => paths?.every((path) => dataPaths.includes(path)) ?? false;

function ofGroup(group: string, below: string): (acl: Resource) => readonly string[] {
  return (acl) => {
    const rule = groupRule(acl, group);
    return rule ? [`${rule.path}${below}`] : [];
  };
}

/** Actions that overrides of managed groups give to their rules. */
function ofOverrides(acl: Resource): readonly string[] {
  return rulesOf(acl).flatMap(({ path, json }) =>
    listOf(valueAt(json, 'Statement.ManagedRuleGroupStatement.RuleActionOverrides')).map(
      (_, index) => `${path}.Statement.ManagedRuleGroupStatement.RuleActionOverrides.${index}.ActionToUse`,
    ),
  );
}

function coreLabelPaths(acl: Resource): readonly string[] {
  return rulesOf(acl)
    .filter(({ json }) => isCoreLabelStatement(json.Statement))
    .map(({ path }) => path);
}

function ratePaths(acl: Resource): readonly string[] {
  return rulesOf(acl)
    .filter(({ json }) => valueAt(json, 'Statement.RateBasedStatement') !== undefined)
    .map(({ path }) => path);
}

function pathsBelow(paths: (acl: Resource) => readonly string[], below: string): (acl: Resource) => readonly string[] {
  return (acl) => paths(acl).map((path) => `${path}${below}`);
}

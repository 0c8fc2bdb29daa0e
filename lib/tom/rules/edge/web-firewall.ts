// TOM-4.11: a web application firewall stands before every public load balancer, with managed rule groups and rate rules.

import { append, type Finding, finding, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { attributeOf, attributeText, balancerType, isPublic } from '../../template/load-balancers';
import { associationType, exactPaths, exceptPaths, groupRule, isRefusal, rulesOf, webAclBefore, webAclType } from '../../template/web-acls';

/** Groups that look at every request. */
const everywhere = ['AWSManagedRulesAmazonIpReputationList', 'AWSManagedRulesKnownBadInputsRuleSet', 'AWSManagedRulesCommonRuleSet'];
/** The group that paths of data, and those alone, may be kept from: what they carry is never a query. */
const scoped = 'AWSManagedRulesSQLiRuleSet';
const core = 'AWSManagedRulesCommonRuleSet';
const coreLabels = 'awswaf:managed:aws:core-rule-set:';

/** Paths of which requests carry URLs, texts and bodies of any kind as data. Whatever else is public is looked into. (TOM-5.1) */
const dataPaths = ['/hit.gif', '/hit', '/hits'];

/** A rate rule with a larger limit than this, for one address within five minutes, limits nothing. */
const highestLimit = 1_000_000;
const failOpen = 'waf.fail_open.enabled';

/** Rules from elsewhere, which may allow what those after them would refuse. */
const foreignGroup = { Name: 'theirs', Priority: 0, Statement: { RuleGroupReferenceStatement: { Arn: 'arn:aws:wafv2:other' } } };
const foreignManagedGroup = { Name: 'theirs', Priority: 0, Statement: { ManagedRuleGroupStatement: { VendorName: 'Other', Name: 'X' } } };

export const webFirewall: Rule = {
  name: 'web-firewall',
  requires:
    'every public load balancer has a web ACL that refuses what the managed groups of bad addresses, bad inputs, core rules and SQL injection match, limits how often an address may ask for any path, and is never passed by',
  types: [balancerType, webAclType],
  check(resource, assembly) {
    if (resource.type === balancerType) return isPublic(resource) ? associationFindings(resource, assembly) : 'not-applicable';
    return [...defaultFindings(resource), ...groupFindings(resource), ...coreElsewhere(resource), ...rateFindings(resource)];
  },
  guards: [
    guard(webAclType, ofOverrides, set({ Allow: {} })),
    ...['ExcludedRules', 'Version'].flatMap((name) =>
      [...everywhere, scoped].map((group) =>
        guard(
          webAclType,
          ofGroup(group, `.Statement.ManagedRuleGroupStatement.${name}`),
          set(name === 'Version' ? 'Version_1.0' : [{ Name: 'X' }]),
        ),
      ),
    ),
    guard(webAclType, 'Properties.Rules', append({ ...foreignGroup }), append({ ...foreignManagedGroup })),
    guard(associationType, '', remove),
    guard(associationType, 'Properties.ResourceArn', remove, replace('arn:aws:elasticloadbalancing:other')),
    guard(associationType, 'Properties.WebACLArn', remove, replace('arn:aws:wafv2:other')),
    guardWhere(balancerType, isPublic, 'Properties.LoadBalancerAttributes', append({ Key: failOpen, Value: 'true' })),
    guard(webAclType, 'Properties.Rules', append({ Name: 'open', Priority: 0, Action: { Allow: {} }, Statement: {} })),
    guard(webAclType, 'Properties.DefaultAction', set({ Captcha: {} })),
    ...[...everywhere, scoped].flatMap((group) => [
      guard(webAclType, ofGroup(group, ''), remove),
      guard(webAclType, ofGroup(group, '.OverrideAction'), remove, replace({ Count: {} })),
      guard(webAclType, ofGroup(group, '.Statement.ManagedRuleGroupStatement.Name'), replace('AWSManagedRulesLinuxRuleSet')),
      guard(webAclType, ofGroup(group, '.Statement.ManagedRuleGroupStatement.VendorName'), replace('Somebody')),
      guard(webAclType, ofGroup(group, '.Statement.ManagedRuleGroupStatement.ScopeDownStatement'), set({ GeoMatchStatement: {} })),
    ]),
    ...[...everywhere.filter((group) => group !== core), scoped].map((group) =>
      guard(
        webAclType,
        ofGroup(group, '.Statement.ManagedRuleGroupStatement.RuleActionOverrides'),
        set([{ Name: 'X', ActionToUse: { Count: {} } }]),
      ),
    ),
    guard(webAclType, ofGroup(core, '.Statement.ManagedRuleGroupStatement.RuleActionOverrides.*.ActionToUse'), replace({ Allow: {} })),
    guard(webAclType, elsewherePaths, remove),
    guard(webAclType, pathsBelow(elsewherePaths, '.Action'), replace({ Count: {} })),
    guard(webAclType, pathsBelow(elsewherePaths, '.Priority'), replace(0)),
    guard(
      webAclType,
      pathsBelow(elsewherePaths, '.Statement'),
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
          Type: associationType,
          Properties: { ResourceArn: { Ref: beside.logicalId }, WebACLArn: 'arn:aws:wafv2:eu-west-3:x:regional/webacl/open/y' },
        },
      }),
    },
    {
      name: 'a public load balancer without a firewall',
      resources: { Balancer: { Type: balancerType, Properties: { Type: 'application', Scheme: 'internet-facing' } } },
    },
  ],
  reads: [
    ...['Rules', 'DefaultAction'].map((name) => ({ type: webAclType, path: `Properties.${name}` })),
    ...['Scheme', 'LoadBalancerAttributes'].map((name) => ({ type: balancerType, path: `Properties.${name}` })),
  ],
};

function associationFindings(balancer: Resource, assembly: Assembly): readonly Finding[] {
  const findings: Finding[] = [];
  if (!webAclBefore(balancer, assembly)) {
    const fix = 'Build WebFirewall before the load balancer.';
    findings.push(finding(balancer, 'none', '', 'an AWS::WAFv2::WebACLAssociation with a web ACL of the deployment', fix));
  }
  // A load balancer has one: which of two it has is decided by the order of deployment.
  const associated = assembly.ofType(associationType).filter((one) => assembly.refersTo(one.at('ResourceArn'), one, balancer));
  for (const { logicalId } of associated.slice(1)) {
    findings.push(finding(balancer, `second::${logicalId}`, logicalId, 'one web ACL alone', 'Remove the other association.'));
  }
  if (![undefined, 'false'].includes(attributeText(balancer, failOpen))) {
    const path = attributeOf(balancer, failOpen)?.path ?? '';
    findings.push(finding(balancer, 'fail-open', path, `${failOpen}: false`, 'Set wafFailOpen: false on the load balancer.'));
  }
  return findings;
}

/** An allowing rule ends the asking, so what comes after it is never asked. Groups of others are not known not to. */
function defaultFindings(acl: Resource): readonly Finding[] {
  const promised = [...everywhere, scoped].map((group) => groupRule(acl, group)?.path);
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
  const known = isObject(acl.at('DefaultAction.Allow')) || isObject(acl.at('DefaultAction.Block'));
  return [
    ...allowing.map(({ path }) =>
      finding(acl, `allow::${path}`, path, 'rules of its own, or of groups of AWS, that refuse or count', 'Narrow the rule that refuses.'),
    ),
    ...(known ? [] : [finding(acl, 'default', 'Properties.DefaultAction', 'Allow or Block', 'Set the default action.')]),
  ];
}

function groupFindings(acl: Resource): readonly Finding[] {
  return [...everywhere, scoped].flatMap((group) => {
    const rule = groupRule(acl, group);
    if (!rule) return [finding(acl, group, 'Properties.Rules', `a rule with the managed group ${group}`, 'Add the group.')];
    const statement = valueAt(rule.json, 'Statement.ManagedRuleGroupStatement');
    const object = (id: string, below: string, required: string) =>
      finding(acl, `${group}::${id}`, `${rule.path}.${below}`, required, 'Let the group refuse what it matches.');
    const scope = valueAt(statement, 'ScopeDownStatement');
    const overrides = listOf(valueAt(statement, 'RuleActionOverrides'));
    const inScope = scope === undefined || (group === scoped && onlyData(exceptPaths(scope)));
    const unchanged =
      group === core ? overrides.every((override) => isObject(valueAt(override, 'ActionToUse.Count'))) : overrides.length === 0;
    // A version that is named expires, and does not know what has come since.
    const current = ['ExcludedRules', 'Version'].every((name) => valueAt(statement, name) === undefined);
    return [
      ...(current ? [] : [object('version', 'Statement', 'the default version, with no rule excluded')]),
      ...(isObject(valueAt(rule.json, 'OverrideAction.None')) ? [] : [object('override', 'OverrideAction', 'None')]),
      ...(inScope ? [] : [object('scope', 'Statement', `every path but ${dataPaths.join(', ')} at most`)]),
      ...(unchanged ? [] : [object('rules', 'Statement', 'no rule of the group overridden, or, of the core rules, to Count')]),
    ];
  });
}

/** Core rules that only label on paths of data refuse everywhere else: by the rule that comes after the group. */
function coreElsewhere(acl: Resource): readonly Finding[] {
  const group = groupRule(acl, core);
  if (!group || listOf(valueAt(group.json, 'Statement.ManagedRuleGroupStatement.RuleActionOverrides')).length === 0) return [];
  const after = rulesOf(acl).filter(({ path }) => elsewherePaths(acl).includes(path));
  if (after.some((rule) => isRefusal(rule) && Number(rule.json.Priority) > Number(group.json.Priority))) return [];
  const required = `a rule after the group that refuses what ${coreLabels} labelled on every path but ${dataPaths.join(', ')}`;
  return [finding(acl, 'core-elsewhere', 'Properties.Rules', required, 'Let the rules refuse again where no data comes in.')];
}

function isElsewhere(statement: Json | undefined): boolean {
  const parts = listOf(valueAt(statement, 'AndStatement.Statements'));
  const labels = parts.filter(
    (part) => valueAt(part, 'LabelMatchStatement.Scope') === 'NAMESPACE' && valueAt(part, 'LabelMatchStatement.Key') === coreLabels,
  );
  return parts.length === 2 && labels.length === 1 && parts.some((part) => onlyData(exceptPaths(part)));
}

/** Every path has a rate rule: the paths that rules name, and one for all that they leave. */
function rateFindings(acl: Resource): readonly Finding[] {
  const scopes = rulesOf(acl)
    .filter((rule) => isRefusal(rule) && isRate(rule.json))
    .map(({ json }) => valueAt(json, 'Statement.RateBasedStatement.ScopeDownStatement'));
  if (scopes.includes(undefined)) return [];
  const named = scopes.flatMap((scope) => exactPaths(scope) ?? []);
  const left = scopes.map(exceptPaths).find((paths) => paths !== undefined);
  const uncovered = left === undefined ? ['all others'] : left.filter((path) => !named.includes(path));
  const fix = 'Add a rate rule for these paths.';
  return uncovered.map((path) => finding(acl, `rate::${path}`, 'Properties.Rules', `a rate rule for ${path}`, fix));
}

function isRate(rule: Json): boolean {
  const statement = valueAt(rule, 'Statement.RateBasedStatement');
  const limit = valueAt(statement, 'Limit');
  const byAddress = ['IP', 'FORWARDED_IP'].some((type) => type === valueAt(statement, 'AggregateKeyType'));
  return byAddress && typeof limit === 'number' && limit <= highestLimit;
}

const onlyData = (paths: readonly string[] | undefined): boolean => paths?.every((path) => dataPaths.includes(path)) ?? false;

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

function elsewherePaths(acl: Resource): readonly string[] {
  return rulesOf(acl)
    .filter(({ json }) => isElsewhere(json.Statement))
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

// TOM-6.6: in every VPC only known names resolve; what no rule allows is blocked, also when the firewall cannot answer.
import { type Assembly, isObject, type Json, listOf, type Resource } from '../assembly';
import { append, type Finding, finding, type Guard, guard, guardWhere, type Rule, remove, replace, set } from '../rule';

const association = 'AWS::Route53Resolver::FirewallRuleGroupAssociation';
const ruleGroup = 'AWS::Route53Resolver::FirewallRuleGroup';
const domainList = 'AWS::Route53Resolver::FirewallDomainList';
const firewallConfig = 'AWS::Route53Resolver::FirewallConfig';

export const dnsFirewall: Rule = {
  name: 'dns-firewall',
  requires: 'every VPC has a protected DNS firewall whose last rule blocks every name, and which fails closed',
  types: ['AWS::EC2::VPC'],
  check(vpc, assembly) {
    const found = assembly.ofType(association).find((candidate) => assembly.leadsTo(candidate.at('VpcId'), candidate, vpc));
    if (!found) return [finding(vpc, 'association', '', 'an associated DNS firewall rule group', 'Build DnsFirewall for the VPC.')];
    return [...associationFindings(found, assembly), ...failsOpen(vpc, assembly)];
  },
  guards: [
    guard(association, '', remove),
    guard(association, 'Properties.VpcId', remove, replace('vpc')),
    guard(association, 'Properties.FirewallRuleGroupId', remove, replace('rslvr-frg')),
    guard(association, 'Properties.MutationProtection', remove, replace('DISABLED')),
    guard(firewallConfig, '', remove),
    guard(firewallConfig, 'Properties.FirewallFailOpen', remove, replace('ENABLED'), replace('USE_LOCAL_RESOURCE_SETTING')),
    guard(firewallConfig, 'Properties.ResourceId', remove, replace('vpc')),
    guard(ruleGroup, '', remove),
    guard(ruleGroup, lastRule(''), remove),
    guard(ruleGroup, lastRule('.Action'), remove, replace('ALLOW'), replace('ALERT')),
    guard(ruleGroup, lastRule('.Priority'), remove, replace(1)),
    guard(ruleGroup, lastRule('.FirewallDomainListId'), remove, replace('rslvr-fdl')),
    guard(ruleGroup, lastRule('.Qtype'), set('A')),
    guard(ruleGroup, 'Properties.FirewallRules', append({ Action: 'ALLOW', Priority: 9000, FirewallDomainListId: 'rslvr-fdl' })),
    guardWhere(domainList, blocksEverything, 'Properties.Domains', remove, replace(['example.org'])),
    guardWhere(domainList, (list) => !blocksEverything(list), 'Properties.Domains', append('*'), append('*.'), append('*.com')),
  ],
  consults: [{ type: ruleGroup, path: 'Properties.FirewallRules' }],
};

function associationFindings(found: Resource, assembly: Assembly): readonly Finding[] {
  const findings: Finding[] = [];
  const { logicalId } = found;
  if (found.at('MutationProtection') !== 'ENABLED') {
    const fix = 'Set mutationProtection: ENABLED on the association.';
    findings.push({
      ...finding(found, 'protection', 'Properties.MutationProtection', 'ENABLED', fix),
      path: `${logicalId}.MutationProtection`,
    });
  }
  const group = assembly.target(found.at('FirewallRuleGroupId'), found.stack);
  const rules = group?.type === ruleGroup ? inOrder(group) : [];
  if (!group || !endsInBlockAll(rules, group, assembly)) {
    const fix = 'End the rule group with a rule that blocks a domain list of "*".';
    findings.push({
      id: 'block-all',
      path: group?.logicalId ?? logicalId,
      found: rules.at(-1),
      required: 'a last rule that blocks every name',
      fix,
    });
  }
  for (const rule of group ? rules : []) {
    const wide = rule.Action === 'BLOCK' ? undefined : wideName(rule, group as Resource, assembly);
    if (wide === undefined) continue;
    const fix = 'List the names that servers need.';
    findings.push({
      id: `wide::${wide}`,
      path: (group as Resource).logicalId,
      found: wide,
      required: 'no rule that admits a whole top-level domain',
      fix,
    });
  }
  return findings;
}

type FirewallRule = { readonly [key: string]: Json };

/** The rules of a group in the order in which they are asked. One without a priority cannot be placed, so it counts as first. */
function inOrder(group: Resource): readonly FirewallRule[] {
  const priority = (rule: FirewallRule): number => (typeof rule.Priority === 'number' ? rule.Priority : Number.NEGATIVE_INFINITY);
  return listOf(group.at('FirewallRules'))
    .filter(isObject)
    .toSorted((a, b) => priority(a) - priority(b));
}

function endsInBlockAll(rules: readonly FirewallRule[], group: Resource, assembly: Assembly): boolean {
  const last = rules.at(-1);
  return last?.Action === 'BLOCK' && last.Qtype === undefined && domainsOf(last, group, assembly).includes('*');
}

function domainsOf(rule: FirewallRule, group: Resource, assembly: Assembly): readonly Json[] {
  const list = assembly.target(rule.FirewallDomainListId, group.stack);
  return list?.type === domainList ? listOf(list.at('Domains')) : [];
}

/** A name of a rule that stands for everything, or for everything below one label. */
function wideName(rule: FirewallRule, group: Resource, assembly: Assembly): string | undefined {
  return domainsOf(rule, group, assembly)
    .map((name) => (typeof name === 'string' ? name : '?'))
    .find((name) => /^[*?.]+$/.test(name) || /^\*\.[^.]+\.?$/.test(name));
}

function failsOpen(vpc: Resource, assembly: Assembly): readonly Finding[] {
  const config = assembly.ofType(firewallConfig).find((candidate) => assembly.leadsTo(candidate.at('ResourceId'), candidate, vpc));
  if (config?.at('FirewallFailOpen') === 'DISABLED') return [];
  const fix = 'Set firewallFailOpen: DISABLED for the VPC.';
  return [{ id: 'fail-open', path: config?.logicalId ?? '', found: config?.at('FirewallFailOpen'), required: 'DISABLED', fix }];
}

function lastRule(below: string): Exclude<Guard['path'], string> {
  return (group) => {
    const last = inOrder(group).at(-1);
    const index = listOf(group.at('FirewallRules')).indexOf(last as Json);
    return index < 0 ? [] : [`Properties.FirewallRules.${index}${below}`];
  };
}

function blocksEverything(list: Resource): boolean {
  return listOf(list.at('Domains')).includes('*');
}

// TOM-6.6: in every VPC only named domains resolve; all others are blocked, also if the DNS firewall is unavailable.

import { append, type Finding, finding, type Guard, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource } from '../../template/assembly';
import { containsStackResources, isOpenToUntrustedNames } from '../../template/domains';
import { dnsAssociationType, dnsFirewallConfigType, dnsRuleGroupType, domainListType, vpcType } from '../../template/resource-types';
import { unfilteredNames } from './dns-firewall-bypasses';

/** The VPC property of each type. */
const vpcOf: Readonly<Record<string, string>> = { [dnsAssociationType]: 'VpcId', [dnsFirewallConfigType]: 'ResourceId' };

export const dnsFirewall: Rule = {
  name: 'dns-firewall',
  requires: 'every VPC has a DNS firewall that fails closed, admits named domains only and blocks every other name',
  types: [vpcType, dnsAssociationType, dnsFirewallConfigType],
  check(resource, assembly) {
    if (resource.type !== vpcType) return vpcReferenceFindings(resource, assembly);
    const associations = assembly.ofType(dnsAssociationType).filter((candidate) => isOf(resource, candidate, assembly));
    if (associations.length === 0)
      return [finding(resource, 'association', '', 'an associated DNS firewall rule group', 'Create DnsFirewall for the VPC.')];
    return [...ruleFindings(associations, assembly), ...failOpenFindings(resource, assembly)];
  },
  guards: [
    guard(dnsAssociationType, '', remove),
    guard(dnsAssociationType, 'Properties.VpcId', remove, replace('vpc')),
    guard(dnsAssociationType, 'Properties.FirewallRuleGroupId', remove, replace('rslvr-frg')),
    guard(dnsFirewallConfigType, '', remove),
    guard(dnsFirewallConfigType, 'Properties.FirewallFailOpen', remove, replace('ENABLED'), replace('USE_LOCAL_RESOURCE_SETTING')),
    guard(dnsFirewallConfigType, 'Properties.ResourceId', remove, replace('vpc')),
    guard(dnsRuleGroupType, '', remove),
    guard(dnsRuleGroupType, lastRule(''), remove),
    guard(dnsRuleGroupType, lastRule('.Action'), remove, replace('ALLOW'), replace('ALERT')),
    guard(dnsRuleGroupType, lastRule('.Priority'), remove, replace(1)),
    guard(dnsRuleGroupType, lastRule('.FirewallDomainListId'), remove, replace('rslvr-fdl')),
    guard(dnsRuleGroupType, lastRule('.Qtype'), set('A')),
    guard(dnsRuleGroupType, admittingRules('.FirewallDomainListId'), remove, replace('rslvr-fdl')),
    guard(dnsRuleGroupType, 'Properties.FirewallRules', append({ Action: 'ALLOW', Priority: 9000, FirewallDomainListId: 'rslvr-fdl' })),
    guardWhere(domainListType, blocksEverything, 'Properties.Domains', remove, replace(['example.org'])),
    guardWhere(
      domainListType,
      (list) => !blocksEverything(list),
      'Properties.Domains',
      ...['*', '*.', '*.com', '*.co.uk', '*.amazonaws.com', '*.github.io', '*example.org'].map(append),
    ),
    guardWhere(domainListType, (list) => !blocksEverything(list), 'Properties.DomainFileUrl', set('s3://bucket/names')),
  ],
  bypasses: unfilteredNames,
  reads: [
    { type: dnsRuleGroupType, path: 'Properties.FirewallRules' },
    { type: dnsAssociationType, path: 'Properties.Priority' },
  ],
};

function isOf(vpc: Resource, candidate: Resource, assembly: Assembly): boolean {
  return assembly.refersTo(candidate.at(vpcOf[candidate.type] ?? ''), candidate, vpc);
}

/** An unresolvable VPC may be a VPC of the deployment. */
function vpcReferenceFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  const path = vpcOf[resource.type] ?? '';
  if (assembly.target(resource.at(path), resource.stack)?.type === vpcType) return [];
  return [finding(resource, 'vpc', `Properties.${path}`, 'a VPC of the deployment', 'Refer to the VPC with Ref.')];
}

interface FirewallRule {
  readonly group: Resource;
  readonly json: { readonly [key: string]: Json };
}

/** The rules of all groups are evaluated in the order of the associations until one matches. */
function ruleFindings(associations: readonly Resource[], assembly: Assembly): readonly Finding[] {
  const groups = inOrder(associations, (found) => found.at('Priority')).map((found) => ({
    found,
    group: assembly.target(found.at('FirewallRuleGroupId'), found.stack),
  }));
  const unknown = groups
    .filter(({ group }) => group?.type !== dnsRuleGroupType)
    .map(({ found }) => ({
      id: `group::${found.logicalId}`,
      path: found.logicalId,
      found: found.at('FirewallRuleGroupId'),
      required: 'a rule group of the deployment',
      fix: 'Refer to a rule group of the template.',
    }));
  const rules = groups.flatMap(({ group }) => (group?.type === dnsRuleGroupType ? rulesOf(group) : []));
  const last = rules.at(-1);
  const open: Finding[] =
    last && blocksAll(last, assembly)
      ? []
      : [
          {
            id: 'block-all',
            path: (last?.group ?? associations[0])?.logicalId ?? '',
            found: last?.json,
            required: 'a last rule that blocks every name',
            fix: 'End the last rule group with a rule that blocks a domain list of "*".',
          },
        ];
  return [...unknown, ...open, ...rules.flatMap((rule) => wideNameFindings(rule, assembly))];
}

/** The rules of a group in the order of their evaluation. */
function rulesOf(group: Resource): readonly FirewallRule[] {
  const rules = listOf(group.at('FirewallRules')).map((json) => ({ group, json: isObject(json) ? json : {} }));
  return inOrder(rules, ({ json }) => json.Priority);
}

/** An element without a priority counts as first. */
function inOrder<T>(elements: readonly T[], priorityOf: (element: T) => Json | undefined): readonly T[] {
  const priority = (element: T): number => {
    const found = priorityOf(element);
    return typeof found === 'number' ? found : Number.NEGATIVE_INFINITY;
  };
  return elements.toSorted((a, b) => priority(a) - priority(b));
}

function blocksAll(rule: FirewallRule, assembly: Assembly): boolean {
  return rule.json.Action === 'BLOCK' && rule.json.Qtype === undefined && domainsOf(rule, assembly).includes('*');
}

/** The domain names of a rule. A list outside the template or from a file may contain any name. */
function domainsOf({ json, group }: FirewallRule, assembly: Assembly): readonly Json[] {
  const list = assembly.target(json.FirewallDomainListId, group.stack);
  return list?.type === domainListType && list.at('DomainFileUrl') === undefined ? listOf(list.at('Domains')) : ['?'];
}

/** The first name of an allowing rule that includes names of untrusted owners. */
function wideNameFindings(rule: FirewallRule, assembly: Assembly): readonly Finding[] {
  if (rule.json.Action === 'BLOCK') return [];
  const names = domainsOf(rule, assembly).map((name) => (typeof name === 'string' ? name : '?'));
  const wide = names.find((name) => isWide(name, assembly.facts.region));
  if (wide === undefined) return [];
  const required = 'no top-level domain, and no domain whose owner assigns subdomains to customers';
  return [{ id: `wide::${wide}`, path: rule.group.logicalId, found: wide, required, fix: 'List the domain names that servers need.' }];
}

/** A leading `*.` matches every subdomain. A star in any other position counts as wide. */
function isWide(name: string, region: string): boolean {
  if (!name.startsWith('*.')) return /[*?]/.test(name) || !name.includes('.');
  const domain = name.slice(2);
  return isOpenToUntrustedNames(domain) && !containsStackResources(domain, region);
}

function failOpenFindings(vpc: Resource, assembly: Assembly): readonly Finding[] {
  const configs = assembly.ofType(dnsFirewallConfigType).filter((candidate) => isOf(vpc, candidate, assembly));
  const open = configs.find((config) => config.at('FirewallFailOpen') !== 'DISABLED');
  if (configs.length > 0 && !open) return [];
  const fix = 'Set firewallFailOpen: DISABLED for the VPC.';
  return [{ id: 'fail-open', path: open?.logicalId ?? '', found: open?.at('FirewallFailOpen'), required: 'DISABLED', fix }];
}

function lastRule(below: string): Exclude<Guard['path'], string> {
  return (group) => pathsOf(group, rulesOf(group).slice(-1), below);
}

function admittingRules(below: string): Exclude<Guard['path'], string> {
  return (group) =>
    pathsOf(
      group,
      rulesOf(group).filter(({ json }) => json.Action !== 'BLOCK'),
      below,
    );
}

function pathsOf(group: Resource, rules: readonly FirewallRule[], below: string): readonly string[] {
  const list = listOf(group.at('FirewallRules'));
  return rules.map(({ json }) => `Properties.FirewallRules.${list.indexOf(json)}${below}`);
}

function blocksEverything(list: Resource): boolean {
  return listOf(list.at('Domains')).includes('*');
}

// TOM-6.6: in every VPC only known names resolve; what no rule allows is blocked, also when the firewall cannot answer.

import { append, type Finding, finding, type Guard, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource } from '../../template/assembly';
import { hasNamesOfTheStack, isOpenToUntrustedNames } from '../../template/domains';
import { unfilteredNames } from './dns-firewall-bypasses';

const association = 'AWS::Route53Resolver::FirewallRuleGroupAssociation';
const ruleGroup = 'AWS::Route53Resolver::FirewallRuleGroup';
const domainList = 'AWS::Route53Resolver::FirewallDomainList';
const firewallConfig = 'AWS::Route53Resolver::FirewallConfig';

/** The property of each that says for which VPC it is. */
const vpcOf: Readonly<Record<string, string>> = { [association]: 'VpcId', [firewallConfig]: 'ResourceId' };

export const dnsFirewall: Rule = {
  name: 'dns-firewall',
  requires: 'every VPC has a DNS firewall which fails closed, whose rules together admit known names alone and block every other',
  types: ['AWS::EC2::VPC', association, firewallConfig],
  check(resource, assembly) {
    if (resource.type !== 'AWS::EC2::VPC') return ofOther(resource, assembly);
    const associations = assembly.ofType(association).filter((candidate) => isOf(resource, candidate, assembly));
    if (associations.length === 0)
      return [finding(resource, 'association', '', 'an associated DNS firewall rule group', 'Build DnsFirewall for the VPC.')];
    return [...ruleFindings(associations, assembly), ...failsOpen(resource, assembly)];
  },
  guards: [
    guard(association, '', remove),
    guard(association, 'Properties.VpcId', remove, replace('vpc')),
    guard(association, 'Properties.FirewallRuleGroupId', remove, replace('rslvr-frg')),
    guard(firewallConfig, '', remove),
    guard(firewallConfig, 'Properties.FirewallFailOpen', remove, replace('ENABLED'), replace('USE_LOCAL_RESOURCE_SETTING')),
    guard(firewallConfig, 'Properties.ResourceId', remove, replace('vpc')),
    guard(ruleGroup, '', remove),
    guard(ruleGroup, lastRule(''), remove),
    guard(ruleGroup, lastRule('.Action'), remove, replace('ALLOW'), replace('ALERT')),
    guard(ruleGroup, lastRule('.Priority'), remove, replace(1)),
    guard(ruleGroup, lastRule('.FirewallDomainListId'), remove, replace('rslvr-fdl')),
    guard(ruleGroup, lastRule('.Qtype'), set('A')),
    guard(ruleGroup, admittingRules('.FirewallDomainListId'), remove, replace('rslvr-fdl')),
    guard(ruleGroup, 'Properties.FirewallRules', append({ Action: 'ALLOW', Priority: 9000, FirewallDomainListId: 'rslvr-fdl' })),
    guardWhere(domainList, blocksEverything, 'Properties.Domains', remove, replace(['example.org'])),
    guardWhere(
      domainList,
      (list) => !blocksEverything(list),
      'Properties.Domains',
      ...['*', '*.', '*.com', '*.co.uk', '*.amazonaws.com', '*.github.io', '*example.org'].map(append),
    ),
    guardWhere(domainList, (list) => !blocksEverything(list), 'Properties.DomainFileUrl', set('s3://bucket/names')),
  ],
  bypasses: unfilteredNames,
  reads: [
    { type: ruleGroup, path: 'Properties.FirewallRules' },
    { type: association, path: 'Properties.Priority' },
  ],
};

function isOf(vpc: Resource, candidate: Resource, assembly: Assembly): boolean {
  return assembly.refersTo(candidate.at(vpcOf[candidate.type] ?? ''), candidate, vpc);
}

/** What could be for any VPC is for those here too. */
function ofOther(resource: Resource, assembly: Assembly): readonly Finding[] {
  const path = vpcOf[resource.type] ?? '';
  if (assembly.target(resource.at(path), resource.stack)?.type === 'AWS::EC2::VPC') return [];
  return [finding(resource, 'vpc', `Properties.${path}`, 'a VPC of the deployment', 'Refer to the VPC.')];
}

interface FirewallRule {
  readonly group: Resource;
  readonly json: { readonly [key: string]: Json };
}

/** The rules of all groups are asked one after the other, in the order of the associations, until one matches. */
function ruleFindings(associations: readonly Resource[], assembly: Assembly): readonly Finding[] {
  const groups = inOrder(associations, (found) => found.at('Priority')).map((found) => ({
    found,
    group: assembly.target(found.at('FirewallRuleGroupId'), found.stack),
  }));
  const unknown = groups
    .filter(({ group }) => group?.type !== ruleGroup)
    .map(({ found }) => ({
      id: `group::${found.logicalId}`,
      path: found.logicalId,
      found: found.at('FirewallRuleGroupId'),
      required: 'a rule group of the deployment',
      fix: 'Refer to a rule group whose rules stand in the template.',
    }));
  const rules = groups.flatMap(({ group }) => (group?.type === ruleGroup ? rulesOf(group) : []));
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
  return [...unknown, ...open, ...rules.flatMap((rule) => wideNames(rule, assembly))];
}

/** The rules of a group in the order in which they are asked. */
function rulesOf(group: Resource): readonly FirewallRule[] {
  const rules = listOf(group.at('FirewallRules')).map((json) => ({ group, json: isObject(json) ? json : {} }));
  return inOrder(rules, ({ json }) => json.Priority);
}

/** One without a priority cannot be placed, so it counts as first. */
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

/** The names that a rule is about. A list that is not in the template, or is read from a file, may be about any. */
function domainsOf({ json, group }: FirewallRule, assembly: Assembly): readonly Json[] {
  const list = assembly.target(json.FirewallDomainListId, group.stack);
  return list?.type === domainList && list.at('DomainFileUrl') === undefined ? listOf(list.at('Domains')) : ['?'];
}

/** The first name of a rule that lets pass which stands for names of strangers. */
function wideNames(rule: FirewallRule, assembly: Assembly): readonly Finding[] {
  if (rule.json.Action === 'BLOCK') return [];
  const names = domainsOf(rule, assembly).map((name) => (typeof name === 'string' ? name : '?'));
  const wide = names.find((name) => isWide(name, assembly.facts.region));
  if (wide === undefined) return [];
  const required = 'no rule that admits names of strangers: a top-level domain, or one whose owner hands out names below it';
  return [{ id: `wide::${wide}`, path: rule.group.logicalId, found: wide, required, fix: 'List the names that servers need.' }];
}

/** A star stands for everything below the rest; anywhere else it cannot be told what it stands for. */
function isWide(name: string, region: string): boolean {
  if (!name.startsWith('*.')) return /[*?]/.test(name) || !name.includes('.');
  const domain = name.slice(2);
  return isOpenToUntrustedNames(domain) && !hasNamesOfTheStack(domain, region);
}

function failsOpen(vpc: Resource, assembly: Assembly): readonly Finding[] {
  const configs = assembly.ofType(firewallConfig).filter((candidate) => isOf(vpc, candidate, assembly));
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

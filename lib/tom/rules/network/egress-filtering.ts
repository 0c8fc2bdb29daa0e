// TOM-6.6: outbound traffic and its responses pass a firewall that allows listed domains and drops everything else.

import { append, type Finding, finding, guard, guardWhere, type Rule, remove, replace, set, type Verdict } from '../../rule';
import { strayRoutes } from '../../template/allowed-routes';
import { type Assembly, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { isOpenToUntrustedNames } from '../../template/domains';
import { firewallType, natGatewayType, routeTableAssociationType, routeType, subnetType } from '../../template/resource-types';
import { defaultRoutes, leavingTiers, type Route, type Subnet, subnetOf, subnetOfTarget, subnetsOf } from '../../template/topology';
import { firewallBypasses } from './egress-filtering-bypasses';

const policy = 'AWS::NetworkFirewall::FirewallPolicy';
const ruleGroup = 'AWS::NetworkFirewall::RuleGroup';

const protections = ['DeleteProtection', 'SubnetChangeProtection', 'FirewallPolicyChangeProtection'];
const forward = ['aws:forward_to_sfe'];
/**
 * Pairs of default actions; a policy has exactly one pair: drop traffic that no rule allows, and log it. Both pairs
 * wait for the name, also if a TLS client hello spans two segments; the second pair drops traffic from clients only.
 * Network Firewall rejects them in combination with `aws:drop_established`. ("Managing evaluation order for Suricata
 * compatible rules", strict order)
 */
const defaultActions = ['app_layer', 'app_layer_to_server'].map((layer) => [
  `aws:alert_established_${layer}`,
  `aws:drop_established_${layer}`,
]);
const inspectedNames = ['TLS_SNI', 'HTTP_HOST'];

export const egressFiltering: Rule = {
  name: 'egress-filtering',
  requires: 'outbound traffic passes a protected network firewall that drops all but listed domains; databases have no outbound route',
  types: [subnetType, firewallType, policy, ruleGroup],
  check(resource, assembly) {
    if (resource.type === subnetType) return subnetVerdict(resource, assembly);
    if (resource.type === firewallType) return firewallFindings(resource, assembly);
    return resource.type === policy ? policyFindings(resource, assembly) : listFindings(resource);
  },
  guards: [
    guardWhere(routeType, isToFirewall, '', remove),
    guardWhere(routeType, isToFirewall, 'Properties.VpcEndpointId', remove, replace('vpce')),
    guardWhere(routeType, isToFirewall, 'Properties.DestinationCidrBlock', remove, replace('10.0.0.0/8')),
    guardWhere(routeType, isToFirewall, 'Properties.RouteTableId', remove, replace('rtb')),
    guardWhere(subnetType, leavesThroughFirewall, 'Properties.AvailabilityZone', remove, replace('eu-west-3z')),
    guard(firewallType, '', remove),
    guard(firewallType, 'Properties.FirewallPolicyArn', remove, replace('arn:aws:network-firewall:policy')),
    ...protections.map((name) => guardWhere(firewallType, isInProduction, `Properties.${name}`, remove, replace(false))),
    guard(policy, '', remove),
    ...['StatelessDefaultActions', 'StatelessFragmentDefaultActions'].map((name) =>
      guard(policy, `Properties.FirewallPolicy.${name}`, remove, replace(['aws:pass']), append('aws:pass')),
    ),
    guard(
      policy,
      'Properties.FirewallPolicy.StatefulDefaultActions',
      remove,
      replace(['aws:drop_established_app_layer']),
      replace(['aws:alert_established_app_layer']),
      replace(['aws:drop_established', 'aws:alert_established']),
      replace(['aws:drop_strict', 'aws:alert_strict']),
      replace(['aws:drop_established_app_layer', 'aws:alert_established_app_layer_to_server']),
      append('aws:drop_established'),
      append('aws:alert_strict'),
    ),
    guard(policy, 'Properties.FirewallPolicy.StatefulEngineOptions.RuleOrder', remove, replace('DEFAULT_ACTION_ORDER')),
    guard(policy, 'Properties.FirewallPolicy.StatefulEngineOptions.StreamExceptionPolicy', replace('CONTINUE')),
    guard(policy, 'Properties.FirewallPolicy.StatefulRuleGroupReferences', remove, append({ ResourceArn: 'arn:other', Priority: 1 })),
    guard(policy, 'Properties.FirewallPolicy.StatelessRuleGroupReferences', set([{ ResourceArn: 'arn:other', Priority: 1 }])),
    guard(ruleGroup, '', remove),
    guard(ruleGroup, 'Properties.RuleGroup.RulesSource.RulesSourceList.GeneratedRulesType', remove, replace('DENYLIST')),
    guard(ruleGroup, 'Properties.RuleGroup.RulesSource.RulesSourceList.TargetTypes', remove),
    guard(
      ruleGroup,
      'Properties.RuleGroup.RulesSource.RulesSourceList.Targets',
      remove,
      replace([]),
      append('.com'),
      append('.'),
      append('.co.uk'),
    ),
    guard(ruleGroup, 'Properties.RuleGroup.RulesSource.RulesString', set('pass ip any any -> any any (sid:1;)')),
    guard(ruleGroup, 'Properties.RuleGroup.RulesSource.StatefulRules', set([{ Action: 'PASS' }])),
    guard(ruleGroup, 'Properties.RuleGroup.RulesSource.StatelessRulesAndCustomActions', set({ StatelessRules: [] })),
    guard(ruleGroup, 'Properties.RuleGroup.StatefulRuleOptions.RuleOrder', remove, replace('DEFAULT_ACTION_ORDER')),
  ],
  bypasses: firewallBypasses,
  reads: [
    // The rule egress-per-zone checks the routes to and from the firewall of each zone.
    ...['DestinationIpv6CidrBlock', 'EgressOnlyInternetGatewayId', 'GatewayId', 'NatGatewayId'].map((name) => ({
      type: routeType,
      path: `Properties.${name}`,
    })),
    ...['CidrBlock', 'Tags'].map((name) => ({ type: subnetType, path: `Properties.${name}` })),
    ...['RouteTableId', 'SubnetId'].map((name) => ({ type: routeTableAssociationType, path: `Properties.${name}` })),
    { type: natGatewayType, path: 'Properties.SubnetId' },
    { type: firewallType, path: 'Properties.SubnetMappings' },
  ],
};

/**
 * Every route has a destination that its tier allows. Outbound traffic of servers and its responses pass a firewall.
 */
function subnetVerdict(resource: Resource, assembly: Assembly): Verdict {
  const from = subnetOf(resource, assembly);
  if (!from) return 'not-applicable';
  const fix = 'Route the subnet through the firewall of its zone (network.firewall: true).';
  const strays = strayRoutes(from, assembly).map(({ route: { resource: stray }, required }) => ({
    id: `route::${stray.logicalId}`,
    path: stray.logicalId,
    found: stray.properties,
    required,
    fix,
  }));
  if (strays.length > 0 || !leavingTiers.includes(from.tier)) return strays;
  const [out] = defaultRoutes(from);
  if (out) return returnRouteFindings(out, resource, assembly);
  const required = 'a default route to the firewall of the zone';
  return [{ id: 'firewall', path: 'its route table', found: undefined, required, fix }];
}

/** The subnet of the NAT gateway routes responses through the same firewall. */
function returnRouteFindings(out: Route, resource: Resource, assembly: Assembly): readonly Finding[] {
  const nat = natBehind(out.target, assembly);
  if (
    nat?.routes?.some((back) => back.target === out.target && isRangeOf(back.resource.at('DestinationCidrBlock'), back, resource, assembly))
  )
    return [];
  const back = `a route from the subnet of the NAT gateway to ${resource.logicalId} through the same firewall`;
  return [
    {
      id: 'back',
      path: nat?.resource.logicalId ?? '',
      found: undefined,
      required: back,
      fix: 'Route responses through the firewall, which must inspect both directions.',
    },
  ];
}

/** Whether a destination is the whole range of a subnet, by reference or as the same text. */
function isRangeOf(destination: Json | undefined, { resource }: Route, subnetResource: Resource, assembly: Assembly): boolean {
  if (destination === undefined) return false;
  return destination === subnetResource.at('CidrBlock') || assembly.refersTo(destination, resource, subnetResource);
}

/** The subnet of the NAT gateway to which a firewall routes. */
function natBehind(target: Resource | undefined, assembly: Assembly): Subnet | undefined {
  const between = subnetOfTarget(target, assembly);
  const next = between && defaultRoutes(between).find(({ targetType }) => targetType === 'nat');
  return subnetOfTarget(next?.target, assembly);
}

function firewallFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  const findings: Finding[] = [];
  if (assembly.target(resource.at('FirewallPolicyArn'), resource.stack)?.type !== policy) {
    findings.push(
      finding(resource, 'policy', 'Properties.FirewallPolicyArn', 'a policy of the deployment', 'Refer to the firewall policy.'),
    );
  }
  // Outside production a deployment can remove the firewall, which protection would prevent.
  if (!isInProduction(resource, assembly)) return findings;
  const open = protections.filter((name) => resource.at(name) !== true);
  return [...findings, ...open.map((name) => finding(resource, name, `Properties.${name}`, 'true', `Set ${name} on the firewall.`))];
}

function policyFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  const at = (path: string): Json | undefined => resource.at(`FirewallPolicy.${path}`);
  const objection = (path: string, required: string, fix: string) =>
    finding(resource, path, `Properties.FirewallPolicy.${path}`, required, fix);
  const findings: Finding[] = [];
  for (const path of ['StatelessDefaultActions', 'StatelessFragmentDefaultActions']) {
    if (JSON.stringify(at(path)) === JSON.stringify(forward)) continue;
    findings.push(objection(path, forward.join(), 'Forward every packet to the stateful rules.'));
  }
  if (listOf(at('StatelessRuleGroupReferences')).length > 0) {
    findings.push(
      objection(
        'StatelessRuleGroupReferences',
        'none',
        'Replace stateless rules, which can pass uninspected traffic, with stateful rules.',
      ),
    );
  }
  const actions = listOf(at('StatefulDefaultActions')).map(String).toSorted().join();
  if (!defaultActions.some((pair) => pair.join() === actions)) {
    const required = defaultActions.map((pair) => pair.join(' and ')).join(', or ');
    findings.push(objection('StatefulDefaultActions', required, 'Drop and log traffic that no rule allows, after its name is inspected.'));
  }
  if (at('StatefulEngineOptions.RuleOrder') !== 'STRICT_ORDER') {
    findings.push(objection('StatefulEngineOptions.RuleOrder', 'STRICT_ORDER', 'Evaluate the rules in strict order.'));
  }
  const exception = at('StatefulEngineOptions.StreamExceptionPolicy');
  if (![undefined, 'DROP', 'REJECT'].some((allowed) => allowed === exception)) {
    findings.push(
      objection('StatefulEngineOptions.StreamExceptionPolicy', 'DROP or REJECT', 'Drop traffic whose connection state is lost.'),
    );
  }
  const groups = listOf(at('StatefulRuleGroupReferences'));
  if (groups.length === 0 || !groups.every((group) => assembly.target(valueAt(group, 'ResourceArn'), resource.stack)?.type === ruleGroup)) {
    findings.push(objection('StatefulRuleGroupReferences', 'rule groups of the deployment', 'Refer to the rule group of allowed domains.'));
  }
  return findings;
}

function listFindings(resource: Resource): readonly Finding[] {
  const list = 'RuleGroup.RulesSource.RulesSourceList';
  const objection = (path: string, required: string, fix: string) => finding(resource, path, `Properties.${path}`, required, fix);
  const findings: Finding[] = [];
  if (resource.at(`${list}.GeneratedRulesType`) !== 'ALLOWLIST') {
    findings.push(objection(`${list}.GeneratedRulesType`, 'ALLOWLIST', 'List the allowed domains.'));
  }
  const kinds = listOf(resource.at(`${list}.TargetTypes`));
  if (kinds.length === 0 || !kinds.every((kind) => inspectedNames.some((name) => name === kind))) {
    findings.push(objection(`${list}.TargetTypes`, inspectedNames.join(' and '), 'Inspect the names of TLS and HTTP.'));
  }
  const targets = listOf(resource.at(`${list}.Targets`));
  const broad = targets.filter((target) => typeof target !== 'string' || admitsUntrustedNames(target));
  if (targets.length === 0 || broad.length > 0) {
    findings.push(
      objection(
        `${list}.Targets`,
        'hosts, and domains of one owner, without wildcards',
        'List each host; a leading dot allows all subdomains, which must belong to one owner.',
      ),
    );
  }
  for (const other of ['RulesString', 'StatefulRules', 'StatelessRulesAndCustomActions']) {
    const path = `RuleGroup.RulesSource.${other}`;
    if (resource.at(path) !== undefined)
      findings.push(objection(path, 'none', 'Replace free rules, which can allow any traffic, with listed domains.'));
  }
  if (resource.at('RuleGroup.StatefulRuleOptions.RuleOrder') !== 'STRICT_ORDER') {
    findings.push(objection('RuleGroup.StatefulRuleOptions.RuleOrder', 'STRICT_ORDER', 'Evaluate the rules in strict order.'));
  }
  return findings;
}

/** A leading dot allows all subdomains. */
function admitsUntrustedNames(target: string): boolean {
  if (target.startsWith('.')) return isOpenToUntrustedNames(target.slice(1));
  return !/^[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/i.test(target);
}

function leavesThroughFirewall(resource: Resource, assembly: Assembly): boolean {
  return subnetOf(resource, assembly)?.routes?.some(({ targetType, isDefault }) => isDefault && targetType === 'firewall') ?? false;
}

function isInProduction(_: Resource, { facts }: Assembly): boolean {
  return facts.environment === 'production';
}

function isToFirewall(route: Resource, assembly: Assembly): boolean {
  return subnetsOf(assembly).some(({ routes }) =>
    routes?.some(({ resource, targetType }) => resource === route && targetType === 'firewall'),
  );
}

// TOM-6.6: what leaves passes a firewall, there and back, that lets listed domains pass and drops everything else.

import { append, type Finding, finding, guard, guardWhere, type Rule, remove, replace, set, type Verdict } from '../../rule';
import { strayRoutes } from '../../template/allowed-routes';
import { type Assembly, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { isOpenToUntrustedNames } from '../../template/domains';
import { defaultRoutes, leavingTiers, type Route, type Subnet, subnetOf, subnetOfTarget, subnetsOf } from '../../template/topology';
import { pastTheFirewall } from './egress-filtering-bypasses';

const firewall = 'AWS::NetworkFirewall::Firewall';
const policy = 'AWS::NetworkFirewall::FirewallPolicy';
const ruleGroup = 'AWS::NetworkFirewall::RuleGroup';

const protections = ['DeleteProtection', 'SubnetChangeProtection', 'FirewallPolicyChangeProtection'];
const forward = ['aws:forward_to_sfe'];
/** Actions that drop what no rule lets pass ("Strict evaluation order", Action order and default actions). */
const drops = ['aws:drop_strict', 'aws:drop_established'];
const names = ['TLS_SNI', 'HTTP_HOST'];

export const egressFiltering: Rule = {
  name: 'egress-filtering',
  requires:
    'whatever leaves, for any part of the world, passes a protected network firewall that drops all but listed domains; databases never leave',
  types: ['AWS::EC2::Subnet', firewall, policy, ruleGroup],
  check(resource, assembly) {
    if (resource.type === 'AWS::EC2::Subnet') return subnetVerdict(resource, assembly);
    if (resource.type === firewall) return firewallFindings(resource, assembly);
    return resource.type === policy ? policyFindings(resource, assembly) : listFindings(resource);
  },
  guards: [
    guardWhere('AWS::EC2::Route', toFirewall, '', remove),
    guardWhere('AWS::EC2::Route', toFirewall, 'Properties.VpcEndpointId', remove, replace('vpce')),
    guardWhere('AWS::EC2::Route', toFirewall, 'Properties.DestinationCidrBlock', remove, replace('10.0.0.0/8')),
    guardWhere('AWS::EC2::Route', toFirewall, 'Properties.RouteTableId', remove, replace('rtb')),
    guardWhere('AWS::EC2::Subnet', leavesThroughFirewall, 'Properties.AvailabilityZone', remove, replace('eu-west-3z')),
    guard(firewall, '', remove),
    guard(firewall, 'Properties.FirewallPolicyArn', remove, replace('arn:aws:network-firewall:policy')),
    ...protections.map((name) => guardWhere(firewall, inProduction, `Properties.${name}`, remove, replace(false))),
    guard(policy, '', remove),
    ...['StatelessDefaultActions', 'StatelessFragmentDefaultActions'].map((name) =>
      guard(policy, `Properties.FirewallPolicy.${name}`, remove, replace(['aws:pass']), append('aws:pass')),
    ),
    guard(policy, 'Properties.FirewallPolicy.StatefulDefaultActions', remove, replace(['aws:alert_established'])),
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
  bypasses: pastTheFirewall,
  reads: [
    // The way to and from the firewall, zone by zone, is the rule egress-per-zone.
    ...['DestinationIpv6CidrBlock', 'EgressOnlyInternetGatewayId', 'GatewayId', 'NatGatewayId'].map((name) => ({
      type: 'AWS::EC2::Route',
      path: `Properties.${name}`,
    })),
    ...['CidrBlock', 'Tags'].map((name) => ({ type: 'AWS::EC2::Subnet', path: `Properties.${name}` })),
    ...['RouteTableId', 'SubnetId'].map((name) => ({ type: 'AWS::EC2::SubnetRouteTableAssociation', path: `Properties.${name}` })),
    { type: 'AWS::EC2::NatGateway', path: 'Properties.SubnetId' },
    { type: firewall, path: 'Properties.SubnetMappings' },
  ],
};

/** Every route leads where its tier may go, and that of servers to a firewall, through which the answers come back. */
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
  if (out) return answersOf(out, resource, assembly);
  const required = 'a default route to the firewall of the zone';
  return [{ id: 'firewall', path: 'its route table', found: undefined, required, fix }];
}

/** The subnet of the NAT gateway sends answers back through the same firewall. */
function answersOf(out: Route, resource: Resource, assembly: Assembly): readonly Finding[] {
  const nat = natBehind(out.target, assembly);
  if (nat?.routes?.some((back) => back.target === out.target && isFor(back.resource.at('DestinationCidrBlock'), back, resource, assembly)))
    return [];
  const back = `a route from the subnet of the NAT gateway to ${resource.logicalId} through the same firewall`;
  return [
    {
      id: 'back',
      path: nat?.resource.logicalId ?? '',
      found: undefined,
      required: back,
      fix: 'Lead answers back through the firewall, which must see both directions.',
    },
  ];
}

/** Whether a destination is the whole range of a subnet, by reference or written out as the subnet has it. */
function isFor(destination: Json | undefined, { resource }: Route, subnetResource: Resource, assembly: Assembly): boolean {
  if (destination === undefined) return false;
  return destination === subnetResource.at('CidrBlock') || assembly.refersTo(destination, resource, subnetResource);
}

/** The subnet of the NAT gateway that a firewall sends to. */
function natBehind(target: Resource | undefined, assembly: Assembly): Subnet | undefined {
  const between = subnetOfTarget(target, assembly);
  const next = between && defaultRoutes(between).find(({ targetType }) => targetType === 'nat');
  return subnetOfTarget(next?.target, assembly);
}

function firewallFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  const findings: Finding[] = [];
  if (assembly.target(resource.at('FirewallPolicyArn'), resource.stack)?.type !== policy) {
    findings.push(
      finding(resource, 'policy', 'Properties.FirewallPolicyArn', 'a policy of the deployment', 'Give the firewall its policy.'),
    );
  }
  // Outside production the firewall can be switched off, which a protected one would stop.
  if (!inProduction(resource, assembly)) return findings;
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
    findings.push(objection('StatelessRuleGroupReferences', 'none', 'Stateless rules could let traffic pass unseen; use stateful ones.'));
  }
  if (!listOf(at('StatefulDefaultActions')).some((action) => drops.some((drop) => drop === action))) {
    findings.push(objection('StatefulDefaultActions', drops.join(' or '), 'Drop what no rule lets pass.'));
  }
  if (at('StatefulEngineOptions.RuleOrder') !== 'STRICT_ORDER') {
    findings.push(objection('StatefulEngineOptions.RuleOrder', 'STRICT_ORDER', 'Evaluate the rules in strict order.'));
  }
  const exception = at('StatefulEngineOptions.StreamExceptionPolicy');
  if (![undefined, 'DROP', 'REJECT'].some((allowed) => allowed === exception)) {
    findings.push(objection('StatefulEngineOptions.StreamExceptionPolicy', 'DROP or REJECT', 'Drop what the engine lost track of.'));
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
    findings.push(objection(`${list}.GeneratedRulesType`, 'ALLOWLIST', 'List the domains that may be reached.'));
  }
  const kinds = listOf(resource.at(`${list}.TargetTypes`));
  if (kinds.length === 0 || !kinds.every((kind) => names.some((name) => name === kind))) {
    findings.push(objection(`${list}.TargetTypes`, names.join(' and '), 'Look at the names of TLS and HTTP.'));
  }
  const targets = listOf(resource.at(`${list}.Targets`));
  const wide = targets.filter((target) => typeof target !== 'string' || admitsUntrustedNames(target));
  if (targets.length === 0 || wide.length > 0) {
    findings.push(
      objection(
        `${list}.Targets`,
        'hosts, and domains of one owner, without wildcards',
        'Name each host; a leading dot admits all below a domain, so no strangers may have names there.',
      ),
    );
  }
  for (const other of ['RulesString', 'StatefulRules', 'StatelessRulesAndCustomActions']) {
    const path = `RuleGroup.RulesSource.${other}`;
    if (resource.at(path) !== undefined) findings.push(objection(path, 'none', 'Free rules can let anything pass; list domains instead.'));
  }
  if (resource.at('RuleGroup.StatefulRuleOptions.RuleOrder') !== 'STRICT_ORDER') {
    findings.push(objection('RuleGroup.StatefulRuleOptions.RuleOrder', 'STRICT_ORDER', 'Evaluate the rules in strict order.'));
  }
  return findings;
}

/** A leading dot admits all below a domain. */
function admitsUntrustedNames(target: string): boolean {
  if (target.startsWith('.')) return isOpenToUntrustedNames(target.slice(1));
  return !/^[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/i.test(target);
}

function leavesThroughFirewall(resource: Resource, assembly: Assembly): boolean {
  return subnetOf(resource, assembly)?.routes?.some(({ targetType, isDefault }) => isDefault && targetType === 'firewall') ?? false;
}

function inProduction(_: Resource, { facts }: Assembly): boolean {
  return facts.environment === 'production';
}

function toFirewall(route: Resource, assembly: Assembly): boolean {
  return subnetsOf(assembly).some(({ routes }) =>
    routes?.some(({ resource, targetType }) => resource === route && targetType === 'firewall'),
  );
}

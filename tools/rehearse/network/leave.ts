// The way to the internet: firewall of the zone, NAT gateway, internet gateway, and back.
import { listOf, valueAt } from '../../../lib/tom/template/assembly';
import { addressesOf, type End, everySourcePort, internetAddresses } from './ends';
import { aclCheck, attached, type Check, groupCheck, routeCheck, routeTo, step, tooBigCheck } from './layers';
import type { NetworkModel } from './model';
import { type Named, referenceIn } from './references';
import type { Subnet } from './rows';

/** Without firewalls (outside production), traffic goes to the NAT gateway directly. */
export function* leaveByFirewall(from: End, hosts: readonly string[], port: number, model: NetworkModel): Generator<Check> {
  const hasFirewall = model.resources.some(({ type }) => type === 'AWS::NetworkFirewall::Firewall');
  yield attached(model);
  for (const subnet of from.subnets) {
    for (const address of internetAddresses) {
      yield groupCheck(from, 'out', address, [], port, model);
      yield aclCheck(subnet, 'out', address, { from: port, to: port }, model);
      for (const ports of from.sourcePorts) yield aclCheck(subnet, 'in', address, ports, model);
      if (!hasFirewall) yield* passNat(from, subnet, subnet, undefined, address, port, model);
      else yield* passFirewall(from, subnet, hosts, address, port, model);
    }
  }
}

function* passFirewall(
  from: End,
  subnet: Subnet,
  hosts: readonly string[],
  address: string,
  port: number,
  model: NetworkModel,
): Generator<Check> {
  yield routeCheck(subnet, address, 'firewall', undefined, model);
  const route = routeTo(subnet, address, model);
  const firewall = typeof route === 'object' ? route.target : '';
  for (const host of hosts) yield domainCheck(firewall, host, model);
  const mapping = listOf(model.byName.get(firewall)?.properties.SubnetMappings)[0];
  const inside = model.subnets.find(({ name }) => name === referenceIn(valueAt(mapping, 'SubnetId')));
  yield () => step('network firewall', firewall, 'a subnet for its endpoint', inside?.name ?? 'no subnet', inside && [firewall]);
  if (!inside) return;
  yield* transit(from, subnet, inside, address, port, model);
  yield* passNat(from, subnet, inside, firewall, address, port, model);
}

/** Requests and responses through a subnet in between; both have the addresses of their ends. */
function* transit(from: End, origin: Subnet, between: Subnet, address: string, port: number, model: NetworkModel): Generator<Check> {
  for (const source of addressesOf(origin)) {
    yield aclCheck(between, 'in', source, { from: port, to: port }, model);
    yield aclCheck(between, 'out', address, { from: port, to: port }, model);
    for (const ports of from.sourcePorts) yield aclCheck(between, 'out', source, ports, model);
  }
}

/**
 * From the firewall, or without one from the origin, to the NAT gateway and the internet; responses to the same
 * firewall.
 */
function* passNat(
  from: End,
  origin: Subnet,
  before: Subnet,
  firewall: string | undefined,
  address: string,
  port: number,
  model: NetworkModel,
): Generator<Check> {
  yield routeCheck(before, address, 'NAT gateway', undefined, model);
  const route = routeTo(before, address, model);
  const gateway = model.byName.get(typeof route === 'object' ? route.target : '');
  const inside = model.subnets.find(({ name }) => name === referenceIn(gateway?.properties.SubnetId));
  const allocation = referenceIn(gateway?.properties.AllocationId);
  yield () =>
    step(
      'route',
      gateway?.name ?? 'NAT gateway',
      'a subnet and an address',
      inside && allocation ? inside.name : 'none',
      inside && allocation ? [gateway?.name as string, allocation] : undefined,
    );
  if (!inside) return;
  yield* transit(from, origin, inside, address, port, model);
  yield routeCheck(inside, address, 'internet gateway', undefined, model);
  // The NAT gateway opens the connection from a port of its own.
  for (const ports of everySourcePort) yield aclCheck(inside, 'in', address, ports, model);
  for (const source of addressesOf(origin)) {
    yield firewall ? routeCheck(inside, source, 'firewall', firewall, model) : routeCheck(inside, source, 'local', undefined, model);
  }
  yield* learnMtu(origin, before, inside, address, model);
  if (before === origin) return;
  for (const ports of from.sourcePorts) yield aclCheck(before, 'in', address, ports, model);
}

/** "Packet too big" of a router on the internet reaches the origin, through the NAT gateway and the firewall. */
function* learnMtu(origin: Subnet, before: Subnet, nat: Subnet, router: string, model: NetworkModel): Generator<Check> {
  for (const between of before === origin ? [nat] : [nat, before]) {
    yield tooBigCheck(between, 'in', router, model);
    for (const source of addressesOf(origin)) yield tooBigCheck(between, 'out', source, model);
  }
  yield tooBigCheck(origin, 'in', router, model);
}

/**
 * The network firewall passes TLS to a host: a rule group of its policy lists the domain; other traffic is dropped.
 */
export function domainCheck(firewall: string, host: string, model: NetworkModel): Check {
  return () => {
    const policy = model.byName.get(referenceIn(model.byName.get(firewall)?.properties.FirewallPolicyArn) ?? '');
    const domains = domainsOf(policy, model);
    const passing = domains.find(({ target }) => host === target || (target.startsWith('.') && `.${host}`.endsWith(target)));
    const found = passing ? `${passing.group}: ${passing.target}` : `${domains.length} domains, none of which matches`;
    const early = defaultActions(policy, 'StatefulDefaultActions').find((action) => dropsBeforeTheName.test(action));
    if (passing && early)
      return step('network firewall', policy?.name ?? firewall, `a ClientHello to ${host} in two segments passed`, early, undefined);
    if (!passing && policy && !dropsTheRest(policy))
      return step('network firewall', policy.name, `TLS to ${host} passed`, 'no default drop', []);
    return step(
      'network firewall',
      policy?.name ?? firewall,
      `TLS to ${host} passed`,
      found,
      passing && [`${passing.group} ${passing.target}`],
    );
  };
}

function domainsOf(policy: Named | undefined, model: NetworkModel): readonly { readonly group: string; readonly target: string }[] {
  return listOf(valueAt(policy?.properties.FirewallPolicy, 'StatefulRuleGroupReferences')).flatMap((reference) => {
    const group = model.byName.get(referenceIn(valueAt(reference, 'ResourceArn')) ?? '');
    const list = valueAt(group?.properties.RuleGroup, 'RulesSource.RulesSourceList');
    const isList = valueAt(list, 'GeneratedRulesType') === 'ALLOWLIST' && listOf(valueAt(list, 'TargetTypes')).includes('TLS_SNI');
    return isList ? listOf(valueAt(list, 'Targets')).map((target) => ({ group: group?.name ?? '', target: String(target) })) : [];
  });
}

/**
 * Actions that drop a packet before the name of the host is known. With X25519MLKEM768, which Node.js 24 and Go 1.24
 * offer, a ClientHello has two segments, and the first one has no name yet ("Managing evaluation order for Suricata
 * compatible rules in AWS Network Firewall").
 */
const dropsBeforeTheName = /^aws:drop_(?!established_app_layer)/;

const defaultActions = (policy: Named | undefined, name: string): readonly string[] =>
  listOf(valueAt(policy?.properties.FirewallPolicy, name)).map(String);

/** Packets without a matching rule are inspected and dropped. */
function dropsTheRest(policy: Named): boolean {
  const inspects = ['StatelessDefaultActions', 'StatelessFragmentDefaultActions'].every(
    (name) => defaultActions(policy, name).join() === 'aws:forward_to_sfe',
  );
  return inspects && defaultActions(policy, 'StatefulDefaultActions').some((action) => action.startsWith('aws:drop_'));
}

// Layers that a packet passes: each check returns a step, with what it requires and what it finds.
import { listOf, valueAt } from '../../../lib/tom/template/assembly';
import { type End, isIn } from './ends';
import type { NetworkModel } from './model';
import { referenceIn } from './references';
import type { Ports, Route, Subnet } from './rows';

export type Layer =
  | 'placement'
  | 'DNS firewall'
  | 'route'
  | 'security group'
  | 'network ACL'
  | 'network firewall'
  | 'endpoint'
  | 'internet gateway'
  | 'VPN gateway'
  | 'public access block'
  | 'listener';

export interface Step {
  readonly layer: Layer;
  /** Where the packet is, as in `network/Aclprivate, outbound`. */
  readonly where: string;
  readonly expected: string;
  readonly found: string;
  readonly passed: boolean;
  /** Names of the rows that let the packet pass. */
  readonly uses: readonly string[];
}

/** A step that is taken when the steps before it have passed. */
export type Check = () => Step;

const portsText = ({ from, to }: Ports): string => (from === to ? String(from) : `${from}-${to}`);

export function step(layer: Layer, where: string, expected: string, found: string, uses: readonly string[] | undefined): Step {
  return { layer, where, expected, found, passed: uses !== undefined, uses: uses ?? [] };
}

/** The rows of a subnet's network ACL that admit TCP to or from an address on each of the ports, in one direction. */
export function aclCheck(subnet: Subnet, direction: 'in' | 'out', peer: string, ports: Ports, model: NetworkModel): Check {
  return () => {
    const where = `${subnet.acl}, ${direction === 'out' ? 'outbound' : 'inbound'}, at ${subnet.name}`;
    const expected = `TCP ${direction === 'out' ? 'to' : 'from'} ${peer} on ${portsText(ports)} admitted`;
    const result = admitted(subnet.acl, direction === 'out', peer, ports, model);
    return step('network ACL', where, expected, result.found, result.uses);
  };
}

function admitted(acl: string, outbound: boolean, peer: string, ports: Ports, model: NetworkModel) {
  const uses: string[] = [];
  let left: readonly Ports[] = [ports];
  const rows = model.aclRows.filter((row) => row.acl === acl && row.outbound === outbound && ['tcp', 'every'].includes(row.protocol));
  for (const row of rows) {
    if (!isIn(peer, row.range) || !left.some((part) => overlaps(part, row.ports))) continue;
    if (!row.allows) return { found: `denied by ${row.name}`, uses: undefined };
    uses.push(row.name);
    left = left.flatMap((part) => without(part, row.ports));
    if (left.length === 0) return { found: uses.join(', '), uses };
  }
  return { found: `no row that admits ${left.map(portsText).join(', ')}`, uses: undefined };
}

/** The network ACL of a subnet admits "packet too big" from a router, or to the sender. (RFC 1191, RFC 8201) */
export function tooBigCheck(subnet: Subnet, direction: 'in' | 'out', peer: string, model: NetworkModel): Check {
  return () => {
    const row = model.aclRows.find(
      ({ acl, outbound, protocol, range }) =>
        acl === subnet.acl && outbound === (direction === 'out') && ['packet too big', 'every'].includes(protocol) && isIn(peer, range),
    );
    const where = `${subnet.acl}, ${direction === 'out' ? 'outbound' : 'inbound'}, at ${subnet.name}`;
    const expected = `"packet too big" ${direction === 'out' ? 'to' : 'from'} ${peer} admitted`;
    return step(
      'network ACL',
      where,
      expected,
      row ? `${row.allows ? 'admitted' : 'denied'} by ${row.name}` : 'no row',
      row?.allows ? [row.name] : undefined,
    );
  };
}

export const overlaps = (one: Ports, other: Ports): boolean => one.from <= other.to && other.from <= one.to;

/** The ports of a range without those of another. */
export const without = (part: Ports, taken: Ports): readonly Ports[] =>
  overlaps(part, taken)
    ? [
        { from: part.from, to: taken.from - 1 },
        { from: taken.to + 1, to: part.to },
      ].filter(({ from, to }) => from <= to)
    : [part];

/** The rule of a security group that admits TCP on a port: at the origin to the destination, or at the destination. */
export function groupCheck(
  at: End,
  direction: 'in' | 'out',
  peer: string,
  peerGroups: readonly string[],
  port: number,
  model: NetworkModel,
): Check {
  return () => {
    const outbound = direction === 'out';
    const row = model.groupRows.find(
      (candidate) =>
        candidate.outbound === outbound &&
        at.groups.includes(candidate.group) &&
        ['tcp', 'every'].includes(candidate.protocol) &&
        overlaps(candidate.ports, { from: port, to: port }) &&
        ((candidate.peerGroup !== undefined && peerGroups.includes(candidate.peerGroup)) ||
          candidate.ranges.some((range) => isIn(peer, range))),
    );
    const where = `${at.groups.join(', ') || 'no group'}, ${outbound ? 'outbound' : 'inbound'}, of ${at.name}`;
    const other = [peer, ...peerGroups].join(' in ');
    return step('security group', where, `TCP ${outbound ? 'to' : 'from'} ${other} on ${port}`, row?.name ?? 'no rule', row && [row.name]);
  };
}

/** The most specific route of a subnet to an address; `local` within the VPC. */
export function routeTo(subnet: Subnet, address: string, model: NetworkModel): Route | 'local' | undefined {
  const matching = model.routes
    .filter(({ table, destination }) => table === subnet.table && isIn(address, destination))
    .toSorted((one, other) => prefixOf(other.destination) - prefixOf(one.destination));
  const [best] = matching;
  if (isIn(address, model.vpcRange) && (best === undefined || prefixOf(best.destination) <= prefixOf(model.vpcRange))) return 'local';
  return best;
}

const prefixOf = (range: string): number => Number(range.split('/')[1]);

/** The route of a subnet to an address has a kind of target, or is the local one. */
export function routeCheck(
  subnet: Subnet,
  address: string,
  kind: Route['kind'] | 'local',
  target: string | undefined,
  model: NetworkModel,
): Check {
  return () => {
    const route = routeTo(subnet, address, model);
    const found = route === 'local' ? 'the local route' : route ? `${route.name}: ${route.kind} ${route.target}` : 'no route';
    const hasTable = model.byName.has(subnet.table);
    const isWanted = !hasTable
      ? false
      : route === 'local'
        ? kind === 'local'
        : route?.kind === kind && (target === undefined || route.target === target);
    const expected = `${kind === 'local' ? 'the local route' : `a route to the ${kind}`} ${target ?? ''} for ${address}`.replace('  ', ' ');
    const uses = route === 'local' || route === undefined ? [] : [route.name];
    return step(
      'route',
      `${subnet.table} of ${subnet.name}`,
      expected,
      hasTable ? found : 'no route table in the templates',
      isWanted ? uses : undefined,
    );
  };
}

/**
 * The DNS firewall resolves a name: the first matching rule of the group that is associated with the VPC allows it.
 */
export function nameCheck(host: string, model: NetworkModel): Check {
  return () => {
    const association = model.resources.find(({ type }) => type === 'AWS::Route53Resolver::FirewallRuleGroupAssociation');
    const group = model.byName.get(referenceIn(association?.properties.FirewallRuleGroupId) ?? '');
    const rules = listOf(group?.properties.FirewallRules).toSorted(
      (a, b) => Number(valueAt(a, 'Priority')) - Number(valueAt(b, 'Priority')),
    );
    for (const rule of rules) {
      const list = model.byName.get(referenceIn(valueAt(rule, 'FirewallDomainListId')) ?? '');
      const domain = listOf(list?.properties.Domains).find((pattern) => matchesName(host, String(pattern)));
      if (domain === undefined) continue;
      const allows = valueAt(rule, 'Action') === 'ALLOW';
      const found = `${String(valueAt(rule, 'Action'))} by ${list?.name}: ${String(domain)}`;
      return step('DNS firewall', group?.name ?? '', `${host} resolved`, found, allows ? [`${list?.name} ${String(domain)}`] : undefined);
    }
    // A name without a matching rule is resolved ("How Route 53 Resolver DNS Firewall works").
    const found = group ? 'no rule for the name' : 'no rule group on the VPC';
    return step('DNS firewall', group?.name ?? 'the VPC', `${host} resolved`, found, []);
  };
}

/** `*.` matches subdomains, `*` every name ("DNS Firewall domain lists"). */
const matchesName = (host: string, pattern: string): boolean =>
  pattern === '*' || pattern === host || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)));

/** The internet gateway is attached to the VPC. */
export const attached =
  (model: NetworkModel): Check =>
  () => {
    const attachment = model.resources.find(
      ({ type, properties }) => type === 'AWS::EC2::VPCGatewayAttachment' && properties.InternetGatewayId !== undefined,
    );
    const gateway = referenceIn(attachment?.properties.InternetGatewayId);
    const found = gateway ? `${attachment?.name}: ${gateway}` : 'no attachment';
    return step(
      'internet gateway',
      'the VPC',
      'an attached internet gateway',
      found,
      gateway ? [attachment?.name as string, gateway] : undefined,
    );
  };

/** The end exists, in subnets and security groups of the templates. */
export const placed =
  (name: string, end: End | undefined): Check =>
  () => {
    const found = end
      ? [`subnets ${end.subnets.length}`, `groups ${end.groups.length}`, ...end.missing.map((name) => `unknown ${name}`)].join(', ')
      : 'no such resource in the network';
    const isPlaced = end !== undefined && end.subnets.length > 0 && end.groups.length > 0 && end.missing.length === 0;
    return step('placement', name, 'subnets and a security group', found, isPlaced ? [] : undefined);
  };

/** The endpoint of a service in the region. */
export const endpointOf = (service: string, model: NetworkModel, kind: 'Interface' | 'Gateway') =>
  model.resources.find(
    ({ type, properties }) =>
      type === 'AWS::EC2::VPCEndpoint' &&
      properties.VpcEndpointType === kind &&
      properties.ServiceName === `com.amazonaws.${model.assembly.facts.region}.${service}`,
  );

// What network ACLs admit between tiers, and between a tier and the internet, beyond the flows and their responses.
import { type Flow, managementNetworks as management } from '../../../lib/config/flows/flow';
import { addressesOf, boundsOf, endOf, everySourcePort, internetAddresses, internetAddresses6, isIn, managementRanges } from './ends';
import { overlaps, without } from './layers';
import type { NetworkModel } from './model';
import type { AclRow, Ports, Subnet, UndeclaredWay } from './rows';

/** Ports that are open from one tier to another. */
interface Open {
  readonly from: string;
  readonly to: string;
  readonly ports: Ports;
}

const internet = 'internet';
/** Peers outside the VPC, whose own rules are not in the templates. */
const outside = [internet, management];
const everyPort: Ports = { from: 0, to: 65_535 };

/** Ports that the network ACLs of both ends admit and no flow needs, for a request or a response. */
export function wideTiers(model: NetworkModel, flows: readonly Flow[]): readonly UndeclaredWay[] {
  const tiers = [...new Set(model.subnets.map(({ tier }) => tier)), ...outside];
  const declared = flows.flatMap((flow) => openedBy(flow, model));
  return tiers.flatMap((from) =>
    tiers
      .filter((to) => !outside.includes(from) || !outside.includes(to))
      .flatMap((to) => {
        const needed = declared.filter((open) => open.from === from && open.to === to).map(({ ports }) => ports);
        const left = needed.reduce<readonly Ports[]>(
          (open, part) => open.flatMap((ports) => without(ports, part)),
          admitted(from, to, model),
        );
        return left.map((ports) => ({ layer: 'network ACL', where: `${from} to ${to}`, open: `TCP ${ports.from}-${ports.to}` }));
      }),
  );
}

/** The tiers through which a flow passes, with the ports of its requests and responses. */
function openedBy(flow: Flow, model: NetworkModel): readonly Open[] {
  const requests = flow.ports.map((port): Ports => ({ from: port, to: port }));
  if (flow.from === 'visitors')
    return pair(internet, tierOf('resource' in flow.to ? flow.to.resource : '', model), requests, everySourcePort);
  if (flow.from === management) return pair(management, 'private', requests, everySourcePort);
  const origin = endOf(flow.from, model);
  const from = origin?.subnets[0]?.tier ?? '';
  const responses = origin?.sourcePorts ?? [];
  if (flow.way === 'network') return pair(from, tierOf('resource' in flow.to ? flow.to.resource : '', model), requests, responses);
  if (flow.way === 'endpoint') return pair(from, 'private', requests, responses);
  const direct = pair(from, internet, requests, responses);
  if (flow.way === 'gateway endpoint') return direct;
  // Firewall and NAT gateway pass packets with the addresses of the origin; the NAT gateway opens connections of its
  // own.
  return [
    ...direct,
    ...['firewall', 'egress'].flatMap((tier) => [
      ...pair(from, tier, requests, responses),
      ...pair(tier, internet, requests, everySourcePort),
    ]),
    ...pair('firewall', 'egress', requests, everySourcePort),
  ];
}

const pair = (from: string, to: string, requests: readonly Ports[], responses: readonly Ports[]): readonly Open[] => [
  ...requests.map((ports) => ({ from, to, ports })),
  ...responses.map((ports) => ({ from: to, to: from, ports })),
];

const tierOf = (name: string, model: NetworkModel): string => endOf(name, model)?.subnets[0]?.tier ?? '';

/** Ports that the network ACLs on both sides admit, from any address of one to any of the other. */
function admitted(from: string, to: string, model: NetworkModel): readonly Ports[] {
  // Without a route to the virtual private gateway, no response of a tier arrives there, and no request.
  if ([from, to].includes(management) && ![from, to].some((tier) => isRouted(tier, model))) return [];
  const [sources, targets] = [addressesIn(from, model), addressesIn(to, model)];
  const out = outside.includes(from) ? [everyPort] : admittedBy(from, true, targets, model);
  const into = outside.includes(to) ? [everyPort] : admittedBy(to, false, sources, model);
  return out.flatMap((one) =>
    into.filter((other) => overlaps(one, other)).map((other) => ({ from: Math.max(one.from, other.from), to: Math.min(one.to, other.to) })),
  );
}

const isRouted = (tier: string, model: NetworkModel): boolean =>
  subnetsIn(tier, model).some(({ table }) => model.routes.some((route) => route.table === table && route.kind === 'VPN gateway'));

const subnetsIn = (tier: string, { subnets }: NetworkModel): readonly Subnet[] => subnets.filter((subnet) => subnet.tier === tier);

/** Addresses of a tier or of the internet, those at which a row begins included: a row for a single address counts. */
function addressesIn(tier: string, model: NetworkModel): readonly string[] {
  const begins = model.aclRows.map(({ range }) => range.split('/')[0] as string).filter((address) => !wholeWorld.includes(address));
  const ranges = model.resources.some(({ type }) => type === 'AWS::EC2::VPNConnection') ? managementRanges(model) : [];
  const isManaged = (address: string): boolean => ranges.some((range) => isIn(address, range));
  if (tier === management) return [...ranges.flatMap(boundsOf), ...begins.filter(isManaged)];
  if (tier === internet) {
    const others = begins.filter((address) => !isIn(address, model.vpcRange) && !isManaged(address));
    return [...internetAddresses, ...internetAddresses6, ...others];
  }
  const subnets = subnetsIn(tier, model);
  return [...subnets.flatMap(addressesOf), ...begins.filter((address) => subnets.some(({ range }) => isIn(address, range)))];
}

const wholeWorld = ['0.0.0.0', '::'];

/**
 * Ports that the network ACLs of a tier admit to or from at least one of the addresses; the first row decides each
 * port.
 */
function admittedBy(tier: string, outbound: boolean, peers: readonly string[], model: NetworkModel): readonly Ports[] {
  const acls = new Set(subnetsIn(tier, model).map(({ acl }) => acl));
  return [...acls].flatMap((acl) => {
    const rows = model.aclRows.filter((row) => row.acl === acl && row.outbound === outbound && row.protocol !== 'packet too big');
    return merged(peers.flatMap((peer) => admittedFor(peer, rows)));
  });
}

function admittedFor(peer: string, rows: readonly AclRow[]): readonly Ports[] {
  let undecided: readonly Ports[] = [everyPort];
  const open: Ports[] = [];
  for (const row of rows.filter(({ range }) => isIn(peer, range))) {
    // Rows of other protocols admit their own packets, and decide nothing about TCP.
    const decides = ['tcp', 'every'].includes(row.protocol);
    for (const part of undecided) {
      if (!row.allows || !overlaps(part, row.ports)) continue;
      open.push({ from: Math.max(part.from, row.ports.from), to: Math.min(part.to, row.ports.to) });
    }
    if (decides) undecided = undecided.flatMap((part) => without(part, row.ports));
  }
  return open;
}

/** Ranges without overlaps. */
function merged(ranges: readonly Ports[]): readonly Ports[] {
  const result: Ports[] = [];
  for (const { from, to } of ranges.toSorted((one, other) => one.from - other.from)) {
    const last = result.at(-1);
    if (last && from <= last.to + 1) result[result.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else result.push({ from, to });
  }
  return result;
}

// Rules of security groups that admit more than one declared flow: other ports, other protocols, wider peers.
import { type Flow, managementNetworks } from '../../../lib/config/flows/flow';
import { type End, endOf, managementRanges, visitorRanges } from './ends';
import type { NetworkModel } from './model';
import type { GroupRow, UndeclaredWay } from './rows';

/** A connection between two ends, as groups see it. */
interface Connection {
  readonly from: End | 'visitors' | { readonly ranges: readonly string[] };
  readonly to: End | 'services';
  readonly port: number;
}

/** Rules with a port, protocol or peer that no flow has. */
export function wideRules(model: NetworkModel, flows: readonly Flow[]): readonly UndeclaredWay[] {
  const visitors = visitorRanges(model);
  const connections = flows.flatMap((flow) => connectionsOf(flow, model));
  return model.groupRows.flatMap((row) => {
    if (row.ranges.includes('255.255.255.255/32')) return [];
    const declared = connections.some((connection) => isNeeded(row, connection, visitors));
    const peer = [...row.ranges.slice(0, 3), ...(row.peerGroup ? [row.peerGroup] : [])].join(', ');
    const open = `${row.protocol} ${row.ports.from}-${row.ports.to} ${row.outbound ? 'to' : 'from'} ${peer}`;
    return declared ? [] : [{ layer: 'security group', where: row.name, open }];
  });
}

function connectionsOf({ from, to, ports, way }: Flow, model: NetworkModel): readonly Connection[] {
  const origin = from === 'visitors' ? from : from === managementNetworks ? { ranges: managementRanges(model) } : endOf(from, model);
  if (!origin) return [];
  const target =
    'resource' in to
      ? endOf(to.resource, model)
      : way === 'endpoint' || way === 'VPN gateway'
        ? endpointEnd(to.service, model)
        : 'services';
  return target ? ports.map((port) => ({ from: origin, to: target, port })) : [];
}

function endpointEnd(service: string, model: NetworkModel): End | undefined {
  const name = model.resources.find(
    ({ type, properties }) =>
      type === 'AWS::EC2::VPCEndpoint' &&
      properties.VpcEndpointType === 'Interface' &&
      String(properties.ServiceName).endsWith(`.${service}`),
  )?.name;
  return name === undefined ? undefined : endOf(name, model);
}

/** Whether a rule is exactly what a connection needs at one of its ends. */
function isNeeded(row: GroupRow, { from, to, port }: Connection, visitors: readonly string[]): boolean {
  if (row.protocol !== 'tcp' || row.ports.from !== port || row.ports.to !== port) return false;
  const [at, peer] = row.outbound ? [from, to] : [to, from];
  if (at === 'visitors' || at === 'services' || 'ranges' in at || !at.groups.includes(row.group)) return false;
  if (peer === 'visitors') return row.peerGroup === undefined && row.ranges.every((range) => visitors.includes(range));
  if (typeof peer === 'object' && 'ranges' in peer)
    return row.peerGroup === undefined && row.ranges.every((range) => peer.ranges.includes(range));
  // Addresses of services are not known to a group; routes, endpoints and firewalls decide what they reach.
  if (peer === 'services') return row.ranges.every((range) => range === '0.0.0.0/0') && row.peerGroup === undefined;
  if (row.peerGroup !== undefined) return peer.groups.includes(row.peerGroup);
  return row.ranges.every((range) => peer.subnets.length > 0 && range === tierRangeOf(peer));
}

/** The smallest range of four subnets that has the subnets of an end: the range of its tier. */
function tierRangeOf({ subnets }: End): string {
  const [address, prefix] = (subnets[0]?.range ?? '').split('/');
  return `${address}/${Number(prefix) - 2}`;
}

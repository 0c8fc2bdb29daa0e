// Rows of the network: subnets, routes, entries of network ACLs and rules of security groups.
import { isObject, type Json, type JsonObject, listOf } from '../../../lib/tom/template/assembly';
import { type Named, referenceIn } from './references';

export interface Subnet {
  readonly name: string;
  readonly tier: string;
  readonly range: string;
  readonly table: string;
  readonly acl: string;
}

export interface Route {
  readonly name: string;
  readonly table: string;
  readonly destination: string;
  readonly kind: 'internet gateway' | 'NAT gateway' | 'firewall' | 'VPN gateway' | 'other';
  /** Name of the gateway or firewall. */
  readonly target: string;
}

export interface Ports {
  readonly from: number;
  readonly to: number;
}

export interface AclRow {
  readonly name: string;
  readonly acl: string;
  readonly outbound: boolean;
  readonly number: number;
  readonly allows: boolean;
  /** `tcp`, `every` or another protocol by its number. */
  readonly protocol: string;
  readonly ports: Ports;
  readonly range: string;
}

export interface GroupRow {
  /** Name of the resource, with the path of an inline rule. */
  readonly name: string;
  readonly group: string;
  readonly outbound: boolean;
  readonly protocol: string;
  readonly ports: Ports;
  readonly peerGroup: string | undefined;
  readonly ranges: readonly string[];
}

const everyPort: Ports = { from: 0, to: 65_535 };

/** `vpnGateways` has the names of the virtual private gateways. */
export function routeRow({ name, properties }: Named, vpnGateways: readonly string[]): Route {
  const destination = String(properties.DestinationCidrBlock ?? properties.DestinationIpv6CidrBlock);
  const base = { name, table: referenceIn(properties.RouteTableId) ?? 'another table', destination };
  const nat = referenceIn(properties.NatGatewayId);
  if (nat) return { ...base, kind: 'NAT gateway', target: nat };
  const [, firewall] = /\$\{([\w-]+\/\w+)\.EndpointIds\}/.exec(String(properties.VpcEndpointId)) ?? [];
  if (firewall) return { ...base, kind: 'firewall', target: firewall };
  const gateway = referenceIn(properties.GatewayId);
  if (gateway && vpnGateways.includes(gateway)) return { ...base, kind: 'VPN gateway', target: gateway };
  return gateway ? { ...base, kind: 'internet gateway', target: gateway } : { ...base, kind: 'other', target: JSON.stringify(properties) };
}

export function aclRow({ name, properties }: Named): AclRow {
  const range = properties.PortRange;
  const protocol = Number(properties.Protocol);
  return {
    name,
    acl: referenceIn(properties.NetworkAclId) ?? 'another network ACL',
    outbound: String(properties.Egress) === 'true',
    number: Number(properties.RuleNumber),
    allows: properties.RuleAction === 'allow',
    protocol: protocol === -1 ? 'every' : protocol === 6 ? 'tcp' : icmpName(protocol, properties),
    ports: isObject(range) ? { from: Number(range.From), to: Number(range.To) } : everyPort,
    range: String(properties.CidrBlock ?? properties.Ipv6CidrBlock),
  };
}

/** "Packet too big" is the only message that network ACLs admit. (RFC 1191, RFC 8201) */
function icmpName(protocol: number, { Icmp }: JsonObject): string {
  const message = isObject(Icmp) ? `${protocol}/${String(Icmp.Type)}/${String(Icmp.Code)}` : String(protocol);
  return ['1/3/4', '58/2/0'].includes(message) ? 'packet too big' : message;
}

/**
 * What EC2 adds to a group without egress rules of its own, until a separate rule is created
 * ("AWS::EC2::SecurityGroup", SecurityGroupEgress).
 */
const addedByEc2: readonly JsonObject[] = [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }];

/** The rules of a group, or the rule that is a resource of its own. */
export function groupRows({ name, type, properties }: Named, rangesOf: (list: Json | undefined) => readonly string[]): readonly GroupRow[] {
  if (type !== 'AWS::EC2::SecurityGroup') {
    const outbound = type === 'AWS::EC2::SecurityGroupEgress';
    return [rule(properties, name, referenceIn(properties.GroupId) ?? 'another group', outbound, rangesOf)];
  }
  return [false, true].flatMap((outbound) => {
    const list = outbound ? 'SecurityGroupEgress' : 'SecurityGroupIngress';
    const stated = listOf(properties[list]);
    const rules = outbound && stated.length === 0 ? addedByEc2 : stated;
    return rules.map((row, index) => rule(isObject(row) ? row : {}, `${name} ${list}.${index}`, name, outbound, rangesOf));
  });
}

function rule(
  properties: JsonObject,
  name: string,
  group: string,
  outbound: boolean,
  rangesOf: (list: Json | undefined) => readonly string[],
): GroupRow {
  const side = outbound ? 'Destination' : 'Source';
  const { CidrIp, CidrIpv6, IpProtocol } = properties;
  const protocol = String(IpProtocol) === '6' ? 'tcp' : String(IpProtocol) === '-1' ? 'every' : String(IpProtocol);
  return {
    name,
    group,
    outbound,
    protocol,
    ports: protocol === 'every' ? everyPort : { from: Number(properties.FromPort), to: Number(properties.ToPort) },
    peerGroup: referenceIn(properties[`${side}SecurityGroupId`]),
    ranges: [CidrIp, CidrIpv6]
      .flatMap((range) => (range === undefined ? [] : [String(range)]))
      .concat(rangesOf(properties[`${side}PrefixListId`])),
  };
}

/** Something of the templates that is open without a flow. */
export interface UndeclaredWay {
  readonly layer: string;
  /** Name of the resource or of the pair of tiers. */
  readonly where: string;
  /** What is open without a flow. */
  readonly open: string;
}

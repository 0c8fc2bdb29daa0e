// Inbound entries of network ACLs and security groups: sources and ports.

import { everyPort, includesPort, type Ports, portsOf, type Reach, reachOf } from './addresses';
import { type Assembly, isObject, type Json, type JsonObject, listOf, type Resource, valueAt } from './assembly';
import { aclEntryType, prefixListType } from './resource-types';

export interface AclEntry {
  readonly resource: Resource;
  readonly number: number;
  readonly inbound: boolean;
  readonly allows: boolean;
  /** Number as in the template: `-1` for all, `6` for TCP, `17` for UDP. */
  readonly protocol: string;
  readonly ports: Ports | 'none';
  readonly reach: Reach;
  readonly family: 'ipv4' | 'ipv6';
}

/** The entries of a network ACL in the order of their evaluation. */
export function entriesOf(acl: Resource, assembly: Assembly): readonly AclEntry[] {
  return assembly
    .ofType(aclEntryType)
    .filter((entry) => assembly.refersTo(entry.at('NetworkAclId'), entry, acl))
    .map(readEntry)
    .sort((a, b) => a.number - b.number);
}

/** Unreadable values count as the widest: without a number, an allowing entry comes first and a denying entry last. */
function readEntry(resource: Resource): AclEntry {
  const allows = resource.at('RuleAction') !== 'deny';
  const number = resource.at('RuleNumber');
  const protocol = protocolOf(resource.at('Protocol'), allows);
  const ipv6 = resource.at('Ipv6CidrBlock');
  return {
    resource,
    number: typeof number === 'number' ? number : allows ? 0 : Number.POSITIVE_INFINITY,
    inbound: isInbound(resource.at('Egress'), allows),
    allows,
    protocol,
    ports: portsOf(protocol, resource.at('PortRange.From'), resource.at('PortRange.To')),
    reach: reachOf(ipv6 ?? resource.at('CidrBlock')),
    family: ipv6 === undefined ? 'ipv4' : 'ipv6',
  };
}

/**
 * CloudFormation accepts `"true"` for `true`. An unreadable direction is inbound in an allowing entry, outbound in a
 * denying one.
 */
function isInbound(egress: Json | undefined, allows: boolean): boolean {
  if (egress === undefined || egress === false || egress === 'false') return true;
  return egress === true || egress === 'true' ? false : allows;
}

/** An unreadable protocol is every protocol in an allowing entry, none in a denying one. */
function protocolOf(value: Json | undefined, allows: boolean): string {
  const text = String(value);
  if (/^-?\d+$/.test(text)) return String(Number(text));
  return allows ? '-1' : 'unknown';
}

/**
 * The entries that admit untrusted sources on a port, for a protocol (`6` for TCP, `17` for UDP). The first matching
 * entry decides, so an allowing entry below a denial of the same port to the whole world admits no source.
 */
export function untrustedSourcesOn(entries: readonly AclEntry[], protocol: '6' | '17', port: number): readonly AclEntry[] {
  const closed = new Set<string>();
  return entries.filter((entry) => {
    const applies = entry.inbound && ['-1', protocol].includes(entry.protocol) && includesPort(entry.ports, port);
    if (!applies || closed.has(entry.family) || entry.reach === 'private') return false;
    if (entry.allows) return true;
    if (isWholeWorld(entry)) closed.add(entry.family);
    return false;
  });
}

const isWholeWorld = ({ resource, family }: AclEntry): boolean =>
  family === 'ipv6' ? resource.at('Ipv6CidrBlock') === '::/0' : resource.at('CidrBlock') === '0.0.0.0/0';

/** One ingress rule of a security group, inline or as a separate resource. */
export interface Ingress {
  /** Path in the resource that declares it: the group, or an `AWS::EC2::SecurityGroupIngress`. */
  readonly path: string;
  readonly json: JsonObject;
  readonly ports: Ports | 'none';
  /** Admitted addresses; `undefined` if the source is another security group. */
  readonly reach: Reach | undefined;
}

/** The ingress rules of a security group or of a separate ingress resource. */
export function ingressOf(resource: Resource, assembly: Assembly): readonly Ingress[] {
  return rulesOf(resource, 'SecurityGroupIngress', 'Source', assembly);
}

/** The egress rules of a security group or of a separate egress resource; `reach` covers the destination addresses. */
export function egressOf(resource: Resource, assembly: Assembly): readonly Ingress[] {
  return rulesOf(resource, 'SecurityGroupEgress', 'Destination', assembly);
}

function rulesOf(resource: Resource, kind: string, peer: 'Source' | 'Destination', assembly: Assembly): readonly Ingress[] {
  const separate = resource.type === `AWS::EC2::${kind}`;
  const list = separate ? [resource.properties] : listOf(resource.at(kind));
  return list.map((json: Json, index) => readRule(json, separate ? 'Properties' : `Properties.${kind}.${index}`, peer, resource, assembly));
}

function readRule(json: Json, path: string, peer: 'Source' | 'Destination', resource: Resource, assembly: Assembly): Ingress {
  if (!isObject(json)) return { path, json: {}, ports: everyPort, reach: 'world' };
  const ports = portsOf(json.IpProtocol, json.FromPort, json.ToPort);
  const byGroup = json[`${peer}SecurityGroupId`] !== undefined || json[`${peer}SecurityGroupName`] !== undefined;
  const addresses = [json.CidrIp, json.CidrIpv6].filter((cidr) => cidr !== undefined).map(reachOf);
  const list = json[`${peer}PrefixListId`];
  if (list !== undefined) addresses.push(prefixListReach(list, resource, assembly));
  const reach = addresses.length > 0 ? widestReach(addresses) : byGroup ? undefined : 'world';
  return { path, json, ports, reach };
}

function prefixListReach(value: Json, from: Resource, assembly: Assembly): Reach {
  const list = assembly.target(value, from.stack);
  if (list?.type !== prefixListType) return 'world';
  return widestReach(listOf(list.at('Entries')).map((entry) => reachOf(valueAt(entry, 'Cidr'))));
}

/** An empty list can be filled after deployment, so it counts as the world. */
function widestReach(reaches: readonly Reach[]): Reach {
  if (reaches.length === 0 || reaches.includes('world')) return 'world';
  return reaches.includes('public') ? 'public' : 'private';
}

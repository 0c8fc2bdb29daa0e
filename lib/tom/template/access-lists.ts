// What network ACLs and security groups let in: their entries, from whom, on which ports.

import { everyPort, includesPort, type Ports, portsOf, type Reach, reachOf } from './addresses';
import { type Assembly, isObject, type Json, type JsonObject, listOf, type Resource, valueAt } from './assembly';

export interface AclEntry {
  readonly resource: Resource;
  readonly number: number;
  readonly inbound: boolean;
  readonly allows: boolean;
  /** As the template has it: `-1` for all, `6` for TCP, `17` for UDP. */
  readonly protocol: string;
  readonly ports: Ports | 'none';
  readonly reach: Reach;
  readonly family: 'ipv4' | 'ipv6';
}

/** The entries of a network ACL, in the order in which they are judged. */
export function entriesOf(acl: Resource, assembly: Assembly): readonly AclEntry[] {
  return assembly
    .ofType('AWS::EC2::NetworkAclEntry')
    .filter((entry) => assembly.refersTo(entry.at('NetworkAclId'), entry, acl))
    .map(readEntry)
    .sort((a, b) => a.number - b.number);
}

/** What cannot be read counts as its widest: an entry without a number comes first if it allows and last if it denies. */
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

/** CloudFormation takes `"true"` for `true`. A direction that cannot be told is inbound for what allows, outbound for what denies. */
function isInbound(egress: Json | undefined, allows: boolean): boolean {
  if (egress === undefined || egress === false || egress === 'false') return true;
  return egress === true || egress === 'true' ? false : allows;
}

/** A protocol that cannot be told is every protocol for what allows, none for what denies. */
function protocolOf(value: Json | undefined, allows: boolean): string {
  const text = String(value);
  if (/^-?\d+$/.test(text)) return String(Number(text));
  return allows ? '-1' : 'unknown';
}

/**
 * The entries through which strangers get in on a port, for a protocol (`6` for TCP, `17` for UDP): the first entry that matches
 * decides, so an allowing entry below a denial of the same port to the whole world lets nobody in.
 */
export function untrustedSourcesOn(entries: readonly AclEntry[], protocol: '6' | '17', port: number): readonly AclEntry[] {
  const closed = new Set<string>();
  return entries.filter((entry) => {
    const concerns = entry.inbound && ['-1', protocol].includes(entry.protocol) && includesPort(entry.ports, port);
    if (!concerns || closed.has(entry.family) || entry.reach === 'private') return false;
    if (entry.allows) return true;
    if (isWholeWorld(entry)) closed.add(entry.family);
    return false;
  });
}

const isWholeWorld = ({ resource, family }: AclEntry): boolean =>
  family === 'ipv6' ? resource.at('Ipv6CidrBlock') === '::/0' : resource.at('CidrBlock') === '0.0.0.0/0';

/** One admission of a security group, wherever the template has it. */
export interface Ingress {
  /** Of the resource that has it: the group itself, or an `AWS::EC2::SecurityGroupIngress`. */
  readonly path: string;
  readonly json: JsonObject;
  readonly ports: Ports | 'none';
  /** Whom it admits by address; `undefined` where it admits another security group. */
  readonly reach: Reach | undefined;
}

/** The admissions that a security group or a separate ingress rule holds. */
export function ingressOf(resource: Resource, assembly: Assembly): readonly Ingress[] {
  const separate = resource.type === 'AWS::EC2::SecurityGroupIngress';
  const list = separate ? [resource.properties] : listOf(resource.at('SecurityGroupIngress'));
  return list.map((json: Json, index) =>
    readIngress(json, separate ? 'Properties' : `Properties.SecurityGroupIngress.${index}`, resource, assembly),
  );
}

function readIngress(json: Json, path: string, resource: Resource, assembly: Assembly): Ingress {
  if (!isObject(json)) return { path, json: {}, ports: everyPort, reach: 'world' };
  const ports = portsOf(json.IpProtocol, json.FromPort, json.ToPort);
  const bySource = json.SourceSecurityGroupId !== undefined || json.SourceSecurityGroupName !== undefined;
  const addresses = [json.CidrIp, json.CidrIpv6].filter((cidr) => cidr !== undefined).map(reachOf);
  if (json.SourcePrefixListId !== undefined) addresses.push(prefixListReach(json.SourcePrefixListId, resource, assembly));
  const reach = addresses.length > 0 ? widestReach(addresses) : bySource ? undefined : 'world';
  return { path, json, ports, reach };
}

function prefixListReach(value: Json, from: Resource, assembly: Assembly): Reach {
  const list = assembly.target(value, from.stack);
  if (list?.type !== 'AWS::EC2::PrefixList') return 'world';
  return widestReach(listOf(list.at('Entries')).map((entry) => reachOf(valueAt(entry, 'Cidr'))));
}

/** An empty list can be filled later, by hand: it counts as the world. */
function widestReach(reaches: readonly Reach[]): Reach {
  if (reaches.length === 0 || reaches.includes('world')) return 'world';
  return reaches.includes('public') ? 'public' : 'private';
}

// Address ranges and ports of security group rules and network ACL entries.
import ipaddr from 'ipaddr.js';
import type { Json, JsonObject } from './assembly';

/**
 * Shortest prefix of a public range that counts as the network of one organization: the longest prefix that is routed
 * on the internet. A wider range, such as that of a cloud provider, may contain untrusted addresses; the world split
 * into halves is the world.
 */
const shortestPrefix = { ipv4: 24, ipv6: 48 } as const;

/** `private`: private addresses only. `public`: a bounded public range. `world`: a wider or unreadable range. */
export type Reach = 'private' | 'public' | 'world';

/**
 * Reach of an address range. A value that is not a range in plain text is classified by its attribute name: the
 * CidrBlock of a VPC is private, everything else is the world.
 */
export function reachOf(cidr: Json | undefined): Reach {
  if (typeof cidr !== 'string') return isVpcRange(cidr) ? 'private' : 'world';
  try {
    const [address, prefix] = ipaddr.parseCIDR(cidr);
    const range = address.range();
    const private4 = address.kind() === 'ipv4' && range === 'private' && prefix >= shortestPrivatePrefix(address.toByteArray());
    if (private4 || (range === 'uniqueLocal' && prefix >= 7)) return 'private';
    return prefix < shortestPrefix[address.kind()] ? 'world' : 'public';
  } catch {
    return 'world';
  }
}

/** RFC 1918: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16. */
function shortestPrivatePrefix([first]: number[]): number {
  return first === 10 ? 8 : first === 172 ? 12 : 16;
}

function isVpcRange(value: Json | undefined): boolean {
  const getAtt = (value as JsonObject | undefined | null)?.['Fn::GetAtt'];
  return Array.isArray(getAtt) && getAtt[1] === 'CidrBlock';
}

/** A range of ports, both ends included. */
export interface Ports {
  readonly from: number;
  readonly to: number;
}

export const everyPort: Ports = { from: 0, to: 65_535 };

/**
 * The TCP or UDP ports of a rule; none for protocols without ports. An unreadable protocol or port counts as every
 * port.
 */
export function portsOf(protocol: Json | undefined, from: Json | undefined, to: Json | undefined): Ports | 'none' {
  const name = String(protocol).toLowerCase();
  if (['icmp', 'icmpv6', '1', '58'].includes(name)) return 'none';
  if (!['tcp', 'udp', '6', '17'].includes(name)) return everyPort;
  const first = portNumber(from);
  const last = portNumber(to);
  // -1 stands for every port, as in "AWS::EC2::SecurityGroupIngress".
  if (first === undefined || last === undefined || first < 0 || last < 0) return everyPort;
  return { from: first, to: last };
}

function portNumber(value: Json | undefined): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) ? number : undefined;
}

export const includesPort = (ports: Ports | 'none', port: number): boolean => ports !== 'none' && ports.from <= port && port <= ports.to;

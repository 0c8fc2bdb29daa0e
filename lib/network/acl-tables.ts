// The network ACLs, tier by tier, as tables: what may enter and what may leave. Whatever no row allows is denied.
//
// What enters is allowed only, and no row overlaps another of the same peer. Four rows deny, all of them on the way out: an ACL has no word for
// "the world but for these", so what the world is allowed below would be allowed to the VPC, or to proxies, too.
import { AclCidr, AclTraffic } from 'aws-cdk-lib/aws-ec2';
import type { AddressPlan, Tier } from './address-plan';

/** Ports on which servers take connections from proxies. Each fleet has its own within them (TOM-6.8). */
const applicationPorts = { from: 8080, to: 8089 } as const;

/** Port of PostgreSQL. */
const databasePort = 5432;

/** One row. Rows are judged from the top; the first that matches decides. */
export interface AclRow {
  readonly verdict: 'allow' | 'deny';
  readonly traffic: AclTraffic;
  /** Where it comes from, or where it goes to. */
  readonly peer: AclCidr;
  /** Why the row is there; not part of the template. */
  readonly because: string;
}

export interface AclTable {
  readonly inbound: readonly AclRow[];
  readonly outbound: readonly AclRow[];
}

const world4 = AclCidr.anyIpv4();
const world6 = AclCidr.anyIpv6();
const http = AclTraffic.tcpPort(80);
const https = AclTraffic.tcpPort(443);
const application = AclTraffic.tcpPortRange(applicationPorts.from, applicationPorts.to);
const database = AclTraffic.tcpPort(databasePort);
/** Answers of routers between, under addresses of their own. Without them long messages vanish on narrow paths. (RFC 1191, RFC 8201) */
const packetTooBig4 = AclTraffic.icmp({ type: 3, code: 4 });
const packetTooBig6 = AclTraffic.icmpv6({ type: 2, code: 0 });

/**
 * ACLs do not know which packet is an answer, so the ports that answers go to must be open. Linux opens connections from 32768 to
 * 60999; load balancers, NAT gateways and functions from 1024 to 65535 (Amazon VPC User Guide, "Custom network ACLs", ephemeral
 * ports). That is why functions have subnets of their own: beside them, servers would be open to the world on the ports they listen on.
 */
const answersToLinux = AclTraffic.tcpPortRange(32768, 60999);
const answersToAny = AclTraffic.tcpPortRange(1024, 65535);

/**
 * The same from the world, in two rows without 3389 (TOM-3.1): a function that opens a connection from that port, one in 64,512, gets no
 * answer and tries again. NAT gateways have it in one row: every connection to the internet leaves from a port of theirs, 3389 included, and
 * nothing listens in their subnets.
 */
const answersWithoutRemoteDesktop = [AclTraffic.tcpPortRange(1024, 3388), AclTraffic.tcpPortRange(3390, 65535)];

const allow = (traffic: AclTraffic, peer: AclCidr, because: string): AclRow => ({ verdict: 'allow', traffic, peer, because });
const deny = (traffic: AclTraffic, peer: AclCidr, because: string): AclRow => ({ verdict: 'deny', traffic, peer, because });

/** The ranges that the tables name. */
interface Ranges {
  readonly vpc: AclCidr;
  readonly servers: AclCidr;
  readonly proxies: AclCidr;
  readonly functions: AclCidr;
  readonly databases: AclCidr;
}

/**
 * The table of each tier. IPv6 is in that of the proxies alone: behind them there is only IPv4. Traffic to and from the DNS resolver,
 * the metadata service and the time service passes no ACL. The quota is 20 rows a direction, default rows included.
 */
export function aclTables(plan: AddressPlan, vpcCidr: string): Record<Tier, AclTable> {
  const ranges: Ranges = {
    vpc: AclCidr.ipv4(vpcCidr),
    servers: AclCidr.ipv4(plan.private.cidr),
    proxies: AclCidr.ipv4(plan.public.cidr),
    functions: AclCidr.ipv4(plan.functions.cidr),
    databases: AclCidr.ipv4(plan.isolated.cidr),
  };
  return {
    public: proxyTable(ranges),
    private: serverTable(ranges),
    functions: functionTable(ranges),
    isolated: databaseTable(ranges),
    firewall: passageTable(ranges, answersWithoutRemoteDesktop),
    egress: passageTable(ranges, [answersToAny]),
  };
}

function proxyTable({ vpc, servers }: Ranges): AclTable {
  return {
    inbound: [
      allow(http, world4, 'visitors, to be redirected'),
      allow(https, world4, 'visitors'),
      allow(http, world6, 'visitors, to be redirected'),
      allow(https, world6, 'visitors'),
      allow(answersToAny, servers, 'answers of servers to proxies'),
      allow(packetTooBig4, world4, 'path MTU discovery'),
      allow(packetTooBig6, world6, 'path MTU discovery; IPv6 routers do not split packets'),
    ],
    outbound: [
      allow(application, servers, 'requests of proxies to servers'),
      deny(AclTraffic.allTraffic(), vpc, 'a proxy reaches nothing else in the VPC'),
      allow(answersToAny, world4, 'answers to visitors'),
      allow(answersToAny, world6, 'answers to visitors'),
      allow(packetTooBig4, world4, 'path MTU discovery'),
      allow(packetTooBig6, world6, 'path MTU discovery'),
    ],
  };
}

function serverTable({ servers, proxies, functions, databases }: Ranges): AclTable {
  return {
    inbound: [
      allow(application, proxies, 'requests of proxies'),
      allow(https, servers, 'requests of servers to the endpoints, which are in these subnets'),
      allow(https, functions, 'requests of functions to the endpoints'),
      allow(answersToLinux, world4, 'answers of endpoints, databases, S3 and the internet; they bear the address of who answers'),
      allow(packetTooBig4, world4, 'path MTU discovery, through the NAT gateway'),
    ],
    outbound: [
      allow(answersToAny, proxies, 'answers to proxies'),
      allow(answersToAny, functions, 'answers of endpoints to functions'),
      allow(answersToLinux, servers, 'answers of endpoints to servers'),
      allow(database, databases, 'queries'),
      deny(AclTraffic.allTraffic(), proxies, 'a server opens no connection to a proxy'),
      allow(https, world4, 'requests to endpoints, S3 and, through the firewall, the internet'),
      allow(http, world4, 'requests through the firewall'),
    ],
  };
}

function functionTable({ proxies, databases }: Ranges): AclTable {
  return {
    inbound: [
      ...answersWithoutRemoteDesktop.map((ports) =>
        allow(ports, world4, 'answers of endpoints, databases, S3 and the internet; nothing listens in these subnets'),
      ),
      allow(packetTooBig4, world4, 'path MTU discovery, through the NAT gateway'),
    ],
    outbound: [
      allow(database, databases, 'queries'),
      deny(AclTraffic.allTraffic(), proxies, 'a function opens no connection to a proxy'),
      allow(https, world4, 'requests to endpoints, S3 and, through the firewall, the internet'),
    ],
  };
}

function databaseTable({ servers, functions, databases }: Ranges): AclTable {
  return {
    inbound: [
      allow(database, servers, 'queries of servers'),
      allow(database, functions, 'queries of functions'),
      allow(answersToAny, databases, 'queries of the database proxy to the database, and its answers'),
    ],
    outbound: [
      allow(answersToLinux, servers, 'answers to servers'),
      allow(answersToAny, functions, 'answers to functions'),
      allow(answersToAny, databases, 'queries of the database proxy to the database, and its answers'),
    ],
  };
}

/** Firewall endpoints and NAT gateways see the same packets, with the same addresses, one after the other. */
function passageTable({ vpc, servers, functions }: Ranges, answers: readonly AclTraffic[]): AclTable {
  return {
    inbound: [
      allow(https, servers, 'requests to the internet'),
      allow(http, servers, 'requests to the internet'),
      allow(https, functions, 'requests to the internet'),
      ...answers.map((ports) => allow(ports, world4, 'answers of the internet to the NAT gateway, which drops what is not one')),
      allow(packetTooBig4, world4, 'path MTU discovery; the NAT gateway passes on what concerns a connection of its own'),
    ],
    outbound: [
      allow(answersToLinux, servers, 'answers of the internet'),
      allow(answersToAny, functions, 'answers of the internet'),
      allow(packetTooBig4, servers, 'path MTU discovery'),
      allow(packetTooBig4, functions, 'path MTU discovery'),
      deny(AclTraffic.allTraffic(), vpc, 'nothing else in the VPC is reached through the NAT gateway'),
      allow(https, world4, 'requests to the internet'),
      allow(http, world4, 'requests to the internet'),
    ],
  };
}

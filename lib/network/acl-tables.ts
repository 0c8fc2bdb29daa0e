// The network ACLs of the tiers as tables of inbound and outbound rows. Traffic that matches no row is denied.
//
// Inbound rows only allow, and no row overlaps another with the same peer. Four outbound rows deny: an ACL cannot
// express "the internet except these ranges", so the rows below them that allow traffic to the internet would also
// allow it to the VPC, or to the proxies. Rows of the management networks deny the rest of their traffic likewise.
import { AclCidr, AclTraffic } from 'aws-cdk-lib/aws-ec2';
import { collectorPort, databasePort, servicePort, shellPort } from '../config/flows/flow';
import type { AddressPlan, OptionalTiers, Tier } from './address-plan';

/** One row. Rows are evaluated from the top; the first that matches applies. */
export interface AclRow {
  readonly verdict: 'allow' | 'deny';
  readonly traffic: AclTraffic;
  /** Source of inbound traffic, destination of outbound traffic. */
  readonly peer: AclCidr;
  /** Purpose of the row; not part of the template. */
  readonly because: string;
}

export interface AclTable {
  readonly inbound: readonly AclRow[];
  readonly outbound: readonly AclRow[];
  /**
   * Rows before all others, with numbers below ten, so that no other row moves when a Site-to-Site VPN appears: a row
   * that moves is missing for a moment.
   */
  readonly first?: Pick<AclTable, 'inbound' | 'outbound'>;
  /** Rows after all others, with numbers from 200, for the same reason: a Client VPN adds rows before them. */
  readonly last?: Pick<AclTable, 'inbound' | 'outbound'>;
}

const anyIpv4 = AclCidr.anyIpv4();
const anyIpv6 = AclCidr.anyIpv6();
const http = AclTraffic.tcpPort(80);
const https = AclTraffic.tcpPort(servicePort);
const application = AclTraffic.tcpPort(collectorPort);
const database = AclTraffic.tcpPort(databasePort);
const shell = AclTraffic.tcpPort(shellPort);
/**
 * Messages of routers on the path, which have addresses of their own. Without them, large packets are lost on paths
 * with a smaller MTU. (RFC 1191, RFC 8201)
 */
const packetTooBig4 = AclTraffic.icmp({ type: 3, code: 4 });
const packetTooBig6 = AclTraffic.icmpv6({ type: 2, code: 0 });

/**
 * ACLs are stateless, so the ports to which responses return must be open. Linux opens connections from ports 32768 to
 * 60999; load balancers, NAT gateways and functions from 1024 to 65535 (Amazon VPC User Guide, "Custom network ACLs",
 * ephemeral ports). Functions therefore have subnets of their own: in shared subnets, the listening ports of servers
 * would be open to the internet.
 */
const responsesToLinux = AclTraffic.tcpPortRange(32768, 60999);
const responsesToAny = AclTraffic.tcpPortRange(1024, 65535);
/** The rest of that range besides the ports of Linux, which other rows open. */
const responsesBesideLinux = [AclTraffic.tcpPortRange(1024, 32767), AclTraffic.tcpPortRange(61000, 65535)];

/**
 * The same range from the internet, in two rows without 3389 (TOM-3.1): a function that opens a connection from that
 * port, one in 64,512, receives no response and retries. NAT gateways have the range in one row: every connection to
 * the internet leaves from one of their ports, 3389 included, and nothing listens in their subnets.
 */
const responsesWithoutRemoteDesktop = [AclTraffic.tcpPortRange(1024, 3388), AclTraffic.tcpPortRange(3390, 65535)];

const allow = (traffic: AclTraffic, peer: AclCidr, because: string): AclRow => ({ verdict: 'allow', traffic, peer, because });
const deny = (traffic: AclTraffic, peer: AclCidr, because: string): AclRow => ({ verdict: 'deny', traffic, peer, because });

/** The address ranges of the tables. */
interface Ranges {
  readonly vpc: AclCidr;
  readonly servers: AclCidr;
  readonly proxies: AclCidr;
  readonly functions: AclCidr;
  readonly databases: AclCidr;
  /** @default - no Client VPN */
  readonly vpn?: AclCidr;
  /** The management networks, beyond the Site-to-Site VPN. */
  readonly management: readonly AclCidr[];
  readonly instanceConnect: boolean;
}

/** What a site may have besides its fixed tiers. */
export interface AclOptions extends Pick<OptionalTiers, 'vpn'> {
  /** Ranges of the management networks. (TOM-3.1) */
  readonly management: readonly string[];
  /** Whether the subnets of servers have an EC2 Instance Connect Endpoint. (DSS-5.6.6) */
  readonly instanceConnect: boolean;
}

/**
 * The table of each tier. Only that of the proxies has IPv6: behind them there is only IPv4. Network ACLs do not
 * filter traffic to and from the DNS resolver, the metadata service and the time service. The quota is 20 rows per
 * direction, default rows included.
 */
export function aclTables(plan: AddressPlan, vpcCidr: string, { vpn, management, instanceConnect }: AclOptions): Record<Tier, AclTable> {
  const ranges: Ranges = {
    vpc: AclCidr.ipv4(vpcCidr),
    servers: AclCidr.ipv4(plan.private.cidr),
    proxies: AclCidr.ipv4(plan.public.cidr),
    functions: AclCidr.ipv4(plan.functions.cidr),
    databases: AclCidr.ipv4(plan.isolated.cidr),
    ...(vpn ? { vpn: AclCidr.ipv4(plan.vpn.cidr) } : {}),
    management: management.map((network) => AclCidr.ipv4(network)),
    instanceConnect,
  };
  return {
    public: proxyTable(ranges),
    private: serverTable(ranges),
    functions: functionTable(ranges),
    isolated: databaseTable(ranges),
    firewall: passageTable(ranges, responsesWithoutRemoteDesktop),
    egress: passageTable(ranges, [responsesToAny]),
    vpn: vpnTable(ranges),
  };
}

function proxyTable({ vpc, servers }: Ranges): AclTable {
  return {
    inbound: [
      allow(http, anyIpv4, 'visitors, to be redirected'),
      allow(https, anyIpv4, 'visitors'),
      allow(http, anyIpv6, 'visitors, to be redirected'),
      allow(https, anyIpv6, 'visitors'),
      allow(responsesToAny, servers, 'responses of servers to proxies'),
      allow(packetTooBig4, anyIpv4, 'path MTU discovery'),
      allow(packetTooBig6, anyIpv6, 'path MTU discovery; IPv6 routers do not split packets'),
    ],
    outbound: [
      allow(application, servers, 'requests of proxies to servers'),
      deny(AclTraffic.allTraffic(), vpc, 'a proxy reaches nothing else in the VPC'),
      allow(responsesToAny, anyIpv4, 'responses to visitors'),
      allow(responsesToAny, anyIpv6, 'responses to visitors'),
      allow(packetTooBig4, anyIpv4, 'path MTU discovery'),
      allow(packetTooBig6, anyIpv6, 'path MTU discovery'),
    ],
  };
}

function serverTable({ servers, proxies, functions, vpn, management, instanceConnect }: Ranges): AclTable {
  return {
    first: managementRows(management),
    ...(instanceConnect ? { last: connectRows(servers) } : {}),
    inbound: [
      allow(application, proxies, 'requests of proxies'),
      allow(https, servers, 'requests of servers to the endpoints, which are in these subnets'),
      allow(https, functions, 'requests of functions to the endpoints'),
      allow(responsesToLinux, anyIpv4, 'responses of endpoints, S3 and the internet, with the address of the responder'),
      allow(packetTooBig4, anyIpv4, 'path MTU discovery, through the NAT gateway'),
      // Last, so that no other row moves when a Client VPN appears.
      ...(vpn ? [allow(https, vpn, 'requests of the IT team to the endpoints')] : []),
    ],
    outbound: [
      allow(responsesToAny, proxies, 'responses to proxies'),
      allow(responsesToAny, functions, 'responses of endpoints to functions'),
      allow(responsesToLinux, servers, 'responses of endpoints to servers'),
      deny(AclTraffic.allTraffic(), proxies, 'a server opens no connection to a proxy'),
      allow(https, anyIpv4, 'requests to endpoints, S3 and, through the firewall, the internet'),
      ...(vpn ? [allow(responsesToAny, vpn, 'responses of endpoints to the IT team')] : []),
    ],
  };
}

/**
 * The management networks reach the endpoints, and nothing else in these subnets. The denials keep servers from the
 * management networks, to which these subnets have routes: rows for the internet would admit their requests.
 */
const managementRows = (management: readonly AclCidr[]): Pick<AclTable, 'inbound' | 'outbound'> => ({
  inbound: [
    ...management.map((network) => allow(https, network, 'requests of the infrastructure manager to the endpoints')),
    ...management.map((network) => deny(AclTraffic.allTraffic(), network, 'a management network reaches nothing else')),
  ],
  outbound: [
    ...management.map((network) => allow(responsesToAny, network, 'responses of endpoints to the infrastructure manager')),
    ...management.map((network) => deny(AclTraffic.allTraffic(), network, 'a server opens no connection to a management network')),
  ],
});

/**
 * The endpoint is in one of these subnets, and opens connections with its address, from any port, to servers in the
 * others. (DSS-5.6.6)
 */
const connectRows = (servers: AclCidr): Pick<AclTable, 'inbound' | 'outbound'> => ({
  inbound: [
    allow(shell, servers, 'connections of the instance-connect endpoint to servers'),
    ...responsesBesideLinux.map((ports) => allow(ports, servers, 'responses of servers to the instance-connect endpoint')),
  ],
  outbound: [
    allow(shell, servers, 'connections of the instance-connect endpoint to servers'),
    ...responsesBesideLinux.map((ports) => allow(ports, servers, 'responses of servers to the instance-connect endpoint')),
  ],
});

function functionTable({ proxies, databases }: Ranges): AclTable {
  return {
    inbound: [
      ...responsesWithoutRemoteDesktop.map((ports) =>
        allow(ports, anyIpv4, 'responses of endpoints, databases, S3 and the internet; nothing listens in these subnets'),
      ),
      allow(packetTooBig4, anyIpv4, 'path MTU discovery, through the NAT gateway'),
    ],
    outbound: [
      allow(database, databases, 'queries'),
      deny(AclTraffic.allTraffic(), proxies, 'a function opens no connection to a proxy'),
      allow(https, anyIpv4, 'requests to endpoints, S3 and, through the firewall, the internet'),
    ],
  };
}

function databaseTable({ functions, databases }: Ranges): AclTable {
  return {
    inbound: [
      allow(database, functions, 'queries of functions'),
      allow(responsesToAny, databases, 'queries of the database proxy to the database, and its responses'),
    ],
    outbound: [
      allow(responsesToAny, functions, 'responses to functions'),
      allow(responsesToAny, databases, 'queries of the database proxy to the database, and its responses'),
    ],
  };
}

/** Client VPN opens connections with the addresses of its interfaces, from any port ("How AWS Client VPN works"). */
function vpnTable({ servers }: Ranges): AclTable {
  return {
    inbound: [allow(responsesToAny, servers, 'responses of endpoints, which are in the subnets of servers')],
    outbound: [allow(https, servers, 'requests of the IT team to the endpoints')],
  };
}

/** Firewall endpoints and NAT gateways pass the same packets, with the same addresses, one after the other. */
function passageTable({ vpc, servers, functions }: Ranges, responsePorts: readonly AclTraffic[]): AclTable {
  return {
    inbound: [
      allow(https, servers, 'requests to the internet'),
      allow(https, functions, 'requests to the internet'),
      ...responsePorts.map((ports) => allow(ports, anyIpv4, 'responses of the internet to the NAT gateway, which drops all other packets')),
      allow(packetTooBig4, anyIpv4, 'path MTU discovery; the NAT gateway forwards messages about its own connections'),
    ],
    outbound: [
      allow(responsesToLinux, servers, 'responses of the internet'),
      allow(responsesToAny, functions, 'responses of the internet'),
      allow(packetTooBig4, servers, 'path MTU discovery'),
      allow(packetTooBig4, functions, 'path MTU discovery'),
      deny(AclTraffic.allTraffic(), vpc, 'the NAT gateway reaches nothing else in the VPC'),
      allow(https, anyIpv4, 'requests to the internet'),
    ],
  };
}

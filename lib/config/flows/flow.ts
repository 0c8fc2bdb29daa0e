// Flows: who opens connections to whom, on which port, by which way. Each stack declares its own in a file of this
// folder; what no flow needs is closed. `npm run rehearse` takes each flow through the templates.

/** Ports on which visitors reach the load balancer; 80 redirects. (DSS-5.6.3) */
export const visitorPorts: readonly number[] = [80, 443];
/** Port of the collectors. (TOM-6.8) */
export const collectorPort = 8080;
/** Port of SSH, where `access.instanceConnect` is on. (DSS-5.6.6) */
export const shellPort = 22;
/** Port of PostgreSQL. */
export const databasePort = 5432;
/** Port of AWS services, of endpoints and of the internet beyond the firewall. */
export const servicePort = 443;

/** The way of a flow. */
export type Way =
  /** From the internet through the internet gateway. */
  | 'internet gateway'
  /** Between subnets of the VPC. */
  | 'network'
  /** To a service through its interface endpoint in the VPC. */
  | 'endpoint'
  /** From the management networks through the tunnels of the Site-to-Site VPN, to the endpoint of a service. */
  | 'VPN gateway'
  /** To a service through a route of its gateway endpoint. */
  | 'gateway endpoint'
  /** To the internet through the firewall and the NAT gateway of the zone. */
  | 'firewall';

/** The other end of a flow: a resource of the deployment, or a service of AWS or domain by the names of its hosts. */
export type Destination =
  | { readonly resource: string }
  /** The service as in the names of its endpoints, and the names that clients resolve. */
  | { readonly service: string; readonly hosts: readonly string[] };

export interface Flow {
  /** Unique name, as in `hits to the stream`. */
  readonly name: string;
  /**
   * `visitors`, `management networks`, or the name of a resource within the deployment, as in `data/UpkeepFunction`.
   */
  readonly from: string;
  readonly to: Destination;
  readonly ports: readonly number[];
  readonly way: Way;
  /** Purpose, as a phrase for a reviewer. */
  readonly purpose: string;
  /** Whether nobody uses the way yet. It is open for a stack that is planned, and listed apart. @default false */
  readonly reserved?: boolean;
}

/** What flows depend on. */
export interface FlowSettings {
  readonly environment: 'production' | 'staging' | 'development';
  readonly region: string;
  readonly allowedDomains: readonly string[];
  /** Whether the site has a Client VPN. */
  readonly clientVpn: boolean;
  /** Whether the site has a Site-to-Site VPN. */
  readonly managementVpn: boolean;
  /** Whether servers have shells by EC2 Instance Connect Endpoint. (DSS-5.6.6) */
  readonly instanceConnect: boolean;
}

/** Hosts of a service in a region. Clients of Kinesis that name a stream resolve a host of the account. */
export function hostsOf(service: string, region: string): readonly string[] {
  const host = `${service}.${region}.amazonaws.com`;
  if (service === 'kinesis-streams') return [`kinesis.${region}.amazonaws.com`, `111111111111.data-kinesis.${region}.amazonaws.com`];
  if (service === 's3') return [host, `bucket.${host}`];
  return [host];
}

/** Calls of a service on its port, by its endpoint. */
export const calls = (from: string, service: string, { region }: FlowSettings, purpose: string): Flow => ({
  name: `${from} to ${service}`,
  from,
  to: { service, hosts: hostsOf(service, region) },
  ports: [servicePort],
  way: service === 's3' || service === 'dynamodb' ? 'gateway endpoint' : 'endpoint',
  purpose,
});

/** Origin of flows from beyond the Site-to-Site VPN. (TOM-3.1) */
export const managementNetworks = 'management networks';

/** Calls of a service by its endpoint, from the management networks. */
export const callsFromManagement = (service: string, settings: FlowSettings, purpose: string): Flow => ({
  ...calls(managementNetworks, service, settings, purpose),
  way: 'VPN gateway',
});

/** Connections between two resources of the deployment. */
export const connects = (from: string, to: string, port: number, purpose: string): Flow => ({
  name: `${from} to ${to}`,
  from,
  to: { resource: to },
  ports: [port],
  way: 'network',
  purpose,
});

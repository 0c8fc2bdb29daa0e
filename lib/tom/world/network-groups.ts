// Security groups of all stacks. Who may open connections to whom, on which port, is one table; a rule between two
// groups that is not in it, on either side, is refused. (TOM-4.2, TOM-6.6, TOM-6.8, DSS-5.6.3)
import type { DeploymentFacts } from '../template/assembly';
import { cloudflareRanges } from '../template/client-address';
import { databasePort } from '../template/databases';
import { type Declaration, type DeclarationOptions, declare } from './declaration';
import { by, type FormLike, harmless, set } from './form';
import { hasConnect, hasVpn, managementRanges, tierRange } from './network-addresses';
import { places, type TierName, vpc } from './network-tiers';
import { tags } from './tags';

/** Port of the collectors. (TOM-6.8) */
const collectorPort = 8080;
/** Port of SSH, for the endpoint of EC2 Instance Connect alone. (DSS-5.6.6) */
const shellPort = 22;
/** Ports on which visitors reach the load balancer. (DSS-5.6.3) */
const visitorPorts = [80, 443];

const { loadBalancer, collectors, instanceConnect, endpoints, databaseFunctions, migrationFunctions, databaseProxy, database, vpn } =
  places;
const { restoredDatabases, restoredReader } = places;

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  /** Name of the ingress rule at the destination. */
  readonly wayIn: string;
  /**
   * Name of the egress rule at the origin. @default - a property of the group, by the range of the destination's tier
   */
  readonly wayOut?: string;
  /** @default - in every deployment */
  readonly when?: (facts: DeploymentFacts) => boolean;
}

const edges: readonly Edge[] = [
  { from: loadBalancer.group, to: collectors.group, port: collectorPort, wayIn: 'collection/CollectorsTrafficFromProxies' },
  {
    from: instanceConnect.group,
    to: collectors.group,
    port: shellPort,
    wayIn: 'collection/InstanceConnectFromEndpoint',
    wayOut: 'collection/InstanceConnectToServers',
    when: hasConnect,
  },
  {
    from: databaseFunctions.group,
    to: databaseProxy.group,
    port: databasePort,
    wayIn: 'data/ProxyFromFunctions',
    wayOut: 'data/ProxyOfFunctions',
  },
  { from: databaseProxy.group, to: database.group, port: databasePort, wayIn: 'data/DatabaseFromProxy', wayOut: 'data/ProxyToDatabase' },
  {
    from: migrationFunctions.group,
    to: database.group,
    port: databasePort,
    wayIn: 'data/DatabaseFromMigrations',
    wayOut: 'data/MigrationsToDatabase',
  },
  {
    from: restoredReader.group,
    to: restoredDatabases.group,
    port: databasePort,
    wayIn: 'backup/RestoreNetworkFromReader',
    wayOut: 'backup/RestoreNetworkToRestored',
  },
];

const tcp = (port: number) => ({ Description: harmless, FromPort: port, IpProtocol: 'tcp', ToPort: port });
const groupId = (group: string): string => `\${${group}.GroupId}`;

/** The resources of the archive of hits, which exist before collectors. (TOM-5.1) */
const hitArchive = [...['ArchiveBehind', 'ArchiveDeliveryFailed', 'HourlyDelivery', 'LogStream', 'Log', 'Permissions', 'Role']].map(
  (id) => `\${collection/HitArchive${id}}`,
);

/** Resources that the stack creates before a group or rule. */
const optionsOf = (name: string, when?: (facts: DeploymentFacts) => boolean): DeclarationOptions => ({
  ...(name.startsWith('collection/Collectors') ? { dependsOn: set(...hitArchive) } : {}),
  ...(when ? { when } : {}),
});

const edgeDeclarations = edges.flatMap(({ from, to, port, wayIn, wayOut, when }) => [
  declare(
    'AWS::EC2::SecurityGroupIngress',
    wayIn,
    { ...tcp(port), GroupId: groupId(to), SourceSecurityGroupId: groupId(from) },
    optionsOf(wayIn, when),
  ),
  ...(wayOut === undefined
    ? []
    : [
        declare(
          'AWS::EC2::SecurityGroupEgress',
          wayOut,
          { ...tcp(port), GroupId: groupId(from), DestinationSecurityGroupId: groupId(to) },
          optionsOf(wayOut, when),
        ),
      ]),
]);

/** Addresses that no packet has; without an egress rule, EC2 allows every destination. */
const nothing: FormLike = [{ CidrIp: '255.255.255.255/32', Description: harmless, FromPort: 252, IpProtocol: 'icmp', ToPort: 86 }];
/** AWS services and, through the firewall, allowed domains: routes, firewalls and endpoint policies limit the rest. */
const services: FormLike = [{ CidrIp: '0.0.0.0/0', ...tcp(443) }];
const servers: FormLike = [{ CidrIp: by(({ facts }) => tierRange('private', facts)), ...tcp(collectorPort) }];

/** The tiers whose residents call services through the endpoints. */
const fromTiers = (...tiers: readonly TierName[]): readonly FormLike[] =>
  tiers.map((tier) => ({ CidrIp: by(({ facts }) => tierRange(tier, facts)), ...tcp(443) }));

/** Besides the tiers, the management networks, by the Site-to-Site VPN. (TOM-3.1) */
const callers: FormLike = by(({ facts }) => [
  ...fromTiers('private', 'functions', ...(hasVpn(facts) ? (['vpn'] as const) : [])),
  ...managementRanges(facts).map((range) => ({ CidrIp: range, ...tcp(443) })),
]);
const fromInternet: FormLike = set(
  ...visitorPorts.flatMap((port) => [
    { CidrIp: '0.0.0.0/0', ...tcp(port) },
    { CidrIpv6: '::/0', ...tcp(port) },
  ]),
);

interface Group {
  readonly name: string;
  readonly egress: FormLike;
  /** Rules that are properties of the group. @default - none */
  readonly ingress?: FormLike;
  readonly classification?: 'personal';
}

const group = ({ name, egress, ingress, classification }: Group, when?: (facts: DeploymentFacts) => boolean): Declaration =>
  declare(
    'AWS::EC2::SecurityGroup',
    name,
    {
      GroupDescription: harmless,
      SecurityGroupEgress: egress,
      ...(ingress === undefined ? {} : { SecurityGroupIngress: ingress }),
      Tags: tags(classification),
      VpcId: vpc,
    },
    optionsOf(name, when),
  );

const behindCloudflare = ({ settings }: DeploymentFacts): boolean => settings.edge.cloudflare !== undefined;
const proxies: Group = { name: loadBalancer.group, egress: servers };

/** Largest number of entries, as fixed at creation; each counts towards the quota of 60 rules of a group. */
const largestList = { IPv4: 20, IPv6: 10 } as const;

const cloudflareDeclarations = (['IPv4', 'IPv6'] as const).flatMap((family) => [
  declare(
    'AWS::EC2::PrefixList',
    `edge/ProxiesCloudflare${family}`,
    {
      AddressFamily: family,
      Entries: set(...cloudflareRanges[family].map((range) => ({ Cidr: range, Description: harmless }))),
      MaxEntries: largestList[family],
      PrefixListName: `<deployment>-cloudflare-${family.toLowerCase()}`,
      Tags: tags(),
    },
    { when: behindCloudflare },
  ),
  ...visitorPorts.map((port) =>
    declare(
      'AWS::EC2::SecurityGroupIngress',
      `edge/ProxiesFromCloudflare${family}On${port}`,
      { ...tcp(port), GroupId: groupId(loadBalancer.group), SourcePrefixListId: `\${edge/ProxiesCloudflare${family}.PrefixListId}` },
      { when: behindCloudflare },
    ),
  ),
]);

export const groupDeclarations: readonly Declaration[] = [
  group(proxies, behindCloudflare),
  group({ ...proxies, ingress: fromInternet }, (facts) => !behindCloudflare(facts)),
  group({ name: collectors.group, egress: services }),
  group({ name: instanceConnect.group, egress: nothing }, hasConnect),
  group({ name: endpoints.group, egress: nothing, ingress: callers }),
  group({ name: vpn.group, egress: fromTiers('private') }, hasVpn),
  group({ name: databaseFunctions.group, egress: services }),
  group({ name: migrationFunctions.group, egress: services }),
  group({ name: databaseProxy.group, egress: nothing, classification: 'personal' }),
  group({ name: database.group, egress: nothing, classification: 'personal' }),
  group({ name: restoredReader.group, egress: nothing }),
  group({ name: restoredDatabases.group, egress: nothing }),
  ...edgeDeclarations,
  ...cloudflareDeclarations,
];

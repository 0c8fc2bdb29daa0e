// The routes of each subnet, all of them: proxies to the internet, servers and functions to the firewall of their
// zone, firewalls to the NAT gateway, and back. Databases have none. (TOM-6.5, TOM-6.6, DSS-5.6.2)
import { opaque } from '../template/canonical';
import { type Declaration, type DeclarationOptions, declare } from './declaration';
import { by, type FormLike } from './form';
import { hasFirewall, natZone, sharesNat, subnetRange } from './network-addresses';
import { subnetName, type TierName, zones } from './network-tiers';
import { tableName, zoneOf } from './network-vpc';
import { tags } from './tags';

const internet = '0.0.0.0/0';
const internetGateway = '${network/VpcIGW}';
const tableOf = (tier: string, zone: string): string => `\${${tableName(tier, zone)}}`;
const afterGateway = ['${network/VpcVPCGW}'];

/** The tiers whose residents may open connections to the internet. */
const leavingTiers: readonly TierName[] = ['private', 'functions'];

/** The endpoint of the firewall of a zone: the only element of its list of `<zone>:<endpoint>`. */
function firewallEndpoint(zone: string): string {
  const only = opaque('Fn::Select', [0, `\${network/EgressFirewallZone${zone}.EndpointIds}`]);
  return opaque('Fn::Select', [1, opaque('Fn::Split', [':', only])]);
}

const natGateway = (zone: string): string => `\${network/NatGateway${zone}.NatGatewayId}`;

/** Declarations of what exists in each zone with a NAT gateway of its own. */
function inEachNatZone(make: (options: DeclarationOptions) => Declaration): readonly Declaration[] {
  const [first, ...others] = zones;
  return [make({ variables: { zone: [first] } }), make({ variables: { zone: others }, when: (facts) => !sharesNat(facts) })];
}

const natDeclarations: readonly Declaration[] = [
  ...inEachNatZone((options) => declare('AWS::EC2::EIP', 'network/NatAddress<zone>', { Domain: 'vpc', Tags: tags() }, options)),
  ...inEachNatZone((options) =>
    declare(
      'AWS::EC2::NatGateway',
      'network/NatGateway<zone>',
      {
        AllocationId: '${network/NatAddress<zone>.AllocationId}',
        SubnetId: `\${${subnetName('egress', '<zone>')}}`,
        Tags: tags(),
      },
      { ...options, dependsOn: afterGateway },
    ),
  ),
  ...inEachNatZone((options) =>
    declare(
      'AWS::EC2::Route',
      'network/EgressRoutesegress<zone>Out',
      { DestinationCidrBlock: internet, GatewayId: internetGateway, RouteTableId: tableOf('egress', '<zone>') },
      { ...options, dependsOn: afterGateway },
    ),
  ),
];

const proxyRoutes: readonly Declaration[] = [
  ['DefaultRoute', { DestinationCidrBlock: internet }],
  ['DefaultRoute6', { DestinationIpv6CidrBlock: '::/0' }],
].map(([id, destination]) =>
  declare(
    'AWS::EC2::Route',
    `network/VpcpublicSubnet<zone>${id as string}`,
    { ...(destination as Readonly<Record<string, FormLike>>), GatewayId: internetGateway, RouteTableId: tableOf('public', '<zone>') },
    { variables: { zone: zones }, dependsOn: ['${network/VpcVPCGW}', '${network/Vpcipv6cidr}'] },
  ),
);

const outRoute = (tier: TierName): Declaration =>
  declare(
    'AWS::EC2::Route',
    `network/EgressRoutes${tier}<zone>Out`,
    by((context) => ({
      DestinationCidrBlock: internet,
      RouteTableId: tableOf(tier, '<zone>'),
      ...(hasFirewall(context.facts)
        ? { VpcEndpointId: firewallEndpoint(zoneOf(context)) }
        : { NatGatewayId: natGateway(natZone(zoneOf(context), context.facts)) }),
    })),
    { variables: { zone: zones } },
  );

/** Responses return through the firewall that forwarded the request, from the subnet of the NAT gateway. */
const backRoute = (tier: TierName): Declaration =>
  declare(
    'AWS::EC2::Route',
    `network/EgressRoutes${tier}<zone>Back`,
    {
      DestinationCidrBlock: by((context) => subnetRange(tier, zoneOf(context), context.facts)),
      RouteTableId: by((context) => tableOf('egress', natZone(zoneOf(context), context.facts))),
      VpcEndpointId: by((context) => firewallEndpoint(zoneOf(context))),
    },
    { variables: { zone: zones }, when: hasFirewall },
  );

const firewallRoute = declare(
  'AWS::EC2::Route',
  'network/EgressRoutesfirewall<zone>Out',
  {
    DestinationCidrBlock: internet,
    NatGatewayId: by((context) => natGateway(natZone(zoneOf(context), context.facts))),
    RouteTableId: tableOf('firewall', '<zone>'),
  },
  { variables: { zone: zones }, when: hasFirewall },
);

export const routeDeclarations: readonly Declaration[] = [
  ...natDeclarations,
  ...proxyRoutes,
  ...leavingTiers.map(outRoute),
  ...leavingTiers.map(backRoute),
  firewallRoute,
];

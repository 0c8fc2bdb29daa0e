// Tiers of the network, and the places in them: the subnets and the security group of each kind of resident. A
// resident of another tier, or with another group, deviates from its form.
import type { FormLike } from './form';

/** Names of the tiers. The subnets of a tier are in the three zones, one in each. (TOM-6.3) */
export const tierNames = ['public', 'private', 'functions', 'isolated', 'egress', 'firewall', 'vpn'] as const;
export type TierName = (typeof tierNames)[number];

/** Numbers of the zones in the names of subnets and of what is once in each zone. (TOM-6.3) */
export const zones = ['1', '2', '3'] as const;

/** The VPC, as references of other resources have it. */
export const vpc = '${network/Vpc}';

/** A kind of resident: its resource type, its tier and its security group. */
export interface Place {
  /** Resource types whose properties name the subnets. */
  readonly types: readonly string[];
  readonly tier: TierName;
  /** Name of the only security group of its interfaces. @default - it has no security group */
  readonly group?: string;
}

/**
 * Allowed residents of the tiers; every other resource in a subnet is refused. (TOM-4.2, TOM-6.5, TOM-6.6, DSS-5.6.2,
 * DSS-5.6.3)
 */
export const places = {
  loadBalancer: { types: ['AWS::ElasticLoadBalancingV2::LoadBalancer'], tier: 'public', group: 'edge/Proxies' },
  collectors: { types: ['AWS::AutoScaling::AutoScalingGroup'], tier: 'private', group: 'collection/CollectorsTrafficSecurityGroup' },
  /** Where `access.instanceConnect` is on. (DSS-5.6.6) */
  instanceConnect: {
    types: ['AWS::EC2::InstanceConnectEndpoint'],
    tier: 'private',
    group: 'collection/InstanceConnectSecurityGroup',
  },
  endpoints: { types: ['AWS::EC2::VPCEndpoint'], tier: 'private', group: 'network/EndpointsSecurityGroup' },
  /** Functions that query the database through its proxy. */
  databaseFunctions: { types: ['AWS::Lambda::Function'], tier: 'functions', group: 'data/AccessSecurityGroup' },
  /** Functions that connect to the cluster without the proxy: migrations, and the rotation of context keys. */
  migrationFunctions: { types: ['AWS::Lambda::Function'], tier: 'functions', group: 'data/MigrationsSecurityGroup' },
  databaseProxy: { types: ['AWS::RDS::DBProxy'], tier: 'isolated', group: 'data/ProxySecurityGroup' },
  /** The subnet group places the instances; the cluster has the security group. */
  database: { types: ['AWS::RDS::DBSubnetGroup'], tier: 'isolated', group: 'data/DatabaseSecurityGroup' },
  /** Clusters of restore tests, and the function that reads them. (DSS-5.5.1) */
  restoredDatabases: { types: ['AWS::RDS::DBSubnetGroup'], tier: 'isolated', group: 'backup/RestoreNetworkRestored' },
  restoredReader: { types: ['AWS::Lambda::Function'], tier: 'functions', group: 'backup/RestoreNetworkReader' },
  natGateways: { types: ['AWS::EC2::NatGateway'], tier: 'egress' },
  vpn: { types: ['AWS::EC2::ClientVpnTargetNetworkAssociation'], tier: 'vpn', group: 'access/ClientVpnSecurityGroup' },
  egressFirewalls: { types: ['AWS::NetworkFirewall::Firewall'], tier: 'firewall' },
} as const satisfies Readonly<Record<string, Place>>;
export type PlaceName = keyof typeof places;
type PlaceWithGroup = { [Name in PlaceName]: (typeof places)[Name] extends { group: string } ? Name : never }[PlaceName];

/** Name of the subnet of a tier in a zone, as in `network/VpcpublicSubnet1Subnet`. */
export const subnetName = (tier: string, zone: string): string => `network/Vpc${tier}Subnet${zone}Subnet`;

/** The subnets of a place, in the order of the zones: the value of `SubnetIds`, `VPCZoneIdentifier` or `Subnets`. */
export const subnetsIn = (place: PlaceName): readonly string[] => zones.map((zone) => `\${${subnetName(places[place].tier, zone)}}`);

/** The only security group of a place: the value of `SecurityGroupIds`, `VpcSecurityGroupIds` or `Groups`. */
export const groupsOf = (place: PlaceWithGroup): readonly string[] => [`\${${places[place].group}.GroupId}`];

/** The whole `VpcConfig` of a function in a place. A function without `VpcConfig` has no way to the network. */
export const vpcConfigOf = (place: 'databaseFunctions' | 'migrationFunctions' | 'restoredReader'): FormLike => ({
  SecurityGroupIds: groupsOf(place),
  SubnetIds: subnetsIn(place),
});

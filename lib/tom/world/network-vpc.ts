// The VPC, its subnets in three zones, their route tables, and the gateway to the internet. (TOM-6.3)
import type { Declaration, DeclarationOptions } from './declaration';
import { declare } from './declaration';
import { by, type Context } from './form';
import { subnetRange, subnetRange6, whereTier, zoneText } from './network-addresses';
import { subnetName, type TierName, tierNames, vpc, zones } from './network-tiers';
import { tags } from './tags';

/** The tier of a resource whose name has the variable `<tier>`. */
const tierOf = ({ variables }: Context): TierName => variables.tier as TierName;
/** The zone of a resource whose name has the variable `<zone>`. */
export const zoneOf = ({ variables }: Context): string => variables.zone as string;

/** Declarations of what each tier has, where it exists. */
export function inEachTier(make: (options: DeclarationOptions) => Declaration): readonly Declaration[] {
  return tierNames.map((tier) => make({ variables: { tier: [tier], zone: zones }, ...whereTier(tier) }));
}

/** Subnets and their tables are created after the IPv6 range of the VPC. */
const afterIpv6 = { dependsOn: ['${network/Vpcipv6cidr}'] };
const subnetNameTag = { Key: 'Name', Value: '<deployment>-network/Vpc/<tier>Subnet<zone>' };
const vpcNameTag = { Key: 'Name', Value: '<deployment>-network/Vpc' };

/** A subnet gives no address to interfaces by itself, neither a public nor an IPv6 one. (DSS-5.6.2) */
const subnetForm = {
  AssignIpv6AddressOnCreation: false,
  AvailabilityZone: by((context) => zoneText(zoneOf(context))),
  CidrBlock: by((context) => subnetRange(tierOf(context), zoneOf(context), context.facts)),
  Ipv6CidrBlock: by((context) => subnetRange6(tierOf(context), zoneOf(context))),
  MapPublicIpOnLaunch: false,
  Tags: tags(
    undefined,
    { Key: 'aws-cdk:subnet-name', Value: '<tier>' },
    { Key: 'aws-cdk:subnet-type', Value: by((context) => (tierOf(context) === 'public' ? 'Public' : 'Isolated')) },
    subnetNameTag,
  ),
  VpcId: vpc,
};

/** Name of the route table of a subnet. */
export const tableName = (tier: string, zone: string): string => `network/Vpc${tier}Subnet${zone}RouteTable`;

export const vpcDeclarations: readonly Declaration[] = [
  declare('AWS::EC2::VPC', 'network/Vpc', {
    CidrBlock: by(({ facts }) => facts.settings.network.vpcCidr),
    EnableDnsHostnames: true,
    EnableDnsSupport: true,
    InstanceTenancy: 'default',
    Tags: tags(undefined, vpcNameTag),
  }),
  declare('AWS::EC2::VPCCidrBlock', 'network/Vpcipv6cidr', { AmazonProvidedIpv6CidrBlock: true, VpcId: vpc }),
  declare('AWS::EC2::InternetGateway', 'network/VpcIGW', { Tags: tags(undefined, vpcNameTag) }),
  declare('AWS::EC2::VPCGatewayAttachment', 'network/VpcVPCGW', { InternetGatewayId: '${network/VpcIGW}', VpcId: vpc }),
  ...inEachTier((options) => declare('AWS::EC2::Subnet', subnetName('<tier>', '<zone>'), subnetForm, { ...options, ...afterIpv6 })),
  ...inEachTier((options) =>
    declare(
      'AWS::EC2::RouteTable',
      tableName('<tier>', '<zone>'),
      { Tags: tags(undefined, subnetNameTag), VpcId: vpc },
      { ...options, ...afterIpv6 },
    ),
  ),
  ...inEachTier((options) =>
    declare(
      'AWS::EC2::SubnetRouteTableAssociation',
      `${tableName('<tier>', '<zone>')}Association`,
      { RouteTableId: `\${${tableName('<tier>', '<zone>')}}`, SubnetId: `\${${subnetName('<tier>', '<zone>')}}` },
      { ...options, ...afterIpv6 },
    ),
  ),
];

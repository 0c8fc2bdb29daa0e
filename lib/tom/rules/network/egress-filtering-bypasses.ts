// Ways round the firewalls.
import type { Bypass } from '../../rule';
import type { Assembly, JsonObject } from '../../template/assembly';
import { attributeOf, newResource, refTo, routeFrom } from '../bypass';

const byNat = (assembly: Assembly): JsonObject => ({ NatGatewayId: attributeOf('AWS::EC2::NatGateway', 'NatGatewayId', assembly) });
const byGateway = (assembly: Assembly): JsonObject => ({ GatewayId: refTo('AWS::EC2::InternetGateway', assembly) });

/** Routes that lead past the firewall of a zone. */
export const pastTheFirewall: readonly Bypass[] = [
  ...['private', 'functions', 'isolated'].flatMap((tier): Bypass[] => [
    {
      name: `halves of the world from the tier ${tier}`,
      resources: (_, assembly) =>
        Object.fromEntries(
          ['0.0.0.0/1', '128.0.0.0/1'].map((half, index) => [
            `Half${index}`,
            routeFrom(tier, assembly, { DestinationCidrBlock: half, ...byNat(assembly) }),
          ]),
        ),
    },
    {
      name: `a prefix list from the tier ${tier}`,
      resources: (_, assembly) => ({
        List: newResource('AWS::EC2::PrefixList', { AddressFamily: 'IPv4', MaxEntries: 1, Entries: [{ Cidr: '0.0.0.0/1' }] }),
        Way: routeFrom(tier, assembly, { DestinationPrefixListId: { Ref: 'List' }, ...byNat(assembly) }),
      }),
    },
    {
      name: `IPv6 from the tier ${tier}`,
      resources: (_, assembly) => ({
        Way: routeFrom(tier, assembly, { DestinationIpv6CidrBlock: '2000::/3', ...byGateway(assembly) }),
      }),
    },
    {
      name: `another network from the tier ${tier}`,
      resources: (_, assembly) => ({
        Way: routeFrom(tier, assembly, { DestinationCidrBlock: '192.168.0.0/16', TransitGatewayId: 'tgw' }),
      }),
    },
  ]),
  {
    name: 'a default route of databases',
    resources: (_, assembly) => ({ Way: routeFrom('isolated', assembly, { DestinationCidrBlock: '0.0.0.0/0', ...byNat(assembly) }) }),
  },
  {
    name: 'a tier of another name',
    resources: (vpc, assembly) => ({
      Workers: newResource('AWS::EC2::Subnet', {
        VpcId: { Ref: vpc.logicalId },
        CidrBlock: '10.64.250.0/28',
        Tags: [{ Key: 'aws-cdk:subnet-name', Value: 'workers' }],
      }),
      Table: newResource('AWS::EC2::RouteTable', { VpcId: { Ref: vpc.logicalId } }),
      Association: newResource('AWS::EC2::SubnetRouteTableAssociation', { SubnetId: { Ref: 'Workers' }, RouteTableId: { Ref: 'Table' } }),
      Way: newResource('AWS::EC2::Route', { RouteTableId: { Ref: 'Table' }, DestinationCidrBlock: '0.0.0.0/0', ...byNat(assembly) }),
    }),
  },
];

// Routes that bypass the network firewall.
import type { Bypass } from '../../rule';
import type { Assembly, JsonObject } from '../../template/assembly';
import {
  internetGatewayType,
  natGatewayType,
  prefixListType,
  routeTableAssociationType,
  routeTableType,
  routeType,
  subnetType,
} from '../../template/resource-types';
import { attributeOf, newResource, refTo, routeFrom } from '../bypass';

const byNat = (assembly: Assembly): JsonObject => ({ NatGatewayId: attributeOf(natGatewayType, 'NatGatewayId', assembly) });
const byGateway = (assembly: Assembly): JsonObject => ({ GatewayId: refTo(internetGatewayType, assembly) });

/** Routes that bypass the firewall of a zone. */
export const firewallBypasses: readonly Bypass[] = [
  ...['private', 'functions', 'isolated'].flatMap((tier): Bypass[] => [
    {
      name: `routes to both halves of all addresses from the tier ${tier}`,
      resources: (_, assembly) =>
        Object.fromEntries(
          ['0.0.0.0/1', '128.0.0.0/1'].map((half, index) => [
            `Half${index}`,
            routeFrom(tier, assembly, { DestinationCidrBlock: half, ...byNat(assembly) }),
          ]),
        ),
    },
    {
      name: `a route to a prefix list from the tier ${tier}`,
      resources: (_, assembly) => ({
        List: newResource(prefixListType, { AddressFamily: 'IPv4', MaxEntries: 1, Entries: [{ Cidr: '0.0.0.0/1' }] }),
        Route: routeFrom(tier, assembly, { DestinationPrefixListId: { Ref: 'List' }, ...byNat(assembly) }),
      }),
    },
    {
      name: `an IPv6 route from the tier ${tier}`,
      resources: (_, assembly) => ({
        Route: routeFrom(tier, assembly, { DestinationIpv6CidrBlock: '2000::/3', ...byGateway(assembly) }),
      }),
    },
    {
      name: `a route to another network from the tier ${tier}`,
      resources: (_, assembly) => ({
        Route: routeFrom(tier, assembly, { DestinationCidrBlock: '192.168.0.0/16', TransitGatewayId: 'tgw' }),
      }),
    },
  ]),
  {
    name: 'a default route from the subnets of databases',
    resources: (_, assembly) => ({ Route: routeFrom('isolated', assembly, { DestinationCidrBlock: '0.0.0.0/0', ...byNat(assembly) }) }),
  },
  {
    name: 'a tier with another name',
    resources: (vpc, assembly) => ({
      Workers: newResource(subnetType, {
        VpcId: { Ref: vpc.logicalId },
        CidrBlock: '10.64.250.0/28',
        Tags: [{ Key: 'aws-cdk:subnet-name', Value: 'workers' }],
      }),
      Table: newResource(routeTableType, { VpcId: { Ref: vpc.logicalId } }),
      Association: newResource(routeTableAssociationType, { SubnetId: { Ref: 'Workers' }, RouteTableId: { Ref: 'Table' } }),
      Route: newResource(routeType, { RouteTableId: { Ref: 'Table' }, DestinationCidrBlock: '0.0.0.0/0', ...byNat(assembly) }),
    }),
  },
];

// Servers and databases that are public through less common properties.

import type { Bypass } from '../../rule';
import type { Assembly, JsonObject, ResourceJson } from '../../template/assembly';
import {
  clusterType,
  databaseInstanceType,
  internetGatewayType,
  natGatewayType,
  routeTableAssociationType,
  routeTableType,
  routeType,
  securityGroupType,
  serverTemplateType,
  serverType,
} from '../../template/resource-types';
import { attributeOf, newResource, refTo, routeFrom, subnetIn } from '../bypass';

const byNat = (assembly: Assembly): JsonObject => ({ NatGatewayId: attributeOf(natGatewayType, 'NatGatewayId', assembly) });
const byGateway = (assembly: Assembly): JsonObject => ({ GatewayId: refTo(internetGatewayType, assembly) });
const groupId = (assembly: Assembly): JsonObject => attributeOf(securityGroupType, 'GroupId', assembly);

const templateOf = (...NetworkInterfaces: JsonObject[]): ResourceJson =>
  newResource(serverTemplateType, { LaunchTemplateData: { NetworkInterfaces } });

export const publicServers: readonly Bypass[] = [
  {
    name: 'an instance whose interface is in a subnet of proxies',
    resources: (_, assembly) => ({
      Server: newResource(serverType, {
        SubnetId: subnetIn('private', assembly),
        NetworkInterfaces: [
          { SubnetId: subnetIn('private', assembly), GroupSet: [groupId(assembly)] },
          { SubnetId: subnetIn('public', assembly), GroupSet: [groupId(assembly)] },
        ],
      }),
    }),
  },
  { name: 'an instance in no subnet', resources: { Server: newResource(serverType, { ImageId: 'x' }) } },
  {
    name: 'a launch template whose second interface is in a subnet of proxies',
    resources: (_, assembly) => ({ Template: templateOf({}, { SubnetId: subnetIn('public', assembly), Groups: [groupId(assembly)] }) }),
  },
  {
    name: 'a launch template whose second interface has a public address',
    resources: { Template: templateOf({}, { AssociatePublicIpAddress: true }) },
  },
  ...[databaseInstanceType, clusterType, 'AWS::Redshift::Cluster', 'AWS::DMS::ReplicationInstance'].map(
    (type): Bypass => ({ name: `a public ${type}`, resources: { Open: newResource(type, { PubliclyAccessible: true }) } }),
  ),
];

/** Routes with an unresolvable subnet, and a route of databases. */
export const fromTheInternet: readonly Bypass[] = [
  ...[{ 'Fn::ImportValue': { 'Fn::Sub': 'network:Table' } }, '{{resolve:ssm:/network/table}}', { Ref: 'Parameter' }].map(
    (RouteTableId): Bypass => ({
      name: `a route in the table ${JSON.stringify(RouteTableId)}`,
      resources: (_, assembly) => ({
        Way: newResource(routeType, { RouteTableId, DestinationCidrBlock: '0.0.0.0/0', ...byGateway(assembly) }),
      }),
    }),
  ),
  {
    name: 'a route table for an unresolvable subnet',
    resources: (vpc) => ({
      Table: newResource(routeTableType, { VpcId: { Ref: vpc.logicalId } }),
      Association: newResource(routeTableAssociationType, { SubnetId: '{{resolve:ssm:/x}}', RouteTableId: { Ref: 'Table' } }),
    }),
  },
  {
    name: 'a route of databases',
    resources: (_, assembly) => ({ Way: routeFrom('isolated', assembly, { DestinationCidrBlock: '192.0.2.0/24', ...byNat(assembly) }) }),
  },
];

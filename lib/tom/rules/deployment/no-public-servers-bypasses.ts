// Servers and databases that face the internet in other ways than the plain ones.
import type { Bypass } from '../../rule';
import type { Assembly, JsonObject, ResourceJson } from '../../template/assembly';
import { attributeOf, newResource, refTo, routeFrom, subnetIn } from '../bypass';

const byNat = (assembly: Assembly): JsonObject => ({ NatGatewayId: attributeOf('AWS::EC2::NatGateway', 'NatGatewayId', assembly) });
const byGateway = (assembly: Assembly): JsonObject => ({ GatewayId: refTo('AWS::EC2::InternetGateway', assembly) });
const groupId = (assembly: Assembly): JsonObject => attributeOf('AWS::EC2::SecurityGroup', 'GroupId', assembly);

const templateOf = (...NetworkInterfaces: JsonObject[]): ResourceJson =>
  newResource('AWS::EC2::LaunchTemplate', { LaunchTemplateData: { NetworkInterfaces } });

export const publicServers: readonly Bypass[] = [
  {
    name: 'an instance whose interface is in a subnet of proxies',
    resources: (_, assembly) => ({
      Server: newResource('AWS::EC2::Instance', {
        SubnetId: subnetIn('private', assembly),
        NetworkInterfaces: [
          { SubnetId: subnetIn('private', assembly), GroupSet: [groupId(assembly)] },
          { SubnetId: subnetIn('public', assembly), GroupSet: [groupId(assembly)] },
        ],
      }),
    }),
  },
  { name: 'an instance in no subnet', resources: { Server: newResource('AWS::EC2::Instance', { ImageId: 'x' }) } },
  {
    name: 'a launch template whose second interface is in a subnet of proxies',
    resources: (_, assembly) => ({ Template: templateOf({}, { SubnetId: subnetIn('public', assembly), Groups: [groupId(assembly)] }) }),
  },
  {
    name: 'a launch template whose second interface asks for an address',
    resources: { Template: templateOf({}, { AssociatePublicIpAddress: true }) },
  },
  ...['AWS::RDS::DBInstance', 'AWS::RDS::DBCluster', 'AWS::Redshift::Cluster', 'AWS::DMS::ReplicationInstance'].map(
    (type): Bypass => ({ name: `a public ${type}`, resources: { Open: newResource(type, { PubliclyAccessible: true }) } }),
  ),
];

/** Routes from the internet whose subnet cannot be told, and one to databases. */
export const fromTheInternet: readonly Bypass[] = [
  ...[{ 'Fn::ImportValue': { 'Fn::Sub': 'network:Table' } }, '{{resolve:ssm:/network/table}}', { Ref: 'Parameter' }].map(
    (RouteTableId): Bypass => ({
      name: `a route in the table ${JSON.stringify(RouteTableId)}`,
      resources: (_, assembly) => ({
        Way: newResource('AWS::EC2::Route', { RouteTableId, DestinationCidrBlock: '0.0.0.0/0', ...byGateway(assembly) }),
      }),
    }),
  ),
  {
    name: 'a route table for a subnet that the template does not tell',
    resources: (vpc) => ({
      Table: newResource('AWS::EC2::RouteTable', { VpcId: { Ref: vpc.logicalId } }),
      Association: newResource('AWS::EC2::SubnetRouteTableAssociation', { SubnetId: '{{resolve:ssm:/x}}', RouteTableId: { Ref: 'Table' } }),
    }),
  },
  {
    name: 'a route of databases',
    resources: (_, assembly) => ({ Way: routeFrom('isolated', assembly, { DestinationCidrBlock: '192.0.2.0/24', ...byNat(assembly) }) }),
  },
];

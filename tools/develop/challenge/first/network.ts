// Ways into and through the network: routes, subnets, network ACLs, endpoints and other networks.
import { add, at, type Challenge, type Found, put, ref, resourceOfType, type Template } from '../challenge';

const entry = 'AWS::EC2::NetworkAclEntry';
const route = 'AWS::EC2::Route';
const subnet = 'AWS::EC2::Subnet';

const vpc = (network: Template) => ref(resourceOfType(network, 'AWS::EC2::VPC').id);

const subnetOf = (network: Template, tier: string, zone: number): Found => resourceOfType(network, subnet, `Vpc${tier}Subnet${zone}Subnet`);

const tableOf = (network: Template, tier: string, zone: number) =>
  ref(resourceOfType(network, 'AWS::EC2::RouteTable', `Vpc${tier}Subnet${zone}RouteTable`).id);

/** The default route of the tier in the zone. */
const routeOf = (network: Template, tier: string, zone: number): Found => resourceOfType(network, route, `EgressRoutes${tier}${zone}Out`);

export const networkChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-6.5',
    kind: 'B',
    title: 'a route of the second zone through the firewall of the first',
    change({ network }) {
      const first = at(routeOf(network, 'private', 1).properties, 'VpcEndpointId');
      put(routeOf(network, 'private', 2).properties, 'VpcEndpointId', structuredClone(first));
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'H',
    title: 'a more specific route of the servers past the firewall',
    change({ network }) {
      for (const [index, DestinationCidrBlock] of ['0.0.0.0/1', '128.0.0.0/1'].entries()) {
        add(network, `Fast${index}0A1B2C3D`, route, {
          DestinationCidrBlock,
          NatGatewayId: ref(resourceOfType(network, 'AWS::EC2::NatGateway', 'NatGateway1').id),
          RouteTableId: tableOf(network, 'private', 1),
        });
      }
    },
  },
  {
    clause: 'TOM-4.2',
    kind: 'H',
    title: 'an IPv6 route of the databases to the internet',
    change({ network }) {
      const gateway = add(network, 'Outward0A1B2C3D', 'AWS::EC2::EgressOnlyInternetGateway', { VpcId: vpc(network) });
      add(network, 'OutwardRoute0A1B2C3D', route, {
        DestinationIpv6CidrBlock: '::/0',
        EgressOnlyInternetGatewayId: gateway,
        RouteTableId: tableOf(network, 'isolated', 2),
      });
    },
  },
  {
    clause: 'DSS-5.6.2',
    kind: 'B',
    title: 'a subnet of servers with the route table of the public subnet',
    change({ network }) {
      const { properties } = resourceOfType(network, 'AWS::EC2::SubnetRouteTableAssociation', 'VpcprivateSubnet3');
      put(properties, 'RouteTableId', tableOf(network, 'public', 3));
    },
  },
  {
    clause: 'DSS-5.6.2',
    kind: 'H',
    title: 'a subnet of servers that gives every server an IPv6 address, in text',
    change({ network }) {
      put(subnetOf(network, 'private', 2).properties, 'AssignIpv6AddressOnCreation', 'true');
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'I',
    title: 'a first entry of the network ACL of databases that allows every private address',
    change({ network }) {
      const { id } = resourceOfType(network, 'AWS::EC2::NetworkAcl', 'Aclisolated');
      for (const Egress of [true, false]) {
        add(network, `Temporary${Egress ? 'Out' : 'In'}0A1B2C3D`, entry, {
          NetworkAclId: ref(id),
          RuleNumber: 1,
          Protocol: -1,
          RuleAction: 'allow',
          CidrBlock: '10.0.0.0/8',
          Egress,
        });
      }
    },
  },
  {
    clause: 'TOM-3.1',
    kind: 'J',
    title: 'a network ACL of servers that admits port 22 in a wider range',
    change({ network }) {
      put(resourceOfType(network, entry, 'AclprivateIn10').properties, 'PortRange/From', 20);
    },
  },
  {
    clause: 'TOM-3.1',
    kind: 'J',
    title: 'a network ACL of functions that admits port 3389 by one',
    change({ network }) {
      put(resourceOfType(network, entry, 'AclfunctionsIn10').properties, 'PortRange/To', 3389);
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'J',
    title: 'a network ACL with its refusal of the VPC behind its permission',
    change({ network }) {
      put(resourceOfType(network, entry, 'AclpublicOut20').properties, 'RuleNumber', 200);
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'B',
    title: 'a subnet of databases with the network ACL of servers',
    change({ network }) {
      const { id } = subnetOf(network, 'isolated', 2);
      const { properties } = resourceOfType(
        network,
        'AWS::EC2::SubnetNetworkAclAssociation',
        ({ SubnetId }) => JSON.stringify(SubnetId) === JSON.stringify(ref(id)),
      );
      put(properties, 'NetworkAclId', ref(resourceOfType(network, 'AWS::EC2::NetworkAcl', 'Aclprivate').id));
    },
  },
  {
    clause: 'DSS-5.6.2',
    kind: 'J',
    title: 'a VPC without the block of public access',
    change({ network }) {
      put(resourceOfType(network, 'AWS::EC2::VPCBlockPublicAccessOptions').properties, 'InternetGatewayBlockMode', 'off');
    },
  },
  {
    clause: 'DSS-5.6.2',
    kind: 'I',
    title: 'a fourth exclusion from the block of public access, for the whole VPC',
    change({ network }) {
      add(network, 'Exclusion0A1B2C3D', 'AWS::EC2::VPCBlockPublicAccessExclusion', {
        InternetGatewayExclusionMode: 'allow-bidirectional',
        VpcId: vpc(network),
      });
    },
  },
  {
    clause: 'TOM-6.3',
    kind: 'H',
    title: 'subnets of servers of the second and third zone in one zone',
    change({ network }) {
      put(subnetOf(network, 'private', 3).properties, 'AvailabilityZone/Fn::Select/0', 1);
      put(subnetOf(network, 'isolated', 3).properties, 'AvailabilityZone/Fn::Select/0', 1);
    },
  },
  {
    clause: 'TOM-6.10',
    kind: 'A',
    title: 'a zone by hand',
    change({ network }) {
      put(subnetOf(network, 'public', 1).properties, 'AvailabilityZone', 'eu-west-3a');
    },
  },
  {
    clause: 'DSS-5.6.4',
    kind: 'H',
    title: 'a subnet of servers that gives every server a public address, in text',
    change({ network }) {
      put(subnetOf(network, 'private', 1).properties, 'MapPublicIpOnLaunch', 'true');
    },
  },
  {
    clause: 'TOM-6.5',
    kind: 'B',
    title: 'a translation of addresses of every zone in the subnet of the first',
    change({ network }) {
      const first = ref(subnetOf(network, 'egress', 1).id);
      for (const zone of [2, 3]) put(resourceOfType(network, 'AWS::EC2::NatGateway', `NatGateway${zone}`).properties, 'SubnetId', first);
    },
  },
];

// Ways to other networks: peerings, shares, endpoints, resolvers and a VPN.
import {
  add,
  addStatement,
  attribute,
  type Challenge,
  type Found,
  listAt,
  otherAccount,
  ref,
  resourceOfType,
  section,
  statementWith,
  sub,
  type Template,
} from '../challenge';

const route = 'AWS::EC2::Route';
const subnet = 'AWS::EC2::Subnet';

const vpc = (network: Template) => ref(resourceOfType(network, 'AWS::EC2::VPC').id);

const subnetOf = (network: Template, tier: string, zone: number): Found => resourceOfType(network, subnet, `Vpc${tier}Subnet${zone}Subnet`);

const tableOf = (network: Template, tier: string, zone: number) =>
  ref(resourceOfType(network, 'AWS::EC2::RouteTable', `Vpc${tier}Subnet${zone}RouteTable`).id);

export const otherNetworkChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-7.3',
    kind: 'I',
    title: 'a peering with the VPC of another account',
    change({ network }) {
      const peering = add(network, 'Peering0A1B2C3D', 'AWS::EC2::VPCPeeringConnection', {
        VpcId: vpc(network),
        PeerVpcId: 'vpc-0a1b2c3d4e5f60718',
        PeerOwnerId: otherAccount,
        PeerRoleArn: `arn:aws:iam::${otherAccount}:role/peering`,
      });
      add(network, 'PeeringRoute0A1B2C3D', route, {
        DestinationCidrBlock: '10.96.0.0/16',
        VpcPeeringConnectionId: peering,
        RouteTableId: tableOf(network, 'isolated', 1),
      });
    },
  },
  {
    clause: 'TOM-7.3',
    kind: 'A',
    title: 'an attachment of the private subnets to a transit gateway of a parameter',
    change({ network }) {
      section(network, 'Parameters').Hub = { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/company/transit-gateway' };
      add(network, 'Hub0A1B2C3D', 'AWS::EC2::TransitGatewayAttachment', {
        TransitGatewayId: ref('Hub'),
        VpcId: vpc(network),
        SubnetIds: [1, 2, 3].map((zone) => ref(subnetOf(network, 'private', zone).id)),
      });
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'I',
    title: 'a set of DHCP options with public resolvers, past the DNS firewall',
    change({ network }) {
      const options = add(network, 'Resolvers0A1B2C3D', 'AWS::EC2::DHCPOptions', { DomainNameServers: ['9.9.9.9', '149.112.112.112'] });
      add(network, 'ResolversOfVpc0A1B2C3D', 'AWS::EC2::VPCDHCPOptionsAssociation', { DhcpOptionsId: options, VpcId: vpc(network) });
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'I',
    title: 'an endpoint of S3 through which servers write to buckets of partners',
    change({ network }) {
      addStatement(resourceOfType(network, 'AWS::EC2::VPCEndpoint', 'EndpointsS3').properties, 'PolicyDocument', {
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: 's3:PutObject*',
        Resource: sub('arn:${AWS::Partition}:s3:::partner-*/*'),
      });
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'F',
    title: 'an endpoint of Kinesis that admits the account of the resource with a wildcard',
    change({ network }) {
      const { properties } = resourceOfType(network, 'AWS::EC2::VPCEndpoint', 'EndpointsKinesis');
      statementWith(properties, 'PolicyDocument', 'kinesis:*').Condition = {
        StringLike: { 'aws:PrincipalAccount': '*', 'aws:ResourceAccount': '*' },
      };
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'I',
    title: 'an endpoint to the service of another company',
    change({ network }) {
      const { properties } = resourceOfType(network, 'AWS::EC2::VPCEndpoint', 'EndpointsSsm2');
      const { PolicyDocument: _, ...same } = structuredClone(properties);
      add(network, 'EndpointsVendor0A1B2C3D', 'AWS::EC2::VPCEndpoint', {
        ...same,
        PrivateDnsEnabled: false,
        ServiceName: 'com.amazonaws.vpce.eu-west-3.vpce-svc-0a1b2c3d4e5f60718',
      });
    },
  },
  {
    clause: 'DSS-5.6.3',
    kind: 'I',
    title: 'an ingress of the endpoints from every IPv6 address',
    change({ network }) {
      listAt(resourceOfType(network, 'AWS::EC2::SecurityGroup', 'EndpointsSecurityGroup').properties, 'SecurityGroupIngress').push({
        Description: 'Servers',
        IpProtocol: 'tcp',
        FromPort: 443,
        ToPort: 443,
        CidrIpv6: '0:0:0:0:0:0:0:0/0',
      });
    },
  },
  {
    clause: 'TOM-3.2',
    kind: 'I',
    title: 'a Client VPN with a shared directory and without a log of connections',
    change({ network }) {
      add(network, 'Vpn0A1B2C3D', 'AWS::EC2::ClientVpnEndpoint', {
        ClientCidrBlock: '10.200.0.0/22',
        ServerCertificateArn: sub('arn:aws:acm:eu-west-3:${AWS::AccountId}:certificate/6b1f2c3d-0000-4000-8000-5a6b7c8d9e0f'),
        AuthenticationOptions: [{ Type: 'directory-service-authentication', ActiveDirectory: { DirectoryId: 'd-9067012345' } }],
        ConnectionLogOptions: { Enabled: false },
        SessionTimeoutHours: 24,
        VpcId: vpc(network),
      });
    },
  },
  {
    clause: 'TOM-7.3',
    kind: 'I',
    title: 'a share of the subnets of servers with another account',
    change({ network }) {
      const { id } = subnetOf(network, 'private', 1);
      add(network, 'SharedSubnets0A1B2C3D', 'AWS::RAM::ResourceShare', {
        Name: 'production-subnets',
        Principals: [otherAccount],
        ResourceArns: [sub(`arn:aws:ec2:eu-west-3:\${AWS::AccountId}:subnet/\${${id}}`)],
      });
    },
  },
  {
    clause: 'TOM-3.1',
    kind: 'I',
    title: 'an ingress of the default security group for remote desktops',
    change({ network }) {
      add(network, 'Desktop0A1B2C3D', 'AWS::EC2::SecurityGroupIngress', {
        GroupId: attribute(resourceOfType(network, 'AWS::EC2::VPC').id, 'DefaultSecurityGroup'),
        IpProtocol: 'tcp',
        FromPort: 3380,
        ToPort: 3400,
        CidrIp: '10.64.0.0/16',
      });
    },
  },
];

import { noPublicServers } from '../../../../../lib/tom/rules/deployment/no-public-servers';
import { answers, att, changed, type Resources, ref, resource, without } from '../example';
import { network } from '../network/example-network';

const says = (resources: Resources, id: string) => answers(noPublicServers, resources)[id];

test('the network complies', () => {
  const outcomes = Object.entries(answers(noPublicServers, network)).filter(
    ([, said]) => said !== 'compliant' && said !== 'not-applicable',
  );
  expect(outcomes).toEqual([]);
});

test.each<[string, Resources, string, string[]]>([
  ['gives public addresses', changed(network, 'private0', { MapPublicIpOnLaunch: true }), 'private0', ['address']],
  ['may give public addresses', changed(network, 'private0', { MapPublicIpOnLaunch: ref('Open') }), 'private0', ['address']],
  ['has the main route table', without(network, 'private0Routes'), 'private0', ['route-table']],
  [
    'leads to the internet',
    changed(network, 'privateOut0', { VpcEndpointId: undefined, GatewayId: ref('Internet') }),
    'private0',
    ['route::privateOut0'],
  ],
  ['leads to who knows what', changed(network, 'privateOut0', { GatewayId: 'igw-elsewhere' }), 'private0', ['route::privateOut0']],
  [
    'leads to the internet over IPv6',
    changed(network, 'privateOut0', {
      DestinationCidrBlock: undefined,
      DestinationIpv6CidrBlock: '::/0',
      VpcEndpointId: undefined,
      EgressOnlyInternetGatewayId: ref('Egress'),
    }),
    'private0',
    ['route::privateOut0'],
  ],
  ['leads to the internet and has no tier', changed(network, 'public0', { Tags: [] }), 'public0', ['route::publicOut0']],
])('a subnet that %s does not', (_, resources, id, ids) => {
  expect(says(resources, id)).toEqual(ids);
});

test('servers ask for no public address and have no key pair', () => {
  const template = (LaunchTemplateData: object) =>
    says({ ...network, T: resource('AWS::EC2::LaunchTemplate', { LaunchTemplateData } as never) }, 'T');
  expect(template({ NetworkInterfaces: [{ AssociatePublicIpAddress: false }] })).toBe('compliant');
  expect(template({ NetworkInterfaces: [{}, { AssociatePublicIpAddress: true }] })).toEqual(['address']);
  expect(template({ NetworkInterfaces: [{}, { SubnetId: ref('private0') }] })).toBe('compliant');
  expect(template({ NetworkInterfaces: [{}, { SubnetId: ref('public0') }] })).toEqual(['subnet::0']);
  expect(template({ KeyName: 'operator' })).toEqual(['key-pair']);
  expect(says({ ...network, K: resource('AWS::EC2::KeyPair') }, 'K')).toEqual(['key-pair']);
});

test('an address belongs to a NAT gateway, not to a server', () => {
  expect(says({ ...network, A: resource('AWS::EC2::EIP', { InstanceId: ref('Server') }) }, 'A')).toEqual(['InstanceId']);
  expect(says({ ...network, A: resource('AWS::EC2::EIPAssociation', { NetworkInterfaceId: ref('I') }) }, 'A')).toEqual([
    'NetworkInterfaceId',
  ]);
});

test('nothing but proxies and NAT gateways is put into a subnet that faces the internet', () => {
  const fleet = (...subnets: string[]) =>
    says({ ...network, F: resource('AWS::AutoScaling::AutoScalingGroup', { VPCZoneIdentifier: subnets.map(ref) }) }, 'F');
  expect(fleet('private0', 'private1')).toBe('compliant');
  expect(fleet('private0', 'public1')).toEqual(['subnet::1']);
  expect(fleet('elsewhere')).toEqual(['subnet::0']);
  expect(says({ ...network, S: resource('AWS::EC2::Instance', { SubnetId: ref('egress0') }) }, 'S')).toEqual(['subnet::0']);
  expect(says({ ...network, S: resource('AWS::EC2::Instance', { SubnetId: att('Nested', 'Outputs.Subnet') }) }, 'S')).toEqual([
    'subnet::0',
  ]);
});

test('an instance says in which subnet it stands, by itself or by every interface', () => {
  const server = (properties: object) => says({ ...network, S: resource('AWS::EC2::Instance', properties as never) }, 'S');
  expect(server({ SubnetId: ref('private0') })).toBe('compliant');
  expect(server({ NetworkInterfaces: [{ SubnetId: ref('private0') }, { SubnetId: ref('functions1') }] })).toBe('compliant');
  expect(server({})).toEqual(['subnet::0']);
  expect(server({ NetworkInterfaces: [{ SubnetId: ref('private0') }, { SubnetId: ref('public0') }] })).toEqual(['subnet::1']);
  expect(server({ NetworkInterfaces: [{ SubnetId: ref('private0') }, {}] })).toEqual(['subnet::1']);
  expect(server({ SubnetId: ref('private0'), AssociatePublicIpAddress: true })).toEqual(['address']);
  expect(says({ ...network, F: resource('AWS::AutoScaling::AutoScalingGroup') }, 'F')).toEqual(['subnet::0']);
});

test('an interface that stands by itself is in its own subnet', () => {
  const server = (subnet: string) =>
    says(
      {
        ...network,
        I: resource('AWS::EC2::NetworkInterface', { SubnetId: ref(subnet) }),
        S: resource('AWS::EC2::Instance', { NetworkInterfaces: [{ NetworkInterfaceId: ref('I') }] }),
      },
      'S',
    );
  expect(server('private0')).toBe('compliant');
  expect(server('public0')).toEqual(['subnet::0']);
});

test.each(['AWS::RDS::DBInstance', 'AWS::RDS::DBCluster', 'AWS::Redshift::Cluster', 'AWS::DMS::ReplicationInstance', 'AWS::New::Database'])(
  'no %s is public',
  (type) => {
    const of = (PubliclyAccessible: never) => says({ ...network, D: resource(type, { PubliclyAccessible }) }, 'D');
    expect(of(false as never)).toBe('not-applicable');
    expect(of(true as never)).toEqual(['public']);
    expect(of('true' as never)).toEqual(['public']);
    expect(of(ref('Open') as never)).toEqual(['public']);
  },
);

test('databases have no route at all', () => {
  const route = resource('AWS::EC2::Route', {
    RouteTableId: ref('isolated0Table'),
    DestinationCidrBlock: '0.0.0.0/1',
    NatGatewayId: ref('Nat0'),
  });
  expect(says({ ...network, R: route }, 'isolated0')).toEqual(['route::R']);
});

test.each([
  ['by import', { 'Fn::ImportValue': { 'Fn::Sub': 'x:Table' } }],
  ['by parameter', ref('Table')],
  ['of a VPC', att('Vpc', 'MainRouteTable')],
])('a route whose table is told %s could be of servers', (_, RouteTableId) => {
  const route = resource('AWS::EC2::Route', { RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId: ref('Internet') });
  expect(says({ ...network, R: route }, 'R')).toEqual(['RouteTableId']);
});

test('a table for a subnet that is not told could be for servers', () => {
  const association = resource('AWS::EC2::SubnetRouteTableAssociation', { RouteTableId: ref('public0Table'), SubnetId: ref('Parameter') });
  expect(says({ ...network, A: association }, 'A')).toEqual(['SubnetId']);
});

import { noPublicServers } from '../../../../../lib/tom/rules/deployment/no-public-servers';
import { answers, att, changed, type Resources, ref, resource, without } from '../example';
import { network } from '../network/example-network';

const verdict = (resources: Resources, id: string) => answers(noPublicServers, resources)[id];

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
  ['has an unresolvable target', changed(network, 'privateOut0', { GatewayId: 'igw-elsewhere' }), 'private0', ['route::privateOut0']],
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
  expect(verdict(resources, id)).toEqual(ids);
});

test('servers have no public address and no key pair', () => {
  const template = (LaunchTemplateData: object) =>
    verdict({ ...network, T: resource('AWS::EC2::LaunchTemplate', { LaunchTemplateData } as never) }, 'T');
  expect(template({ NetworkInterfaces: [{ AssociatePublicIpAddress: false }] })).toBe('compliant');
  expect(template({ NetworkInterfaces: [{}, { AssociatePublicIpAddress: true }] })).toEqual(['address']);
  expect(template({ NetworkInterfaces: [{}, { SubnetId: ref('private0') }] })).toBe('compliant');
  expect(template({ NetworkInterfaces: [{}, { SubnetId: ref('public0') }] })).toEqual(['subnet::0']);
  expect(template({ KeyName: 'operator' })).toEqual(['key-pair']);
  expect(verdict({ ...network, K: resource('AWS::EC2::KeyPair') }, 'K')).toEqual(['key-pair']);
});

test('an address belongs to a NAT gateway, not to a server', () => {
  expect(verdict({ ...network, A: resource('AWS::EC2::EIP', { InstanceId: ref('Server') }) }, 'A')).toEqual(['InstanceId']);
  expect(verdict({ ...network, A: resource('AWS::EC2::EIPAssociation', { NetworkInterfaceId: ref('I') }) }, 'A')).toEqual([
    'NetworkInterfaceId',
  ]);
});

test('nothing but proxies and NAT gateways is put into a subnet that faces the internet', () => {
  const fleet = (...subnets: string[]) =>
    verdict({ ...network, F: resource('AWS::AutoScaling::AutoScalingGroup', { VPCZoneIdentifier: subnets.map(ref) }) }, 'F');
  expect(fleet('private0', 'private1')).toBe('compliant');
  expect(fleet('private0', 'public1')).toEqual(['subnet::1']);
  expect(fleet('elsewhere')).toEqual(['subnet::0']);
  expect(verdict({ ...network, S: resource('AWS::EC2::Instance', { SubnetId: ref('egress0') }) }, 'S')).toEqual(['subnet::0']);
  expect(verdict({ ...network, S: resource('AWS::EC2::Instance', { SubnetId: att('Nested', 'Outputs.Subnet') }) }, 'S')).toEqual([
    'subnet::0',
  ]);
});

test('an instance names its subnet, itself or at every interface', () => {
  const server = (properties: object) => verdict({ ...network, S: resource('AWS::EC2::Instance', properties as never) }, 'S');
  expect(server({ SubnetId: ref('private0') })).toBe('compliant');
  expect(server({ NetworkInterfaces: [{ SubnetId: ref('private0') }, { SubnetId: ref('functions1') }] })).toBe('compliant');
  expect(server({})).toEqual(['subnet::0']);
  expect(server({ NetworkInterfaces: [{ SubnetId: ref('private0') }, { SubnetId: ref('public0') }] })).toEqual(['subnet::1']);
  expect(server({ NetworkInterfaces: [{ SubnetId: ref('private0') }, {}] })).toEqual(['subnet::1']);
  expect(server({ SubnetId: ref('private0'), AssociatePublicIpAddress: true })).toEqual(['address']);
  expect(verdict({ ...network, F: resource('AWS::AutoScaling::AutoScalingGroup') }, 'F')).toEqual(['subnet::0']);
});

test('a separate network interface is in its own subnet', () => {
  const server = (subnet: string) =>
    verdict(
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
    const of = (PubliclyAccessible: never) => verdict({ ...network, D: resource(type, { PubliclyAccessible }) }, 'D');
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
  expect(verdict({ ...network, R: route }, 'isolated0')).toEqual(['route::R']);
});

test.each([
  ['by import', { 'Fn::ImportValue': { 'Fn::Sub': 'x:Table' } }],
  ['by parameter', ref('Table')],
  ['of a VPC', att('Vpc', 'MainRouteTable')],
])('a route with the table %s may apply to servers', (_, RouteTableId) => {
  const route = resource('AWS::EC2::Route', { RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId: ref('Internet') });
  expect(verdict({ ...network, R: route }, 'R')).toEqual(['RouteTableId']);
});

test('a table of an unresolvable subnet may apply to servers', () => {
  const association = resource('AWS::EC2::SubnetRouteTableAssociation', { RouteTableId: ref('public0Table'), SubnetId: ref('Parameter') });
  expect(verdict({ ...network, A: association }, 'A')).toEqual(['SubnetId']);
});

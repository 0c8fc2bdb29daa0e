import { noPublicServers } from '../../../../lib/tom/rules/no-public-servers';
import { answers, att, changed, type Resources, ref, resource, without } from './example';
import { network } from './example-network';

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

import { egressPerZone } from '../../../../../lib/tom/rules/network/egress-per-zone';
import { answers, changed, type Resources, ref, without } from '../example';
import { endpointOf, network } from './example-network';

const verdict = (resources: Resources, id = 'private0') => answers(egressPerZone, resources)[id];

test('the network complies, with firewall and without', () => {
  expect(verdict(network)).toBe('compliant');
  expect(verdict(network, 'functions1')).toBe('compliant');
  expect(verdict(changed(network, 'privateOut0', { VpcEndpointId: undefined, NatGatewayId: ref('Nat0') }))).toBe('compliant');
});

test('proxies, databases and the way out itself are not concerned', () => {
  for (const id of ['public0', 'isolated0', 'egress0', 'firewall0']) expect(verdict(network, id)).toBe('not-applicable');
});

test.each<[string, Resources]>([
  ['there is no route', without(network, 'privateOut0')],
  ['there is no route table', without(network, 'private0Routes')],
  ['there are two routes', { ...network, again: network.privateOut0 as never }],
  ['the firewall is in another zone', changed(network, 'privateOut0', { VpcEndpointId: endpointOf('Firewall1') })],
  ['the NAT gateway is in another zone', changed(network, 'firewallOut0', { NatGatewayId: ref('Nat1') })],
  ['the NAT gateway is gone', without(network, 'Nat0')],
  ['the NAT gateway has no address', changed(network, 'Nat0', { AllocationId: undefined })],
  ['the NAT gateway is private', changed(network, 'Nat0', { ConnectivityType: 'private' })],
  ['the firewall leads nowhere', without(network, 'firewallOut0')],
  ['the firewall leads past the NAT gateway', changed(network, 'firewallOut0', { NatGatewayId: undefined, GatewayId: ref('Internet') })],
  ['the NAT gateway leads to an unknown gateway', changed(network, 'egressOut0', { GatewayId: 'igw-elsewhere' })],
  [
    'the firewall has endpoints in several zones',
    changed(network, 'Firewall0', { SubnetMappings: [{ SubnetId: ref('firewall0') }, { SubnetId: ref('firewall1') }] }),
  ],
  ['the way goes round in circles', changed(network, 'firewallOut0', { NatGatewayId: undefined, VpcEndpointId: endpointOf('Firewall0') })],
  ['the zone is unresolvable', changed(network, 'private0', { AvailabilityZone: undefined })],
])('a subnet does not where %s', (_, resources) => {
  expect(verdict(resources)).toEqual(['way-out']);
});

import { managementVpn } from '../../../../../lib/tom/rules/access/management-vpn';
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, changed, type Resources, ref, resource, without } from '../example';
import { managementExample, tunnel, withGateway, withTunnel } from './example-management';

const says = (resources: Resources, facts = withGateway) => answers(managementVpn, resources, facts);

test('a connection with two strong tunnels and routes to the management network complies', () => {
  const { Vpc, Connection, Route, Back, Other } = says(managementExample);
  expect([Vpc, Connection, Route, Back, Other]).toEqual([...Array(4).fill('compliant'), 'not-applicable']);
});

test('a deployment without a customer gateway has no connection, and needs none', () => {
  expect(says({ Vpc: resource('AWS::EC2::VPC') }, {}).Vpc).toBe('not-applicable');
});

test('a recovery site without one does not comply where the home site has one', () => {
  expect(says({ Vpc: resource('AWS::EC2::VPC') }, { ...withGateway, site: 'recovery' }).Vpc).toEqual(['connection']);
});

test.each<[string, Resources, string[]]>([
  ['no connection', without(managementExample, 'Connection'), ['connection']],
  ['a gateway of another VPC', changed(managementExample, 'Attachment', { VpcId: 'vpc-elsewhere' }), ['connection']],
  ['no attachment', without(managementExample, 'Attachment'), ['connection']],
  ['two connections', { ...managementExample, Second: managementExample.Connection as Resources[string] }, ['connection']],
  ['no route of the connection', without(managementExample, 'Route'), ['route::172.20.8.0/24']],
  ['a route of another connection', changed(managementExample, 'Route', { VpnConnectionId: 'theirs' }), ['route::172.20.8.0/24']],
])('a site with a gateway and %s does not', (_, resources, ids) => {
  expect(says(resources).Vpc).toEqual(ids);
});

test.each<[string, JsonObject, string[]]>([
  ['another customer gateway', { CustomerGatewayId: 'cgw-theirs' }, ['customer']],
  ['another gateway', { VpnGatewayId: 'vgw-theirs' }, ['gateway']],
  ['a transit gateway besides', { TransitGatewayId: 'tgw-theirs' }, ['transit']],
  ['routes of BGP', { StaticRoutesOnly: false }, ['static']],
  ['one tunnel', { VpnTunnelOptionsSpecifications: [tunnel] }, ['tunnels']],
  ['three tunnels', { VpnTunnelOptionsSpecifications: [tunnel, tunnel, tunnel] }, ['tunnels']],
])('a connection with %s does not', (_, properties, ids) => {
  expect(says(changed(managementExample, 'Connection', properties as Record<string, never>)).Connection).toEqual(ids);
});

test('a customer gateway at another address does not', () => {
  expect(says(changed(managementExample, 'Customer', { IpAddress: '8.8.4.9' })).Connection).toEqual(['customer']);
});

const lists = [
  'IKEVersions',
  ...[1, 2].flatMap((phase) => ['EncryptionAlgorithms', 'IntegrityAlgorithms', 'DHGroupNumbers'].map((list) => `Phase${phase}${list}`)),
];

test.each(lists)('a tunnel without %s, with an empty list, or with another value does not', (list) => {
  const weak = list.endsWith('DHGroupNumbers')
    ? 14
    : list === 'IKEVersions'
      ? 'ikev1'
      : list.includes('Integrity')
        ? 'SHA2-256'
        : 'AES128-GCM-16';
  const own = tunnel[list] as JsonObject[];
  for (const value of [undefined, [], [...own, { Value: weak }]])
    expect(says(withTunnel({ [list]: value } as unknown as JsonObject)).Connection).toEqual([`2::${list}`]);
});

test.each(['StartupAction', 'DPDTimeoutAction'])('a tunnel without %s does not', (action) => {
  expect(says(withTunnel({ [action]: undefined } as unknown as JsonObject)).Connection).toEqual([`2::${action}`]);
});

test.each<[string, Resources]>([
  ['Route', changed(managementExample, 'Route', { DestinationCidrBlock: '0.0.0.0/0' })],
  ['Route', changed(managementExample, 'Route', { DestinationCidrBlock: '172.20.0.0/16' })],
  ['Back', changed(managementExample, 'Back', { DestinationCidrBlock: '0.0.0.0/0' })],
])('%s to more than the management network does not', (name, resources) => {
  expect(says(resources)[name]).toEqual(['destination']);
});

test('propagated routes do not', () => {
  const Announced = resource('AWS::EC2::VPNGatewayRoutePropagation', { RouteTableIds: [ref('Table')], VpnGatewayId: ref('Gateway') });
  expect(says({ ...managementExample, Announced }).Announced).toEqual(['propagation']);
});

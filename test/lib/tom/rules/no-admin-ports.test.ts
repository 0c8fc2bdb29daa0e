import type { JsonObject } from '../../../../lib/tom/assembly';
import { noAdminPorts } from '../../../../lib/tom/rules/no-admin-ports';
import { answers, att, changed, type Resources, ref, resource, without } from './example';
import { entry, network } from './example-network';

const group = (...SecurityGroupIngress: JsonObject[]) =>
  answers(noAdminPorts, { G: resource('AWS::EC2::SecurityGroup', { SecurityGroupIngress }) }).G;
const tcp = (from: number, to: number, source: JsonObject) => ({ IpProtocol: 'tcp', FromPort: from, ToPort: to, ...source });

test.each<[string, JsonObject]>([
  ['HTTPS from a range', tcp(443, 443, { CidrIp: '10.0.0.0/24' })],
  ['SSH from a security group', tcp(22, 22, { SourceSecurityGroupId: att('Endpoint', 'GroupId') })],
  ['ICMP from anywhere', { IpProtocol: 'icmp', FromPort: 3, ToPort: 4, CidrIp: '0.0.0.0/0' }],
])('a security group may admit %s', (_, ingress) => {
  expect(group(ingress)).toBe('compliant');
});

test.each<[string, JsonObject, string[]]>([
  ['SSH from the world', tcp(22, 22, { CidrIp: '0.0.0.0/0' }), ['port::22']],
  ['SSH from a private range', tcp(22, 22, { CidrIp: '10.0.0.0/24' }), ['port::22']],
  ['SSH over IPv6', tcp(22, 22, { CidrIpv6: '2001:db8::/32' }), ['port::22']],
  ['SSH from a prefix list', tcp(22, 22, { SourcePrefixListId: ref('List') }), ['port::22']],
  ['a range of ports with remote desktop', tcp(3000, 4000, { CidrIp: '10.0.0.0/24' }), ['port::3389']],
  ['every protocol', { IpProtocol: '-1', CidrIp: '10.0.0.0/24' }, ['port::22', 'port::3389']],
  ['every protocol, as a number', { IpProtocol: -1, CidrIp: '10.0.0.0/24' }, ['port::22', 'port::3389']],
  ['ports in text', { IpProtocol: 'tcp', FromPort: '22', ToPort: '22', CidrIp: '10.0.0.0/24' }, ['port::22']],
  [
    'ports that cannot be told',
    { IpProtocol: 'tcp', FromPort: ref('Port'), ToPort: ref('Port'), CidrIp: '10.0.0.0/24' },
    ['port::22', 'port::3389'],
  ],
  ['a source that cannot be told', tcp(22, 22, {}), ['port::22']],
])('nor may it admit %s', (_, ingress, ids) => {
  expect(group(ingress)).toEqual(ids);
});

test('a single ingress in place of a list, and a separate one, are read alike', () => {
  const ingress = tcp(22, 22, { CidrIp: '10.0.0.0/24' });
  expect(answers(noAdminPorts, { G: resource('AWS::EC2::SecurityGroup', { SecurityGroupIngress: ingress }) }).G).toEqual(['port::22']);
  expect(answers(noAdminPorts, { I: resource('AWS::EC2::SecurityGroupIngress', ingress) }).I).toEqual(['port::22']);
});

describe('a network ACL', () => {
  const list = (resources: Resources, id: string) => answers(noAdminPorts, resources)[id];

  test('may let answers in below denials of both ports, or on other ports', () => {
    expect(list(network, 'egressList')).toBe('compliant');
    expect(list(network, 'privateList')).toBe('compliant');
    expect(list(network, 'publicList')).toBe('compliant');
  });

  test.each<[string, Resources]>([
    ['without the denial', without(network, 'egressNoDesktop')],
    ['with the denial below', changed(network, 'egressNoDesktop', { RuleNumber: 30 })],
    ['with a denial to some', changed(network, 'egressNoDesktop', { CidrBlock: '10.0.0.0/8' })],
    ['with a denial to some strangers', changed(network, 'egressNoDesktop', { CidrBlock: '203.0.113.0/24' })],
    ['with a denial of another port', changed(network, 'egressNoDesktop', { PortRange: { From: 3388, To: 3388 } })],
    ['with a denial of what leaves', changed(network, 'egressNoDesktop', { Egress: true })],
    ['with a denial without a number', changed(network, 'egressNoDesktop', { RuleNumber: ref('Number') })],
  ])('may not %s', (_, resources) => {
    expect(list(resources, 'egressList')).toEqual(['port::3389']);
  });

  test('a denial for IPv4 does not close IPv6, nor one for TCP the same port of UDP', () => {
    const ipv6 = { ...network, answers6: entry('egressList', 30, 'allow', '::/0', [1024, 65_535]) };
    expect(list(ipv6, 'egressList')).toEqual(['port::3389']);
    const udp = { ...network, udp: entry('egressList', 30, 'allow', '0.0.0.0/0', [1024, 65_535], { Protocol: 17 }) };
    expect(list(udp, 'egressList')).toEqual(['port::3389']);
  });

  test('neighbours may be let in, strangers in halves may not', () => {
    const ssh = (peer: string) => list({ ...network, ssh: entry('publicList', 5, 'allow', peer, [22, 22]) }, 'publicList');
    expect(ssh('10.0.0.0/16')).toBe('compliant');
    expect(ssh('128.0.0.0/1')).toEqual(['port::22']);
    expect(ssh('203.0.113.0/24')).toEqual(['port::22']);
  });
});

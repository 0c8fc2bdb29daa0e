import { settingsSchema } from '../../../../../lib/config/settings/settings';
import { noAdminPorts } from '../../../../../lib/tom/rules/deployment/no-admin-ports';
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, att, changed, type Resources, ref, resource, without } from '../example';
import { entry, network } from '../network/example-network';

const group = (...SecurityGroupIngress: JsonObject[]) =>
  answers(noAdminPorts, { G: resource('AWS::EC2::SecurityGroup', { SecurityGroupIngress }) }).G;
const tcp = (from: number, to: number, source: JsonObject) => ({ IpProtocol: 'tcp', FromPort: from, ToPort: to, ...source });

test.each<[string, JsonObject]>([
  ['HTTPS from a range', tcp(443, 443, { CidrIp: '10.0.0.0/24' })],
  ['HTTPS from a security group', tcp(443, 443, { SourceSecurityGroupId: att('Endpoint', 'GroupId') })],
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
  ['SSH from a security group', tcp(22, 22, { SourceSecurityGroupId: att('G', 'GroupId') }), ['port::22']],
])('nor may it admit %s', (_, ingress, ids) => {
  expect(group(ingress)).toEqual(ids);
});

test('a single ingress in place of a list, and a separate one, are read alike', () => {
  const ingress = tcp(22, 22, { CidrIp: '10.0.0.0/24' });
  expect(answers(noAdminPorts, { G: resource('AWS::EC2::SecurityGroup', { SecurityGroupIngress: ingress }) }).G).toEqual(['port::22']);
  expect(answers(noAdminPorts, { I: resource('AWS::EC2::SecurityGroupIngress', ingress) }).I).toEqual(['port::22']);
});

describe('SSH from the group of the instance-connect endpoint', () => {
  const settings = settingsSchema.parse({
    ...{ environment: 'production', owner: 'platform-team' },
    access: { instanceConnect: true, officeAddresses: ['192.0.2.0/24'] },
  });
  const example: Resources = {
    Endpoint: resource('AWS::EC2::InstanceConnectEndpoint', { SecurityGroupIds: [att('Own', 'GroupId')] }),
    Own: resource('AWS::EC2::SecurityGroup'),
    Other: resource('AWS::EC2::SecurityGroup'),
    Ssh: resource('AWS::EC2::SecurityGroupIngress', tcp(22, 22, { SourceSecurityGroupId: att('Own', 'GroupId') })),
  };
  const ssh = (resources: Resources, facts: object = { settings }) => answers(noAdminPorts, resources, facts).Ssh;

  test('is admitted where the configuration asks for it', () => {
    expect(ssh(example)).toBe('compliant');
    expect(ssh(example, {})).toEqual(['port::22']);
  });

  test.each<[string, JsonObject, string[]]>([
    ['another group', { SourceSecurityGroupId: att('Other', 'GroupId') }, ['port::22']],
    ['a group that cannot be told', { SourceSecurityGroupId: 'sg-0123456789abcdef0' }, ['port::22']],
    ['addresses besides', { CidrIp: '10.0.0.0/8' }, ['port::22']],
    ['further ports', { ToPort: 80 }, ['port::22']],
    ['remote desktop', { FromPort: 3389, ToPort: 3389 }, ['port::3389']],
    ['every protocol', { IpProtocol: '-1' }, ['port::22', 'port::3389']],
    ['UDP', { IpProtocol: 'udp' }, ['port::22']],
  ])('is not with %s', (_, properties, ids) => {
    expect(ssh(changed(example, 'Ssh', properties as Record<string, never>))).toEqual(ids);
  });
});

describe('a network ACL', () => {
  const list = (resources: Resources, id: string) => answers(noAdminPorts, resources)[id];

  test('can admit responses after denials of both ports, or on other ports', () => {
    expect(list(network, 'functionsList')).toBe('compliant');
    expect(list(network, 'privateList')).toBe('compliant');
    expect(list(network, 'publicList')).toBe('compliant');
  });

  test.each<[string, Resources]>([
    ['without the denial', without(network, 'functionsNoDesktop')],
    ['with the denial below', changed(network, 'functionsNoDesktop', { RuleNumber: 30 })],
    ['with a denial to some', changed(network, 'functionsNoDesktop', { CidrBlock: '10.0.0.0/8' })],
    ['with a denial to some strangers', changed(network, 'functionsNoDesktop', { CidrBlock: '203.0.113.0/24' })],
    ['with a denial of another port', changed(network, 'functionsNoDesktop', { PortRange: { From: 3388, To: 3388 } })],
    ['with a denial of what leaves', changed(network, 'functionsNoDesktop', { Egress: true })],
    ['with a denial of what leaves, in text', changed(network, 'functionsNoDesktop', { Egress: 'true' })],
    ['with a denial in a direction that cannot be told', changed(network, 'functionsNoDesktop', { Egress: ref('Direction') })],
    ['with a denial of a protocol that cannot be told', changed(network, 'functionsNoDesktop', { Protocol: ref('Protocol') })],
    ['with a denial without a number', changed(network, 'functionsNoDesktop', { RuleNumber: ref('Number') })],
  ])('may not %s', (_, resources) => {
    expect(list(resources, 'functionsList')).toEqual(['port::3389']);
  });

  test('an entry with an unresolvable direction or protocol is read as the widest', () => {
    const admitting = (rest: JsonObject) => ({ ...network, in: entry('publicList', 5, 'allow', '0.0.0.0/0', [22, 22], rest) });
    expect(list(admitting({ Egress: ref('Direction') }), 'publicList')).toEqual(['port::22']);
    expect(list(admitting({ Protocol: ref('Protocol') }), 'publicList')).toEqual(['port::22', 'port::22', 'port::3389', 'port::3389']);
    expect(list(admitting({ Egress: 'false' }), 'publicList')).toEqual(['port::22']);
    expect(list(admitting({ Egress: 'true' }), 'publicList')).toBe('compliant');
  });

  describe('of a tier that holds NAT gateways only', () => {
    const beside = (Type: string, properties: JsonObject) => list({ ...network, A: resource(Type, properties) }, 'egressList');

    test('need not deny port 3389, on which nothing listens', () => {
      expect(list(network, 'egressList')).toBe('compliant');
    });

    test('must deny port 3389 if any other resource is in one of its subnets', () => {
      expect(beside('AWS::EC2::Instance', { SubnetId: ref('egress1') })).toEqual(['port::3389']);
      expect(beside('AWS::New::Kind', { Where: [{ 'Fn::Sub': '${egress0}' }] })).toEqual(['port::3389']);
    });

    test('must deny port 3389 without a NAT gateway, independent of the name of the tier', () => {
      expect(list(without(network, 'Nat0', 'Nat1'), 'egressList')).toEqual(['port::3389']);
    });

    test('must deny port 22, on which no response arrives', () => {
      const ssh = { ...network, ssh: entry('egressList', 5, 'allow', '0.0.0.0/0', [22, 22]) };
      expect(list(ssh, 'egressList')).toEqual(['port::22']);
    });
  });

  test('a denial for IPv4 does not close IPv6, nor one for TCP the same port of UDP', () => {
    const ipv6 = { ...network, answers6: entry('functionsList', 30, 'allow', '::/0', [1024, 65_535]) };
    expect(list(ipv6, 'functionsList')).toEqual(['port::3389']);
    const udp = { ...network, udp: entry('functionsList', 30, 'allow', '0.0.0.0/0', [1024, 65_535], { Protocol: 17 }) };
    expect(list(udp, 'functionsList')).toEqual(['port::3389']);
  });

  test('private ranges can be admitted, halves of all addresses cannot', () => {
    const ssh = (peer: string) => list({ ...network, ssh: entry('publicList', 5, 'allow', peer, [22, 22]) }, 'publicList');
    expect(ssh('10.0.0.0/16')).toBe('compliant');
    expect(ssh('128.0.0.0/1')).toEqual(['port::22']);
    expect(ssh('203.0.113.0/24')).toEqual(['port::22']);
  });
});

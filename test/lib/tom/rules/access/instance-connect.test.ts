import { settingsSchema } from '../../../../../lib/config/settings/settings';
import { instanceConnect } from '../../../../../lib/tom/rules/access/instance-connect';
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { fleet } from '../collection/example-fleet';
import { aboutHost, type Host } from '../collection/example-host';
import { answers, att, changed, type Resources, ref, resource, without } from '../example';

const settings = settingsSchema.parse({
  ...{ environment: 'production', owner: 'platform-team' },
  access: { instanceConnect: true, officeAddresses: ['192.0.2.0/24'] },
});
const nothing = [{ CidrIp: '255.255.255.255/32', IpProtocol: 'icmp', FromPort: 252, ToPort: 86 }];
const ssh = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22 };

const example: Resources = {
  ...fleet,
  Endpoint: resource('AWS::EC2::InstanceConnectEndpoint', {
    PreserveClientIp: false,
    SecurityGroupIds: [att('Own', 'GroupId')],
    SubnetId: ref('private0'),
  }),
  Own: resource('AWS::EC2::SecurityGroup', { SecurityGroupEgress: nothing }),
  Out: resource('AWS::EC2::SecurityGroupEgress', {
    ...ssh,
    GroupId: att('Own', 'GroupId'),
    DestinationSecurityGroupId: att('Servers', 'GroupId'),
  }),
};
const says = (resources: Resources, facts: object = { settings }) => answers(instanceConnect, resources, facts);

test('with the setting, one endpoint that opens SSH to servers complies', () => {
  expect([says(example).Vpc, says(example).Endpoint]).toEqual(['compliant', 'compliant']);
});

test('without it, a VPC without an endpoint complies, and one with it does not', () => {
  expect(says(without(example, 'Endpoint'), {}).Vpc).toBe('compliant');
  expect([says(example, {}).Vpc, says(example, {}).Endpoint]).toEqual([['endpoint'], ['off']]);
});

test('with it, no endpoint and two do not', () => {
  expect(says(without(example, 'Endpoint')).Vpc).toEqual(['endpoint']);
  expect(says({ ...example, Second: example.Endpoint as Resources[string] }).Vpc).toEqual(['endpoint']);
});

test.each<[string, JsonObject, string[]]>([
  ['the addresses of clients', { PreserveClientIp: true }, ['client-address']],
  ['a subnet of proxies', { SubnetId: ref('public0') }, ['subnet']],
  ['a subnet that cannot be told', { SubnetId: 'subnet-0' }, ['subnet']],
  ['the default group', { SecurityGroupIds: [] }, ['group']],
  ['the group of servers', { SecurityGroupIds: [att('Servers', 'GroupId')] }, ['group']],
  ['a second group', { SecurityGroupIds: [att('Own', 'GroupId'), 'sg-0'] }, ['group']],
])('an endpoint with %s does not', (_, properties, ids) => {
  expect(says(changed(example, 'Endpoint', properties as Record<string, never>)).Endpoint).toEqual(ids);
});

test('an endpoint that leaves the mode of addresses to the default does not', () => {
  expect(says(changed(example, 'Endpoint', { PreserveClientIp: undefined })).Endpoint).toEqual(['client-address']);
});

test.each<[string, Resources, string[]]>([
  ['no way to servers', without(example, 'Out'), ['no-way']],
  ['more ports', changed(example, 'Out', { ToPort: 8080 }), ['way::Out']],
  ['another protocol', changed(example, 'Out', { IpProtocol: 'udp' }), ['way::Out']],
  ['another group', changed(example, 'Out', { DestinationSecurityGroupId: att('Own', 'GroupId') }), ['way::Out']],
  ['addresses', changed(example, 'Out', { DestinationSecurityGroupId: undefined, CidrIp: '10.0.0.0/8' }), ['way::Out']],
  ['addresses besides', changed(example, 'Out', { CidrIp: '10.0.0.0/8' }), ['way::Out']],
  [
    'every destination, inline',
    changed(example, 'Own', { SecurityGroupEgress: [...nothing, { CidrIp: '0.0.0.0/0', IpProtocol: '-1' }] }),
    ['way::Own'],
  ],
  ['admitted addresses', changed(example, 'Own', { SecurityGroupIngress: [{ ...ssh, CidrIp: '10.0.0.0/8' }] }), ['inbound']],
  [
    'an admitted group',
    {
      ...example,
      In: resource('AWS::EC2::SecurityGroupIngress', {
        ...ssh,
        GroupId: att('Own', 'GroupId'),
        SourceSecurityGroupId: att('Servers', 'GroupId'),
      }),
    },
    ['inbound'],
  ],
])('a group with %s does not', (_, resources, ids) => {
  expect(says(resources).Endpoint).toEqual(ids);
});

describe('servers', () => {
  test('have an SSH server with the setting, and none without', () => {
    expect(aboutHost(instanceConnect, { configured: true })).toBe('compliant');
    expect(aboutHost(instanceConnect)).toBe('compliant');
  });

  const server = (change: (text: string) => string): Host => ({ configured: true, files: { 'sshd.conf': change } });
  const script = (from: string, to: string): Host => ({
    configured: true,
    files: { 'instance-connect.sh': (text) => text.replace(from, () => to) },
  });

  test.each<[string, Host, string[]]>([
    [
      'its files without the setting',
      { connect: true },
      ['file::instance-connect.sh', 'file::instance-connect.service', 'file::sshd.conf'],
    ],
    ['no configuration of its own', { configured: true, files: { 'sshd.conf': undefined } }, ['file::sshd.conf', 'server']],
    ['no unit of its own', { configured: true, files: { 'instance-connect.service': undefined } }, ['file::instance-connect.service']],
    ['passwords', server((text) => text.replace('PasswordAuthentication no', 'PasswordAuthentication yes')), ['server']],
    ['root', server((text) => text.replace('PermitRootLogin no', 'PermitRootLogin yes')), ['server']],
    ['further users', server((text) => text.replace('AllowUsers shell', 'AllowUsers shell ec2-user')), ['server']],
    ['keys of files', server((text) => text.replace('AuthorizedKeysFile none', 'AuthorizedKeysFile .ssh/authorized_keys')), ['server']],
    ['forwarding', server((text) => text.replace('DisableForwarding yes\n', '')), ['server']],
    ['a further configuration', server((text) => `${text}Include /etc/ssh/sshd_config.d/*.conf\n`), ['server']],
    ['sessions without an end', { configured: true, limits: '[Login]\nStopIdleSessionSec=infinity\nKillUserProcesses=yes' }, ['idle']],
    ['processes that outlast sessions', { configured: true, limits: '[Login]\nStopIdleSessionSec=900' }, ['idle']],
    [
      'limits that logind does not read',
      script('systemctl restart systemd-logind.service', 'true'),
      ['step::systemctl restart systemd-logind.service'],
    ],
    [
      'the server of the image',
      { files: { 'boot.sh': (text) => text.replace('systemctl mask sshd.service', 'true') } },
      ['image::systemctl mask sshd.service'],
    ],
    [
      'the server of the image beside its own',
      { configured: true, files: { 'boot.sh': (text) => text.replace('systemctl disable --now sshd.service', 'true') } },
      ['image::systemctl disable --now sshd.service'],
    ],
  ])('with %s do not comply', (_, host, ids) => {
    expect(aboutHost(instanceConnect, host)).toEqual(ids);
  });
});

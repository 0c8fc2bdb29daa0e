import { flowsOf } from '../../../lib/config/flows/all';
import type { Flow } from '../../../lib/config/flows/flow';
import { Assembly, type JsonObject, type ResourceJson } from '../../../lib/tom/template/assembly';
import { flowSettingsOf, rehearseFlows } from '../../../tools/rehearse/flows';
import { changed as changedTogether, production as deployed } from './faults/fault';
import { type Change, changed, entry, facts, idOf, production, removed, withProperties } from './production';

const flows = flowsOf(flowSettingsOf(facts));

const refTo = (name: string): JsonObject => ({ 'Fn::GetAtt': [idOf(name), 'Id'] });

const undeclaredOf = (assembly: Assembly, flows?: readonly Flow[]): readonly string[] =>
  rehearseFlows(assembly, flows).undeclared.map(({ layer, where, open }) => `${layer} | ${where} | ${open}`);

test.each<[string, string, Change, string]>([
  [
    'a group rule with more ports',
    'data/DatabaseFromProxy',
    entry({ ToPort: 5433 }),
    'security group | data/DatabaseFromProxy | tcp 5432-5433',
  ],
  [
    'a group rule with every protocol',
    'data/ProxyFromFunctions',
    entry({ IpProtocol: '-1' }),
    'security group | data/ProxyFromFunctions | every',
  ],
  [
    'a group rule for another group',
    'data/ProxyFromFunctions',
    entry({ SourceSecurityGroupId: { 'Fn::GetAtt': ['MigrationsSecurityGroup', 'GroupId'] } }),
    'security group | data/ProxyFromFunctions | tcp 5432-5432 to data/ProxySecurityGroup',
  ],
  [
    'an ACL that admits the internet',
    'network/AclisolatedIn10',
    entry({ CidrBlock: '0.0.0.0/0' }),
    'network ACL | internet to isolated | TCP 5432',
  ],
  [
    'an ACL that admits SSH',
    'network/AclpublicIn10',
    entry({ PortRange: { From: 22, To: 80 } }),
    'network ACL | internet to public | TCP 22-79',
  ],
  ['an ACL without its denial', 'network/AclprivateOut40', removed, 'network ACL | private to public | TCP 443'],
  [
    'a DNS firewall that resolves every name',
    'network/DnsFirewallRules',
    withProperties((own) => ({
      ...own,
      FirewallRules: [{ Action: 'ALLOW', FirewallDomainListId: refTo('network/DnsFirewallEveryName'), Priority: 1 }],
    })),
    'DNS firewall | network/DnsFirewallRules | stranger.example: ALLOW',
  ],
  [
    'a network firewall that passes every domain of the region',
    'network/EgressFirewallAllowedDomains',
    (json) => JSON.parse(JSON.stringify(json).replace('"sns.eu-west-3', '".eu-west-3')) as ResourceJson,
    'network firewall | network/EgressFirewallPolicy | stranger.execute-api',
  ],
  [
    'a network firewall without inspection',
    'network/EgressFirewallPolicy',
    (json) => JSON.parse(JSON.stringify(json).replaceAll('aws:forward_to_sfe', 'aws:pass')) as ResourceJson,
    'network firewall | network/EgressFirewallPolicy | stranger.example: no default drop',
  ],
  ['a listener on another port', 'edge/LoadBalancerHttp', entry({ Port: 8443 }), 'listener | edge/LoadBalancerHttp | 8443'],
  [
    'a route to a part of the internet',
    'network/EgressRoutesfirewall1Out',
    entry({ DestinationCidrBlock: '128.0.0.0/32' }),
    'route | network/EgressRoutesfirewall1Out',
  ],
])('the reverse finds %s', (_, name, change, way) => {
  expect(undeclaredOf(changed(name, change)).filter((found) => found.startsWith(way))).not.toEqual([]);
});

test('a row that admits more on one side alone opens no way', () => {
  expect(undeclaredOf(changed('network/AclprivateIn10', entry({ PortRange: { From: 22, To: 8080 } })))).toEqual([]);
});

test.each<[string, Readonly<Record<string, JsonObject>>, string]>([
  [
    'ports of a fleet that does not exist',
    {
      'network/AclpublicOut10': { PortRange: { From: 8080, To: 8089 } },
      'network/AclprivateIn10': { PortRange: { From: 8080, To: 8089 } },
    },
    'network ACL | public to private | TCP 8081-8089',
  ],
  [
    'requests without TLS',
    { 'network/AclprivateOut50': { PortRange: { From: 80, To: 443 } } },
    'network ACL | private to internet | TCP 80-442',
  ],
  [
    'queries of servers',
    {
      'network/AclisolatedIn10': { CidrBlock: '10.64.0.0/16' },
      'network/AclprivateOut50': { PortRange: { From: 443, To: 5432 } },
    },
    'network ACL | private to isolated | TCP 5432-5432',
  ],
])('both sides that admit %s open a way', (_, properties, way) => {
  const changes = Object.entries(properties).map(([name, own]): [string, (json: ResourceJson) => ResourceJson] => [
    name,
    (json) => ({ ...json, Properties: { ...json.Properties, ...own } }),
  ]);
  expect(undeclaredOf(changedTogether(deployed, Object.fromEntries(changes)).assembly)).toContain(way);
});

/** The production templates with further resources in the network stack. */
function withFurther(resources: Readonly<Record<string, ResourceJson>>): Assembly {
  const stacks = production.stacks.map((stack) =>
    stack.name === 'production-network'
      ? { ...stack, template: { ...stack.template, Resources: { ...stack.template.Resources, ...resources } } }
      : stack,
  );
  return new Assembly(facts, stacks);
}

test.each<[string, string, JsonObject, string]>([
  [
    'a second route',
    'AWS::EC2::Route',
    {
      RouteTableId: { Ref: idOf('network/VpcisolatedSubnet1RouteTable') },
      DestinationCidrBlock: '0.0.0.0/0',
      NatGatewayId: { 'Fn::GetAtt': [idOf('network/NatGateway1'), 'NatGatewayId'] },
    },
    'route | network/Further | 0.0.0.0/0 to the NAT gateway network/NatGateway1',
  ],
  ['another endpoint', 'AWS::EC2::VPCEndpoint', { ServiceName: 'com.amazonaws.eu-west-3.execute-api' }, 'endpoint | network/Further'],
  ['another address', 'AWS::EC2::EIP', { Domain: 'vpc' }, 'internet gateway | network/Further'],
  ['a peering', 'AWS::EC2::VPCPeeringConnection', { VpcId: { Ref: idOf('network/Vpc') } }, 'gateway | network/Further'],
  [
    'another rule of a group',
    'AWS::EC2::SecurityGroupIngress',
    {
      GroupId: { 'Fn::GetAtt': [idOf('network/EndpointsSecurityGroup'), 'GroupId'] },
      IpProtocol: 'tcp',
      FromPort: 22,
      ToPort: 22,
      CidrIp: '10.0.0.0/8',
    },
    'security group | network/Further | tcp 22-22',
  ],
  [
    'a function without a flow',
    'AWS::Lambda::Function',
    { VpcConfig: { SubnetIds: [{ Ref: idOf('network/VpcfunctionsSubnet1Subnet') }], SecurityGroupIds: [] } },
    'placement | network/Further | AWS::Lambda::Function',
  ],
  [
    'a row for one address',
    'AWS::EC2::NetworkAclEntry',
    {
      NetworkAclId: { Ref: idOf('network/Aclpublic') },
      CidrBlock: '198.51.100.9/32',
      Egress: false,
      Protocol: 6,
      PortRange: { From: 22, To: 22 },
      RuleAction: 'allow',
      RuleNumber: 5,
    },
    'network ACL | internet to public | TCP 22-22',
  ],
])('the reverse finds %s', (_, type, properties, way) => {
  const found = undeclaredOf(withFurther({ Further: { Type: type, Properties: properties } }));
  expect(found.filter((text) => text.startsWith(way))).not.toEqual([]);
});

test('a way whose flow is not declared is found', () => {
  const without = (...names: readonly string[]): readonly Flow[] => flows.filter(({ name }) => !names.includes(name));
  expect(undeclaredOf(production, without('data/Proxy to data/DatabaseCluster')).join('\n')).toMatch(/data\/DatabaseFromProxy/);
  expect(undeclaredOf(production, without('visitors to the load balancer')).join('\n')).toMatch(/internet to public/);
  expect(
    undeclaredOf(
      production,
      without('collection/CollectorsFleetGroupASG to kms', 'access/ClientVpnEndpoint to kms', 'management networks to kms'),
    ),
  ).toEqual([
    'endpoint | network/EndpointsKms | com.amazonaws.eu-west-3.kms',
    'DNS firewall | network/DnsFirewallAllowedNames | kms.eu-west-3.amazonaws.com',
  ]);
});

test.each<[string, string, Change, string]>([
  [
    'management networks on another port',
    'network/AclprivateIn1',
    entry({ PortRange: { From: 22, To: 443 } }),
    'network ACL | management networks to private | TCP 22-442',
  ],
  [
    'servers that open connections to management networks',
    'network/AclprivateOut2',
    removed,
    'network ACL | private to management networks | TCP 443-443',
  ],
  [
    'management networks that reach ports of responses',
    'network/AclprivateIn2',
    removed,
    'network ACL | management networks to private | TCP 32768-60999',
  ],
  [
    'another network on the port of the endpoints',
    'network/AclprivateIn1',
    entry({ CidrBlock: '192.168.0.0/16' }),
    'network ACL | internet to private',
  ],
])('the reverse finds %s', (_, name, change, way) => {
  expect(undeclaredOf(changed(name, change)).filter((one) => one.startsWith(way))).not.toEqual([]);
});

test.each<[string, ResourceJson, string]>([
  [
    'a second connection',
    { Type: 'AWS::EC2::VPNConnection', Properties: { StaticRoutesOnly: true } },
    'VPN gateway | network/Added | AWS::EC2::VPNConnection',
  ],
  [
    'a second virtual private gateway',
    { Type: 'AWS::EC2::VPNGateway', Properties: {} },
    'VPN gateway | network/Added | AWS::EC2::VPNGateway',
  ],
  [
    'a second customer gateway',
    { Type: 'AWS::EC2::CustomerGateway', Properties: {} },
    'VPN gateway | network/Added | AWS::EC2::CustomerGateway',
  ],
  [
    'a route of a connection to another network',
    { Type: 'AWS::EC2::VPNConnectionRoute', Properties: { DestinationCidrBlock: '10.0.0.0/8' } },
    'VPN gateway | network/Added | AWS::EC2::VPNConnectionRoute',
  ],
  [
    'routes that the other end announces',
    { Type: 'AWS::EC2::VPNGatewayRoutePropagation', Properties: {} },
    'gateway | network/Added | AWS::EC2::VPNGatewayRoutePropagation',
  ],
])('the reverse finds %s besides', (_, Added, way) => {
  expect(undeclaredOf(withFurther({ Added })).filter((one) => one.startsWith(way))).not.toEqual([]);
});

test.each<[string, string, Change]>([
  ['a connection with routes of BGP', 'access/ManagementVpnConnection', entry({ StaticRoutesOnly: false })],
  ['no route of the connection', 'access/ManagementVpnRouteC0A82800x24', removed],
  ['no attachment of the gateway', 'access/ManagementRouteAttachment', removed],
  ['no route of responses in a zone', 'access/ManagementRouteToC0A82800x24In2', removed],
  ['no row for requests', 'network/AclprivateIn1', removed],
  ['no row for responses', 'network/AclprivateOut1', removed],
])('a flow of the management networks is lost with %s', (_, name, change) => {
  const lost = rehearseFlows(changed(name, change)).rows.filter(({ outcome }) => outcome === 'lost');
  expect(lost.map(({ flow }) => flow.name)).toContain('management networks to ssm');
  expect(lost.every(({ flow }) => flow.from === 'management networks')).toBe(true);
});

test('the flows have names of their own', () => {
  expect(new Set(flows.map(({ name }) => name)).size).toBe(flows.length);
});

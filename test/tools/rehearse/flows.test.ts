import { flowsOf } from '../../../lib/config/flows/all';
import { connects, type Flow } from '../../../lib/config/flows/flow';
import { room } from '../../../lib/config/flows/reserved';
import { loadSite } from '../../../lib/config/load';
import { Assembly, isObject, type Json, type JsonObject, type Resource, type ResourceJson } from '../../../lib/tom/template/assembly';
import { nameOf } from '../../../lib/tom/template/names';
import { factsOf } from '../../../lib/tom/template/read-assembly';
import { flowSettingsOf, lossOf, rehearseFlows } from '../../../tools/rehearse/flows';
import { readNetwork } from '../../../tools/rehearse/network/model';
import { wideTiers } from '../../../tools/rehearse/network/reverse-tiers';
import { projectRoot } from '../../../tools/synthesis/synthesize';
import { synthesized } from '../../synthesized/synthesized';

function assemblyOf(deployment: string, site: 'home' | 'recovery' = 'home'): Assembly {
  const facts = factsOf(loadSite({ directory: `${projectRoot}/config`, deployment, site }));
  return new Assembly(facts, synthesized(deployment, site).stacks);
}

const production = assemblyOf('production');
const { facts } = production;

type Change = (json: ResourceJson, resource: Resource) => ResourceJson | undefined;

/** The production templates with one resource changed, or without it. */
function changed(name: string, change: Change): Assembly {
  let changes = 0;
  const stacks = production.stacks.map((stack) => {
    const resources = Object.entries(stack.template.Resources ?? {}).flatMap(([id, json]) => {
      const resource = production.resource(stack.name, id) as Resource;
      if (nameOf(resource, facts) !== name) return [[id, json] as const];
      changes += 1;
      const after = change(json, resource);
      return after ? [[id, after] as const] : [];
    });
    return { ...stack, template: { ...stack.template, Resources: Object.fromEntries(resources) } };
  });
  expect(changes).toBe(1);
  return new Assembly(facts, stacks);
}

const removed: Change = () => undefined;
const withProperties =
  (change: (properties: JsonObject) => JsonObject): Change =>
  (json) => ({ ...json, Properties: change(json.Properties ?? {}) });

const entry = (properties: JsonObject): Change => withProperties((own) => ({ ...own, ...properties }));

/** The same value without the elements of lists, at any depth, that equal a text. */
const withoutText = (text: string): Change => withProperties((properties) => filtered(properties, text) as JsonObject);

function filtered(value: Json, text: string): Json {
  if (Array.isArray(value))
    return (value as readonly Json[]).filter((element) => element !== text).map((element) => filtered(element, text));
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, filtered(member, text)])) : value;
}

const losses = (assembly: Assembly): readonly string[] =>
  rehearseFlows(assembly)
    .rows.filter(({ outcome }) => outcome === 'lost')
    .map(lossOf);

test.each([
  ['production', 'home'],
  ['production', 'recovery'],
  ['staging', 'home'],
  ['development', 'home'],
] as const)('each flow of %s, %s, arrives, and each way is declared', (deployment, site) => {
  const { rows, undeclared } = rehearseFlows(assemblyOf(deployment, site));
  expect(rows.filter(({ outcome }) => outcome === 'lost').map(lossOf)).toEqual([]);
  expect(undeclared).toEqual([]);
});

test.each<[string, string, Change, string, RegExp]>([
  ['route of servers', 'network/EgressRoutesprivate2Out', removed, 'route', /CollectorsFleetGroupASG to ec2:.*no route/],
  ['route back to the firewall', 'network/EgressRoutesfunctions3Back', removed, 'route', /UpkeepFunction to ec2:.*the local route/],
  ['route to the internet', 'network/EgressRoutesegress1Out', removed, 'route', /to cloudformation:.*no route/],
  ['IPv6 route of the proxies', 'network/VpcpublicSubnet3DefaultRoute6', removed, 'route', /visitors.*2001:db8::7/],
  [
    'ACL row of queries',
    'network/AclisolatedIn20',
    removed,
    'network ACL',
    /HitIngestFunction to data\/Proxy: .*Aclisolated, inbound.* on 5432/,
  ],
  ['ACL row of responses', 'network/AclfunctionsIn10', removed, 'network ACL', /Aclfunctions, inbound.*no row that admits 1024-3388/],
  ['ACL row of the firewall', 'network/AclfirewallOut60', removed, 'network ACL', /Aclfirewall, outbound/],
  ['ACL row of the NAT gateways', 'network/AclegressIn40', removed, 'network ACL', /Aclegress, inbound/],
  ['association with an ACL', 'network/AclprivateZone2', removed, 'network ACL', /no network ACL/],
  ['group rule at the destination', 'data/ProxyFromFunctions', removed, 'security group', /data\/ProxySecurityGroup, inbound/],
  ['group rule at the origin', 'data/MigrationsToDatabase', removed, 'security group', /MigrationsSecurityGroup, outbound/],
  ['group rule of collectors', 'collection/CollectorsTrafficFromProxies', removed, 'security group', /LoadBalancer to collection/],
  [
    'domain of the network firewall',
    'network/EgressFirewallAllowedDomains',
    withoutText('sns.eu-west-3.amazonaws.com'),
    'network firewall',
    /TLS to sns/,
  ],
  [
    'name of the DNS firewall',
    'network/DnsFirewallAllowedNames',
    withoutText('*.s3.eu-west-3.amazonaws.com'),
    'DNS firewall',
    /BLOCK by network\/DnsFirewallEveryName: \*/,
  ],
  ['interface endpoint', 'network/EndpointsKinesis', removed, 'endpoint', /kinesis-streams: .*no endpoint/],
  [
    'private DNS',
    'network/EndpointsSecretsManager',
    withProperties((own) => ({ ...own, PrivateDnsEnabled: false })),
    'endpoint',
    /private DNS off/,
  ],
  ['gateway endpoint', 'network/EndpointsS3', removed, 'endpoint', /to s3: .*no endpoint/],
  ['listener', 'edge/LoadBalancerHttps', removed, 'listener', /a listener on 443/],
  ['exclusion from the block', 'network/PublicAccessBlockProxies2', removed, 'public access block', /VpcpublicSubnet2Subnet/],
  ['attachment of the gateway', 'network/VpcVPCGW', removed, 'internet gateway', /no attachment/],
  [
    'group of a function',
    'data/UpkeepFunction',
    withProperties((own) => ({ ...own, VpcConfig: { SubnetIds: [] } })),
    'placement',
    /UpkeepFunction/,
  ],
])('without its %s, the walk names the layer', (_, name, change, layer, text) => {
  const found = losses(changed(name, change));
  expect(found.join('\n')).toMatch(text);
  expect(found.filter((loss) => loss.includes(`lost at the ${layer}`))).not.toEqual([]);
});

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
  ['an ACL without its denial', 'network/AclprivateOut50', removed, 'network ACL | private to public | TCP 443'],
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
  expect(undeclaredOf(changed('network/AclprivateIn10', entry({ PortRange: { From: 22, To: 8089 } })))).toEqual([]);
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

const idOf = (name: string): string => production.resources.find((resource) => nameOf(resource, facts) === name)?.logicalId as string;

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
])('the reverse finds %s', (_, type, properties, way) => {
  const found = undeclaredOf(withFurther({ Further: { Type: type, Properties: properties } }));
  expect(found.filter((text) => text.startsWith(way))).not.toEqual([]);
});

const flows = flowsOf(flowSettingsOf(facts));

test('a way whose flow is not declared is found', () => {
  const without = (name: string): readonly Flow[] => flows.filter((flow) => flow.name !== name);
  expect(undeclaredOf(production, without('data/Proxy to data/DatabaseCluster')).join('\n')).toMatch(/data\/DatabaseFromProxy/);
  expect(undeclaredOf(production, without('visitors to the load balancer')).join('\n')).toMatch(/internet to public/);
  expect(undeclaredOf(production, without('collection/CollectorsFleetGroupASG to kms'))).toEqual([
    'endpoint | network/EndpointsKms | com.amazonaws.eu-west-3.kms',
    'DNS firewall | network/DnsFirewallAllowedNames | kms.eu-west-3.amazonaws.com',
  ]);
});

test('a declared flow without a way is lost', () => {
  const declared = connects('collection/CollectorsFleetGroupASG', 'data/DatabaseCluster', 5432, 'queries');
  const [row] = rehearseFlows(production, [declared]).rows;
  expect(row?.outcome).toBe('lost');
  expect(lossOf(row as never)).toMatch(
    /security group \(collection\/CollectorsTrafficSecurityGroup, outbound.*expected TCP to .* on 5432, got no rule/,
  );
});

test('the flows have names of their own, and the network ACLs admit each room', () => {
  expect(new Set(flows.map(({ name }) => name)).size).toBe(flows.length);
  const ways = wideTiers(readNetwork(production), flows, []);
  for (const { from, to } of room) expect(ways.map(({ where }) => where)).toContain(`${from} to ${to}`);
});

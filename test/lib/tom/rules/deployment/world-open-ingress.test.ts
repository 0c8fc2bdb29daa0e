import { worldOpenIngress } from '../../../../../lib/tom/rules/deployment/world-open-ingress';
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, att, changed, type Resources, ref, resource } from '../example';
import { entry, network } from '../network/example-network';

const tcp = (port: number, source: JsonObject) => ({ IpProtocol: 'tcp', FromPort: port, ToPort: port, ...source });
const group = (ingress: JsonObject, rest: Resources = {}) =>
  answers(worldOpenIngress, { ...rest, G: resource('AWS::EC2::SecurityGroup', { SecurityGroupIngress: [ingress] }) }).G;
const balancer = (Scheme: string): Resources => ({
  L: resource('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme, SecurityGroups: [att('G', 'GroupId')] }),
});

test.each<[string, JsonObject]>([
  ['a private range', tcp(8080, { CidrIp: '10.0.0.0/8' })],
  ['a named public network', tcp(8080, { CidrIp: '203.0.113.0/24' })],
  ['the VPC', tcp(8080, { CidrIp: att('Vpc', 'CidrBlock') })],
  ['a security group', tcp(8080, { SourceSecurityGroupId: att('H', 'GroupId') })],
  ['private IPv6', tcp(8080, { CidrIpv6: 'fd00::/8' })],
])('a security group may admit %s', (_, ingress) => {
  expect(group(ingress)).toBe('compliant');
});

test.each<[string, JsonObject]>([
  ['the world', { CidrIp: '0.0.0.0/0' }],
  ['the world over IPv6', { CidrIpv6: '::/0' }],
  ['half of the world', { CidrIp: '128.0.0.0/1' }],
  ['half of IPv6', { CidrIpv6: '8000::/1' }],
  ['the range of a cloud', { CidrIp: '52.95.0.0/16' }],
  ['a range with private addresses in it', { CidrIp: '10.0.0.0/7' }],
  ['an unresolvable range', { CidrIp: ref('Range') }],
  ['no range at all', {}],
  ['nonsense', { CidrIp: 'everyone' }],
  ['a prefix list of another account', { SourcePrefixListId: 'pl-elsewhere' }],
])('but not %s', (_, source) => {
  expect(group(tcp(443, source))).toEqual(['world::443']);
});

test('a prefix list of the deployment is as wide as its widest entry', () => {
  const list = (...cidrs: string[]) => ({ P: resource('AWS::EC2::PrefixList', { Entries: cidrs.map((Cidr) => ({ Cidr })) }) });
  const ingress = tcp(443, { SourcePrefixListId: att('P', 'PrefixListId') });
  expect(group(ingress, list('203.0.113.0/24', '10.0.0.0/8'))).toBe('compliant');
  expect(group(ingress, list('203.0.113.0/24', '0.0.0.0/0'))).toEqual(['world::443']);
  expect(group(ingress, list())).toEqual(['world::443']);
});

test('the security group of an internet-facing load balancer may, on 80 and 443', () => {
  const world = { CidrIp: '0.0.0.0/0' };
  expect(group(tcp(443, world), balancer('internet-facing'))).toBe('compliant');
  expect(group(tcp(80, world), balancer('internet-facing'))).toBe('compliant');
  expect(group(tcp(8080, world), balancer('internet-facing'))).toEqual(['world::8080']);
  expect(group({ IpProtocol: 'tcp', FromPort: 80, ToPort: 443, ...world }, balancer('internet-facing'))).toEqual(['world::80-443']);
  expect(group(tcp(443, world), balancer('internal'))).toEqual(['world::443']);
});

test('a separate ingress is judged with its group', () => {
  const ingress = (source: string) => ({
    I: resource('AWS::EC2::SecurityGroupIngress', { GroupId: att('G', 'GroupId'), ...tcp(443, { CidrIp: source }) }),
  });
  const of = (resources: Resources) => answers(worldOpenIngress, { G: resource('AWS::EC2::SecurityGroup'), ...resources }).I;
  expect(of(ingress('0.0.0.0/0'))).toEqual(['world::443']);
  expect(of({ ...ingress('0.0.0.0/0'), ...balancer('internet-facing') })).toBe('compliant');
});

test.each<[string, JsonObject, string | string[]]>([
  ['AWS::Lambda::Url', { AuthType: 'AWS_IAM' }, 'compliant'],
  ['AWS::Lambda::Url', { AuthType: 'NONE' }, ['door']],
  ['AWS::Lambda::Url', {}, ['door']],
  ['AWS::ApiGateway::RestApi', { EndpointConfiguration: { Types: ['PRIVATE'] } }, 'compliant'],
  ['AWS::ApiGateway::RestApi', { EndpointConfiguration: { Types: ['REGIONAL'] } }, ['door']],
  ['AWS::ApiGateway::RestApi', { EndpointConfiguration: { Types: ['PRIVATE', 'EDGE'] } }, ['door']],
  ['AWS::ApiGateway::RestApi', {}, ['door']],
  ['AWS::ApiGatewayV2::Api', { ProtocolType: 'HTTP' }, ['door']],
])('%s with %j', (type, properties, expected) => {
  expect(answers(worldOpenIngress, { D: resource(type, properties) }).D).toEqual(expected);
});

describe('a network ACL', () => {
  const list = (resources: Resources, id: string) => answers(worldOpenIngress, resources)[id];

  test('admits untrusted sources to proxies on 80 and 443, and responses elsewhere', () => {
    for (const id of ['publicList', 'privateList', 'egressList', 'isolatedList']) expect(list(network, id)).toBe('compliant');
  });

  test.each<[string, Resources, string, string]>([
    ['another port of proxies', changed(network, 'publicHttps', { PortRange: { From: 8443, To: 8443 } }), 'publicList', 'publicHttps'],
    [
      'the ports of servers',
      changed(network, 'privateAnswers', { PortRange: { From: 8080, To: 60_999 } }),
      'privateList',
      'privateAnswers',
    ],
    ['the application', changed(network, 'privateApplication', { CidrBlock: '0.0.0.0/0' }), 'privateList', 'privateApplication'],
    ['everything', changed(network, 'egressAnswers', { Protocol: -1 }), 'egressList', 'egressAnswers'],
    ['databases', changed(network, 'isolatedQueries', { CidrBlock: '203.0.113.0/24' }), 'isolatedList', 'isolatedQueries'],
  ])('but not to %s', (_, resources, id, at) => {
    expect(list(resources, id)).toEqual([`world::${at}`]);
  });

  test('a list that serves proxies and servers is held to both', () => {
    const shared = changed(network, 'private0Acl', { NetworkAclId: ref('publicList') });
    expect(list(shared, 'publicList')).toEqual(['world::publicHttps', 'world::publicHttps6']);
  });

  test('an ACL without subnets admits no source', () => {
    const unused = {
      ...network,
      spareList: resource('AWS::EC2::NetworkAcl'),
      open: entry('spareList', 10, 'allow', '0.0.0.0/0', [22, 22]),
    };
    expect(list(unused, 'spareList')).toBe('compliant');
  });
});

describe('the group of proxies', () => {
  const open = tcp(443, { CidrIp: '0.0.0.0/0' });
  const verdict = (rest: Resources, ingress: JsonObject = open) =>
    answers(worldOpenIngress, {
      ...balancer('internet-facing'),
      G: resource('AWS::EC2::SecurityGroup', { SecurityGroupIngress: [ingress] }),
      ...rest,
    });

  test('admits TCP alone', () => {
    expect(verdict({}).G).toBe('compliant');
    expect(verdict({}, { ...open, IpProtocol: 'udp' }).G).toEqual(['world::443']);
  });

  test('is of proxies alone, though other groups may name it', () => {
    const has = (Type: string) => verdict({ Other: resource(Type, { VpcConfig: { SecurityGroupIds: [att('G', 'GroupId')] } }) }).G;
    expect(has('AWS::Lambda::Function')).toEqual(['shared::Other']);
    expect(has('AWS::EC2::SecurityGroupIngress')).toBe('compliant');
  });

  test('may be named in a variable of a function, which is in no group', () => {
    const variable = { Environment: { Variables: { GROUP: att('G', 'GroupId') } } };
    const named = (Type: string, more: JsonObject = {}) => verdict({ Other: resource(Type, { ...variable, ...more }) }).G;
    expect(named('AWS::Lambda::Function')).toBe('compliant');
    expect(named('AWS::Lambda::Function', { VpcConfig: { SecurityGroupIds: [att('G', 'GroupId')] } })).toEqual(['shared::Other']);
    expect(named('AWS::Batch::JobDefinition')).toEqual(['shared::Other']);
  });

  test('is resolved by the templates', () => {
    const named = (...SecurityGroups: JsonObject[] | string[]) =>
      verdict({ L: resource('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internet-facing', SecurityGroups }) }).L;
    expect(named(att('G', 'GroupId'))).toBe('compliant');
    expect(named('sg-elsewhere')).toEqual(['group']);
    expect(named()).toEqual(['group']);
  });
});

import { cloudflareOnly } from '../../../../../lib/tom/rules/edge/cloudflare-only';
import type { Json, JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, assemblyOf, att, changed, type Resources, resource, without } from '../example';
import { anyOf, edge, not, rate, withRules } from './example-edge';

const told = { AggregateKeyType: 'FORWARDED_IP', ForwardedIPConfig: { HeaderName: 'CF-Connecting-IP', FallbackBehavior: 'MATCH' } };
const data = anyOf('/hit.gif', '/hit', '/hits');
const others = not(data);

const list = (...ranges: string[]) => resource('AWS::EC2::PrefixList', { Entries: ranges.map((Cidr) => ({ Cidr })) });
const from = (id: string, port: number): JsonObject => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  SourcePrefixListId: att(id, 'PrefixListId'),
});

/** The edge behind Cloudflare. */
const behind: Resources = {
  ...changed(edge, 'Https', { MutualAuthentication: { Mode: 'verify', TrustStoreArn: att('Store', 'TrustStoreArn') } }),
  Acl: withRules({ rateData: rate(0, data, told), rateOthers: rate(1, others, told) }).Acl as never,
  ProxyGroup: resource('AWS::EC2::SecurityGroup', { SecurityGroupIngress: [from('List4', 443), from('List6', 443)] }),
  Plain: resource('AWS::EC2::SecurityGroupIngress', { GroupId: att('ProxyGroup', 'GroupId'), ...from('List4', 80) }),
  List4: list('104.16.0.0/13', '172.64.0.0/13'),
  List6: list('2606:4700::/32'),
  Store: resource('AWS::ElasticLoadBalancingV2::TrustStore', {}),
};

const verdict = (resources: Resources, id: string, cloudflare = true) => answers(cloudflareOnly, assemblyOf(resources, { cloudflare }))[id];

test('behind Cloudflare, its ranges and its certificate comply', () => {
  expect(verdict(behind, 'Balancer')).toBe('compliant');
  expect(verdict(behind, 'Https')).toBe('compliant');
  expect(verdict(behind, 'Http')).toBe('not-applicable');
});

test('without Cloudflare, all addresses and no client certificate comply', () => {
  expect(verdict(edge, 'Balancer', false)).toBe('compliant');
  expect(verdict(edge, 'Https', false)).toBe('compliant');
  expect(verdict(edge, 'Http', false)).toBe('not-applicable');
});

test.each<[string, Json | undefined]>([
  ['left out, which leaves it as it was', undefined],
  ['one that is verified', { Mode: 'verify', TrustStoreArn: att('Store', 'TrustStoreArn') }],
  ['one that is passed on', { Mode: 'passthrough' }],
  ['off, with a trust store, which is refused', { Mode: 'off', TrustStoreArn: att('Store', 'TrustStoreArn') }],
])('without Cloudflare a client certificate is turned off, not %s', (_, MutualAuthentication) => {
  expect(verdict(changed(edge, 'Https', { MutualAuthentication }), 'Https', false)).toEqual(['certificate']);
});

test('a stack without Cloudflare does not comply after Cloudflare is declared', () => {
  expect(verdict(edge, 'Balancer')).toEqual([
    'admits::0.0.0.0/0',
    'admits::0.0.0.0/0',
    'counted::Properties.Rules.0',
    'counted::Properties.Rules.1',
  ]);
  expect(verdict(edge, 'Https')).toEqual(['certificate']);
});

test.each<[string, Resources, string[]]>([
  [
    'another range in a list',
    { ...behind, List4: list('104.16.0.0/13', '203.0.113.0/24') },
    ['admits::203.0.113.0/24', 'admits::203.0.113.0/24'],
  ],
  ['half of a published range', { ...behind, List6: list('2606:4700::/33') }, ['admits::2606:4700::/33']],
  ['an empty list', { ...behind, List6: list() }, ['admits::others']],
  [
    'an address outside the lists',
    {
      ...behind,
      Door: resource('AWS::EC2::SecurityGroupIngress', {
        GroupId: att('ProxyGroup', 'GroupId'),
        CidrIp: '198.51.100.7/32',
        IpProtocol: 'tcp',
        FromPort: 443,
        ToPort: 443,
      }),
    },
    ['admits::198.51.100.7/32'],
  ],
  [
    'another security group',
    {
      ...behind,
      Door: resource('AWS::EC2::SecurityGroupIngress', {
        GroupId: att('ProxyGroup', 'GroupId'),
        SourceSecurityGroupId: 'sg-1',
        IpProtocol: '-1',
      }),
    },
    ['admits::others'],
  ],
  ['a list from elsewhere', changed(behind, 'Plain', { SourcePrefixListId: 'pl-1' }), ['admits::others']],
  ['a group from elsewhere', changed(behind, 'Balancer', { SecurityGroups: ['sg-1'] }), ['admits::an unknown security group']],
])('no load balancer admits %s', (_, resources, ids) => {
  expect(verdict(resources, 'Balancer')).toEqual(ids);
});

test.each<[string, Json | undefined]>([
  ['none', undefined],
  ['one that is not looked at', { Mode: 'passthrough' }],
  ['off', { Mode: 'off' }],
  ['one of an authority from elsewhere', { Mode: 'verify', TrustStoreArn: 'arn:aws:elasticloadbalancing:x' }],
  ['an expired one', { Mode: 'verify', TrustStoreArn: att('Store', 'TrustStoreArn'), IgnoreClientCertificateExpiry: true }],
])('a client certificate is required: not %s', (_, MutualAuthentication) => {
  expect(verdict(changed(behind, 'Https', { MutualAuthentication }), 'Https')).toEqual(['certificate']);
});

describe("the visitor's address", () => {
  const counted = (rest: JsonObject, cloudflare: boolean) =>
    verdict({ ...behind, Acl: withRules({ rateData: rate(0, data, rest), rateOthers: undefined }).Acl as never }, 'Balancer', cloudflare);

  test('is taken from Cloudflare', () => {
    expect(counted(told, true)).toBe('compliant');
  });

  test.each<[string, JsonObject]>([
    ['the connection, which is Cloudflare', { AggregateKeyType: 'IP' }],
    ['a header that anybody writes', { ...told, ForwardedIPConfig: { HeaderName: 'X-Forwarded-For', FallbackBehavior: 'MATCH' } }],
    ['nowhere if it is none', { ...told, ForwardedIPConfig: { HeaderName: 'CF-Connecting-IP', FallbackBehavior: 'NO_MATCH' } }],
  ])('and not from %s', (_, rest) => {
    expect(counted(rest, true)).toEqual(['counted::Properties.Rules.0']);
  });

  test('without Cloudflare no address header is trusted', () => {
    expect(counted({ AggregateKeyType: 'IP' }, false)).toBe('compliant');
    expect(counted(told, false)).toEqual(['counted::Properties.Rules.0']);
  });

  test('without a web ACL there is no rate rule; another rule requires a web ACL', () => {
    expect(verdict(without(edge, 'AclOfBalancer'), 'Balancer', false)).toBe('compliant');
  });
});

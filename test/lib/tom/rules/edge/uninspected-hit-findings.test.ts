// A load balancer without a web ACL: only where the configuration leaves hits to Cloudflare, and for hits alone.
import { settingsSchema } from '../../../../../lib/config/settings/settings';
import { webFirewall } from '../../../../../lib/tom/rules/edge/web-firewall';
import type { Json, JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, assemblyOf, att, changed, type Resources, resource, without } from '../example';
import { edge } from './example-edge';

const settingsWith = (cloudflare: object | undefined) =>
  settingsSchema.parse({
    environment: 'production',
    owner: 'platform-team',
    edge: { domain: 'collect.example.com', ...(cloudflare ? { cloudflare: { clientCa: 'config/ca.pem', ...cloudflare } } : {}) },
  });
const verdict = (resources: Resources, cloudflare: object | undefined = { hitFirewall: 'cloudflare' }) =>
  answers(webFirewall, assemblyOf(resources, { cloudflare: cloudflare !== undefined, settings: settingsWith(cloudflare) })).Balancer;

const paths = (...Values: string[]): JsonObject => ({ Field: 'path-pattern', PathPatternConfig: { Values } });
const forward: Json = [{ Type: 'forward', TargetGroupArn: 'x' }];
const verified = changed(without(edge, 'AclOfBalancer'), 'Https', {
  MutualAuthentication: { Mode: 'verify', TrustStoreArn: att('Store', 'TrustStoreArn') },
});
/** Hits alone, from Cloudflare, without a web ACL. */
const alone = changed(verified, 'Hits', { Conditions: [paths('/hit.gif', '/hit', '/hits')] });

test('behind Cloudflare, hits may be left to its firewall', () => {
  expect(verdict(alone)).toBe('compliant');
  expect(verdict(changed(alone, 'Hits', { Conditions: [{ Field: 'http-request-method' }, paths('/hits')] }))).toBe('compliant');
});

test('not without the setting, and not without Cloudflare', () => {
  expect(verdict(alone, {})).toEqual(['none']);
  expect(verdict(alone, { hitFirewall: 'both' })).toEqual(['none']);
  expect(settingsWith(undefined).edge.cloudflare).toBeUndefined();
  expect(answers(webFirewall, alone).Balancer).toEqual(['none']);
});

test.each<[string, Json | undefined]>([
  ['off', { Mode: 'off' }],
  ['passed on', { Mode: 'passthrough' }],
  ['left out', undefined],
])('not with a client certificate that is %s', (_, MutualAuthentication) => {
  expect(verdict(changed(alone, 'Https', { MutualAuthentication }))).toEqual(['certificate::Https']);
});

test.each<[string, Json | undefined]>([
  ['no condition', undefined],
  ['another path besides', [paths('/hit', '/login')]],
  ['paths that begin like those of hits', [paths('/hits*')]],
  ['no path', [paths()]],
  ['a host name', [{ Field: 'host-header', HostHeaderConfig: { Values: ['/hit'] } }]],
])('not with a rule that forwards by %s', (_, Conditions) => {
  expect(verdict(changed(alone, 'Hits', { Conditions }))).toEqual(['forwards::Hits']);
});

test('not with a rule beside that forwards something else, nor with a default that forwards', () => {
  const other = resource('AWS::ElasticLoadBalancingV2::ListenerRule', { ListenerArn: { Ref: 'Https' }, Actions: forward });
  expect(verdict({ ...alone, Other: other })).toEqual(['forwards::Other']);
  expect(verdict(changed(alone, 'Https', { ...alone.Https?.Properties, DefaultActions: forward } as JsonObject))).toEqual([
    'forwards::Https',
  ]);
  expect(verdict(changed(alone, 'Http', { DefaultActions: forward }))).toEqual(['forwards::Http']);
  const signIn: Json = [{ Type: 'authenticate-oidc' }];
  expect(verdict({ ...alone, Other: changed({ Other: other }, 'Other', { Actions: signIn }).Other as never })).toEqual(['forwards::Other']);
});

test('answers of the load balancer itself, and rules of other load balancers, are no concern', () => {
  const health = resource('AWS::ElasticLoadBalancingV2::ListenerRule', {
    ListenerArn: { Ref: 'Https' },
    Conditions: [paths('/health')],
    Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }],
  });
  const elsewhere = resource('AWS::ElasticLoadBalancingV2::ListenerRule', {
    ListenerArn: 'arn:aws:elasticloadbalancing:x',
    Actions: forward,
  });
  expect(verdict({ ...alone, Health: health, Elsewhere: elsewhere })).toBe('compliant');
});

test('with the web ACL in front, the setting changes nothing', () => {
  expect(verdict(edge)).toBe('compliant');
});

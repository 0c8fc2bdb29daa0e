import { httpsOnly } from '../../../../../lib/tom/rules/edge/https-only';
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, changed, type Resources, ref, resource, without } from '../example';
import { edge } from './example-edge';

const verdict = (resources: Resources, id: string) => answers(httpsOnly, resources)[id];
const redirect = { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' };
const plain = (action: JsonObject) => changed(edge, 'Http', { DefaultActions: [action] });

test('a listener that redirects, one with TLS and its rules comply', () => {
  expect(['Http', 'Https', 'Hits'].map((id) => verdict(edge, id))).toEqual(['compliant', 'compliant', 'compliant']);
});

test('an internal load balancer is not its concern', () => {
  const internal = changed(edge, 'Balancer', { Scheme: 'internal' });
  expect(['Http', 'Https', 'Hits'].map((id) => verdict(internal, id))).toEqual(['not-applicable', 'not-applicable', 'not-applicable']);
});

test.each<[string, JsonObject]>([
  ['forwards', { Type: 'forward', TargetGroupArn: 'x' }],
  ['answers', { Type: 'fixed-response' }],
  ['redirects to plain HTTP', { Type: 'redirect', RedirectConfig: { ...redirect, Protocol: 'HTTP' } }],
  ['redirects to another port', { Type: 'redirect', RedirectConfig: { ...redirect, Port: '8443' } }],
  ['redirects for now', { Type: 'redirect', RedirectConfig: { ...redirect, StatusCode: 'HTTP_302' } }],
  ['redirects elsewhere', { Type: 'redirect', RedirectConfig: { ...redirect, Host: 'elsewhere.example' } }],
  ['redirects to another path', { Type: 'redirect', RedirectConfig: { ...redirect, Path: '/x' } }],
  ['says nothing', {}],
])('a plain listener that %s does not', (_, action) => {
  expect(verdict(plain(action), 'Http')).toEqual(['redirect']);
});

test('nor one with a second action, on another port or by another protocol', () => {
  const second = changed(edge, 'Http', { DefaultActions: [{ Type: 'redirect', RedirectConfig: redirect }, { Type: 'forward' }] });
  expect(verdict(second, 'Http')).toEqual(['redirect']);
  expect(verdict(changed(edge, 'Http', { Port: 8080 }), 'Http')).toEqual(['port']);
  expect(verdict(changed(edge, 'Https', { Port: 8443 }), 'Https')).toEqual(['port']);
  expect(verdict(changed(edge, 'Https', { Protocol: 'TCP' }), 'Https')).toEqual(['protocol']);
});

test('a rule does not serve over port 80, nor on a listener from elsewhere', () => {
  expect(verdict(changed(edge, 'Hits', { ListenerArn: ref('Http') }), 'Hits')).toEqual(['plain-rule']);
  expect(verdict(changed(edge, 'Hits', { ListenerArn: 'arn:aws:elasticloadbalancing:x' }), 'Hits')).toEqual(['plain-rule']);
});

test('a listener with an unresolvable load balancer is judged as a public one', () => {
  const alone = {
    L: resource('AWS::ElasticLoadBalancingV2::Listener', { Port: 80, Protocol: 'HTTP', DefaultActions: [{ Type: 'forward' }] }),
  };
  expect(verdict(alone, 'L')).toEqual(['redirect']);
});

test('without a listener the rule reports its absence', () => {
  expect(answers(httpsOnly, without(edge, 'Http', 'Https', 'Hits')).deployment).toEqual(['absent']);
});

test('nothing sends visitors back to HTTP', () => {
  const to = (Protocol?: string): JsonObject => ({
    Type: 'redirect',
    RedirectConfig: { ...(Protocol === undefined ? {} : { Protocol }), Path: '/x' },
  });
  const asked = (action: JsonObject) => [
    verdict(changed(edge, 'Https', { DefaultActions: [action] }), 'Https'),
    verdict(changed(edge, 'Hits', { Actions: [action] }), 'Hits'),
  ];
  expect(asked(to('HTTP'))).toEqual([['back::0'], ['back::0']]);
  for (const kept of [undefined, 'HTTPS', '#{protocol}']) expect(asked(to(kept))).toEqual(['compliant', 'compliant']);
});

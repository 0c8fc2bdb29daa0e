import { httpsOnly } from '../../../../../lib/tom/rules/edge/https-only';
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, changed, type Resources, ref, resource, without } from '../example';
import { edge } from './example-edge';

const says = (resources: Resources, id: string) => answers(httpsOnly, resources)[id];
const redirect = { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' };
const plain = (action: JsonObject) => changed(edge, 'Http', { DefaultActions: [action] });

test('a listener that redirects, one with TLS and its rules comply', () => {
  expect(['Http', 'Https', 'Hits'].map((id) => says(edge, id))).toEqual(['compliant', 'compliant', 'compliant']);
});

test('an internal load balancer is not its concern', () => {
  const internal = changed(edge, 'Balancer', { Scheme: 'internal' });
  expect(['Http', 'Https', 'Hits'].map((id) => says(internal, id))).toEqual(['not-applicable', 'not-applicable', 'not-applicable']);
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
  expect(says(plain(action), 'Http')).toEqual(['redirect']);
});

test('nor one with a second action, on another port or by another protocol', () => {
  const second = changed(edge, 'Http', { DefaultActions: [{ Type: 'redirect', RedirectConfig: redirect }, { Type: 'forward' }] });
  expect(says(second, 'Http')).toEqual(['redirect']);
  expect(says(changed(edge, 'Http', { Port: 8080 }), 'Http')).toEqual(['port']);
  expect(says(changed(edge, 'Https', { Port: 8443 }), 'Https')).toEqual(['port']);
  expect(says(changed(edge, 'Https', { Protocol: 'TCP' }), 'Https')).toEqual(['protocol']);
});

test('a rule does not serve over port 80, nor on a listener from elsewhere', () => {
  expect(says(changed(edge, 'Hits', { ListenerArn: ref('Http') }), 'Hits')).toEqual(['plain-rule']);
  expect(says(changed(edge, 'Hits', { ListenerArn: 'arn:aws:elasticloadbalancing:x' }), 'Hits')).toEqual(['plain-rule']);
});

test('a listener whose load balancer is not told is judged as a public one', () => {
  const alone = {
    L: resource('AWS::ElasticLoadBalancingV2::Listener', { Port: 80, Protocol: 'HTTP', DefaultActions: [{ Type: 'forward' }] }),
  };
  expect(says(alone, 'L')).toEqual(['redirect']);
});

test('without a listener the rule says that there is none', () => {
  expect(answers(httpsOnly, without(edge, 'Http', 'Https', 'Hits')).deployment).toEqual(['absent']);
});

test('nothing sends visitors back to HTTP', () => {
  const to = (Protocol?: string): JsonObject => ({
    Type: 'redirect',
    RedirectConfig: { ...(Protocol === undefined ? {} : { Protocol }), Path: '/x' },
  });
  const asked = (action: JsonObject) => [
    says(changed(edge, 'Https', { DefaultActions: [action] }), 'Https'),
    says(changed(edge, 'Hits', { Actions: [action] }), 'Hits'),
  ];
  expect(asked(to('HTTP'))).toEqual([['back::0'], ['back::0']]);
  for (const kept of [undefined, 'HTTPS', '#{protocol}']) expect(asked(to(kept))).toEqual(['compliant', 'compliant']);
});

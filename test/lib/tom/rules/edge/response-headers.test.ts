import { responseHeaders } from '../../../../../lib/tom/rules/edge/response-headers';
import type { Json } from '../../../../../lib/tom/template/assembly';
import { answers, changed, type Resources } from '../example';
import { aclRules, attributes, edge, encryptedAttributes, plainAttributes, refuse, withRules } from './example-edge';

const verdict = (resources: Resources, id: string) => answers(responseHeaders, resources)[id];
const server = 'routing.http.response.server.enabled';
const transport = 'routing.http.response.strict_transport_security.header_value';
const contentType = 'routing.http.response.x_content_type_options.header_value';
const encrypted = (values: Readonly<Record<string, Json>>) =>
  verdict(changed(edge, 'Https', { ListenerAttributes: attributes({ ...encryptedAttributes, ...values }) }), 'Https');

test('listeners with the headers, and a web ACL that refuses with them, comply', () => {
  expect(['Http', 'Https', 'Acl'].map((id) => verdict(edge, id))).toEqual(['compliant', 'compliant', 'compliant']);
});

test.each<[string, Json]>([
  [transport, 'max-age=31536000'],
  [transport, 'max-age=15768000; includeSubDomains'],
  [transport, 'max-age=0'],
  [contentType, 'sniff'],
  [server, 'true'],
  [server, { Ref: 'Choice' }],
])('but not with %s: %j', (key, value) => {
  expect(encrypted({ [key]: value })).toEqual([key]);
});

test('nor without any of them', () => {
  expect(verdict(changed(edge, 'Https', { ListenerAttributes: undefined }), 'Https')).toEqual([server, contentType, transport]);
  expect(verdict(changed(edge, 'Http', { ListenerAttributes: [] }), 'Http')).toEqual([server, contentType]);
});

test('the last of two equal keys applies', () => {
  const twice = [...attributes(encryptedAttributes), { Key: transport, Value: 'max-age=1' }];
  expect(verdict(changed(edge, 'Https', { ListenerAttributes: twice }), 'Https')).toEqual([transport]);
});

test('an HTTP listener needs no Strict-Transport-Security, an internal listener no header', () => {
  expect(plainAttributes).not.toHaveProperty([transport]);
  const internal = changed(edge, 'Balancer', { Scheme: 'internal' });
  expect(['Http', 'Https'].map((id) => verdict(internal, id))).toEqual(['not-applicable', 'not-applicable']);
});

test.each<[string, Json]>([
  ['no header', []],
  ['one header only', [{ Name: 'Referrer-Policy', Value: 'strict-origin-when-cross-origin' }]],
  ['nonsense', 'x'],
])('a refusal with %s does not comply', (_, headers) => {
  const acl = withRules({ coreElsewhere: { ...aclRules.coreElsewhere, Action: refuse(headers) } });
  expect(verdict(acl, 'Acl')).toEqual(['refusal::Properties.Rules.5.Action.Block']);
});

test('nor one in the words of WAF, as a rule or by default', () => {
  const acl = withRules({ coreElsewhere: { ...aclRules.coreElsewhere, Action: { Block: {} } } });
  expect(verdict(acl, 'Acl')).toEqual(['refusal::Properties.Rules.5.Action.Block']);
  expect(verdict(changed(edge, 'Acl', { DefaultAction: { Block: {} } }), 'Acl')).toEqual(['refusal::Properties.DefaultAction.Block']);
});

import type { Json, JsonObject } from '../../../../lib/tom/assembly';
import { dnsFirewall } from '../../../../lib/tom/rules/dns-firewall';
import { answers, att, changed, type Resources, ref, without } from './example';
import { network } from './example-network';

const says = (resources: Resources) => answers(dnsFirewall, resources).Vpc;
const rules = (...FirewallRules: JsonObject[]) => says(changed(network, 'Names', { FirewallRules }));
const block: JsonObject = { Priority: 300, Action: 'BLOCK', FirewallDomainListId: att('Everything', 'Id') };
const allow: JsonObject = { Priority: 200, Action: 'ALLOW', FirewallDomainListId: att('Allowed', 'Id') };

test('a VPC whose names are filtered complies, in whatever order the rules are written', () => {
  expect(says(network)).toBe('compliant');
  expect(rules(allow, block)).toBe('compliant');
});

test.each<[string, Resources, string[]]>([
  ['no firewall', without(network, 'NamesOfVpc'), ['association']],
  ['the firewall of another', changed(network, 'NamesOfVpc', { VpcId: 'vpc-elsewhere' }), ['association']],
  ['one that can be changed', changed(network, 'NamesOfVpc', { MutationProtection: 'DISABLED' }), ['protection']],
  ['rules from elsewhere', changed(network, 'NamesOfVpc', { FirewallRuleGroupId: 'rslvr-frg-elsewhere' }), ['block-all']],
  ['one that fails open', changed(network, 'FailClosed', { FirewallFailOpen: 'ENABLED' }), ['fail-open']],
  ['one that may fail open', without(network, 'FailClosed'), ['fail-open']],
  ['a list of everything that is none', changed(network, 'Everything', { Domains: ['example.org'] }), ['block-all']],
  ['a list of names that is one of everything', changed(network, 'Allowed', { Domains: ['*'] }), ['wide::*']],
  ['a top-level domain', changed(network, 'Allowed', { Domains: ['example.org', '*.com'] }), ['wide::*.com']],
])('a VPC with %s does not', (_, resources, ids) => {
  expect(says(resources)).toEqual(ids);
});

test.each<[string, JsonObject[]]>([
  ['no last rule', [allow]],
  ['a last rule that allows', [{ ...block, Action: 'ALERT' }]],
  ['a rule below that allows', [block, { ...allow, Priority: 400 }]],
  ['a last rule for some queries', [allow, { ...block, Qtype: 'A' }]],
  ['a last rule of another list', [{ ...block, FirewallDomainListId: att('Allowed', 'Id') }]],
  ['a last rule without priority', [allow, { Action: 'BLOCK', FirewallDomainListId: att('Everything', 'Id') }]],
])('nor does one with %s', (_, list) => {
  expect(rules(...list)).toContain('block-all');
});

test('names that cannot be told are wide', () => {
  const Domains: Json[] = [ref('Domain')];
  expect(says(changed(network, 'Allowed', { Domains }))).toEqual(['wide::?']);
});

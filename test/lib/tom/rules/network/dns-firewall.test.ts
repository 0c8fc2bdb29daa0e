import { dnsFirewall } from '../../../../../lib/tom/rules/network/dns-firewall';
import type { Json, JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, att, changed, type Resources, ref, resource, without } from '../example';
import { network } from './example-network';

const verdict = (resources: Resources) => answers(dnsFirewall, resources).Vpc;
const rules = (...FirewallRules: JsonObject[]) => verdict(changed(network, 'Names', { FirewallRules }));
const block: JsonObject = { Priority: 300, Action: 'BLOCK', FirewallDomainListId: att('Everything', 'Id') };
const allow: JsonObject = { Priority: 200, Action: 'ALLOW', FirewallDomainListId: att('Allowed', 'Id') };

test('a VPC whose names are filtered complies, in whatever order the rules are written', () => {
  expect(verdict(network)).toBe('compliant');
  expect(rules(allow, block)).toBe('compliant');
});

test.each<[string, Resources, string[]]>([
  ['no firewall', without(network, 'NamesOfVpc'), ['association']],
  ['the firewall of another', changed(network, 'NamesOfVpc', { VpcId: 'vpc-elsewhere' }), ['association']],
  [
    'rules from elsewhere',
    changed(network, 'NamesOfVpc', { FirewallRuleGroupId: 'rslvr-frg-elsewhere' }),
    ['group::NamesOfVpc', 'block-all'],
  ],
  ['one that fails open', changed(network, 'FailClosed', { FirewallFailOpen: 'ENABLED' }), ['fail-open']],
  ['one that may fail open', without(network, 'FailClosed'), ['fail-open']],
  ['a list of everything that is none', changed(network, 'Everything', { Domains: ['example.org'] }), ['block-all']],
  ['a list of names that is one of everything', changed(network, 'Allowed', { Domains: ['*'] }), ['wide::*']],
  ['a top-level domain', changed(network, 'Allowed', { Domains: ['example.org', '*.com'] }), ['wide::*.com']],
  ['names from a file', changed(network, 'Allowed', { DomainFileUrl: 's3://bucket/names' }), ['wide::?']],
])('a VPC with %s does not', (_, resources, ids) => {
  expect(verdict(resources)).toEqual(ids);
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

const groupBeside = (priority: number, ...FirewallRules: JsonObject[]): Resources => ({
  ...network,
  Other: resource('AWS::Route53Resolver::FirewallRuleGroup', { FirewallRules }),
  OtherOfVpc: resource('AWS::Route53Resolver::FirewallRuleGroupAssociation', {
    VpcId: ref('Vpc'),
    FirewallRuleGroupId: att('Other', 'Id'),
    Priority: priority,
  }),
});

test('every rule group of a VPC is evaluated, in the order of priority', () => {
  expect(verdict(groupBeside(101, allow))).toBe('compliant');
  expect(verdict(groupBeside(101, { ...allow, FirewallDomainListId: att('Everything', 'Id') }))).toEqual(['wide::*']);
  expect(verdict(groupBeside(101, { ...allow, Action: 'ALERT', FirewallDomainListId: 'rslvr-fdl' }))).toEqual(['wide::?']);
  expect(verdict(groupBeside(101, { Action: 'ALERT', DnsThreatProtection: 'DGA' }))).toEqual(['wide::?']);
  expect(verdict(groupBeside(300, allow))).toEqual(['block-all']);
  expect(verdict(groupBeside(300, block))).toBe('compliant');
});

test('every configuration of a VPC is read; one of an unresolvable VPC may apply to any', () => {
  const open = (ResourceId: Json) => ({
    ...network,
    Open: resource('AWS::Route53Resolver::FirewallConfig', { ResourceId, FirewallFailOpen: 'ENABLED' }),
  });
  expect(verdict(open(ref('Vpc')))).toEqual(['fail-open']);
  expect(answers(dnsFirewall, open(ref('Parameter'))).Open).toEqual(['vpc']);
});

test.each([
  '*.co.uk',
  '*.github.io',
  '*.cloudfront.net',
  '*.amazonaws.com',
  '*.eu-west-3.amazonaws.com',
  '*.s3.us-east-1.amazonaws.com',
  'a*',
])('%s includes names of untrusted owners', (name) => {
  expect(verdict(changed(network, 'Allowed', { Domains: ['example.org', name] }))).toEqual([`wide::${name}`]);
});

test.each(['*.s3.eu-west-3.amazonaws.com', '*.eu-west-3.rds.amazonaws.com', '*.example.org', 'github.io'])('%s is not', (name) => {
  expect(verdict(changed(network, 'Allowed', { Domains: [name] }))).toBe('compliant');
});

test('unresolvable names are wide', () => {
  const Domains: Json[] = [ref('Domain')];
  expect(verdict(changed(network, 'Allowed', { Domains }))).toEqual(['wide::?']);
});

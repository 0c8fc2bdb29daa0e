import { egressFiltering } from '../../../../../lib/tom/rules/network/egress-filtering';
import type { Json, JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, changed, type Resources, ref, resource, without } from '../example';
import { endpointOf, network } from './example-network';

const says = (resources: Resources, id: string, facts = {}) => answers(egressFiltering, resources, facts)[id];

test('the network complies', () => {
  expect(Object.values(answers(egressFiltering, network)).filter((said) => said !== 'compliant' && said !== 'not-applicable')).toEqual([]);
});

test('a subnet whose default route bypasses the firewall does not comply', () => {
  expect(says(changed(network, 'privateOut0', { VpcEndpointId: undefined, NatGatewayId: ref('Nat0') }), 'private0')).toEqual([
    'route::privateOut0',
  ]);
  expect(says(without(network, 'privateOut0'), 'private0')).toEqual(['firewall']);
});

const routeOf = (table: string, properties: JsonObject): Resources => ({
  ...network,
  extra: resource('AWS::EC2::Route', { RouteTableId: ref(`${table}Table`), ...properties }),
});

test.each<[string, string, JsonObject]>([
  ['half of the world past the firewall', 'private0', { DestinationCidrBlock: '0.0.0.0/1', NatGatewayId: ref('Nat0') }],
  ['a prefix list past the firewall', 'private0', { DestinationPrefixListId: ref('List'), NatGatewayId: ref('Nat0') }],
  ['IPv6 past the firewall', 'functions0', { DestinationIpv6CidrBlock: '2000::/3', EgressOnlyInternetGatewayId: ref('Internet') }],
  ['another network', 'private0', { DestinationCidrBlock: '192.168.0.0/16', VpcPeeringConnectionId: 'pcx' }],
  ['the firewall of another zone', 'private0', { DestinationCidrBlock: '192.0.2.0/24', VpcEndpointId: endpointOf('Firewall1') }],
  ['databases to a NAT gateway', 'isolated0', { DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: ref('Nat0') }],
  ['databases to a firewall', 'isolated0', { DestinationCidrBlock: '10.0.1.0/28', VpcEndpointId: endpointOf('Firewall0') }],
  ['a firewall to the internet', 'firewall0', { DestinationCidrBlock: '192.0.2.0/24', GatewayId: ref('Internet') }],
  ['proxies to a NAT gateway', 'public0', { DestinationCidrBlock: '192.0.2.0/24', NatGatewayId: ref('Nat0') }],
  ['servers to each other by an interface', 'private0', { DestinationCidrBlock: '10.0.3.0/28', NetworkInterfaceId: ref('I') }],
])('no route leads %s', (_, subnet, properties) => {
  expect(says(routeOf(subnet, properties), subnet)).toEqual(['route::extra']);
});

test('a tier with another name must use the firewall like servers', () => {
  const workers = (route: Parameters<typeof changed>[2]) =>
    changed(changed(network, 'private0', { Tags: [{ Key: 'aws-cdk:subnet-name', Value: 'workers' }] }), 'privateOut0', route);
  expect(says(workers({}), 'private0')).toBe('compliant');
  expect(says(workers({ VpcEndpointId: undefined, NatGatewayId: ref('Nat0') }), 'private0')).toEqual(['route::privateOut0']);
});

test('responses pass the same firewall', () => {
  expect(says(without(network, 'privateBack0'), 'private0')).toEqual(['back']);
  expect(says(changed(network, 'privateBack0', { VpcEndpointId: endpointOf('Firewall1') }), 'private0')).toEqual(['back']);
  expect(says(changed(network, 'privateBack0', { DestinationCidrBlock: '10.0.99.0/24' }), 'private0')).toEqual(['back']);
  expect(says(without(network, 'functionsBack0'), 'functions0')).toEqual(['back']);
});

test('a firewall of production is protected and has a policy of the deployment', () => {
  const open = changed(network, 'Firewall0', { DeleteProtection: false, SubnetChangeProtection: undefined });
  expect(says(open, 'Firewall0')).toEqual(['DeleteProtection', 'SubnetChangeProtection']);
  expect(says(open, 'Firewall0', { environment: 'staging' })).toBe('compliant');
  expect(says(changed(network, 'Firewall0', { FirewallPolicyArn: 'arn:elsewhere' }), 'Firewall0')).toEqual(['policy']);
});

const policy = (part: JsonObject) =>
  says(
    changed(network, 'Policy', { FirewallPolicy: { ...(network.Policy?.Properties?.FirewallPolicy as JsonObject), ...part } }),
    'Policy',
  );

test.each<[string, JsonObject, string]>([
  ['lets packets pass', { StatelessDefaultActions: ['aws:pass'] }, 'StatelessDefaultActions'],
  ['lets fragments pass', { StatelessFragmentDefaultActions: ['aws:pass', 'aws:forward_to_sfe'] }, 'StatelessFragmentDefaultActions'],
  ['has stateless rules', { StatelessRuleGroupReferences: [{ ResourceArn: 'x', Priority: 1 }] }, 'StatelessRuleGroupReferences'],
  ['only reports', { StatefulDefaultActions: ['aws:alert_established_app_layer'] }, 'StatefulDefaultActions'],
  ['drops without a record', { StatefulDefaultActions: ['aws:drop_established_app_layer'] }, 'StatefulDefaultActions'],
  [
    'drops a TLS greeting of two segments',
    { StatefulDefaultActions: ['aws:drop_established', 'aws:alert_established'] },
    'StatefulDefaultActions',
  ],
  [
    'mixes actions that exclude each other',
    { StatefulDefaultActions: ['aws:drop_established_app_layer', 'aws:alert_established'] },
    'StatefulDefaultActions',
  ],
  ['has no order', { StatefulEngineOptions: {} }, 'StatefulEngineOptions.RuleOrder'],
  [
    'lets broken streams pass',
    { StatefulEngineOptions: { RuleOrder: 'STRICT_ORDER', StreamExceptionPolicy: 'CONTINUE' } },
    'StatefulEngineOptions.StreamExceptionPolicy',
  ],
  ['has rules from elsewhere', { StatefulRuleGroupReferences: [{ ResourceArn: 'arn:elsewhere' }] }, 'StatefulRuleGroupReferences'],
  ['has no rules', { StatefulRuleGroupReferences: [] }, 'StatefulRuleGroupReferences'],
])('a policy that %s does not', (_, part, path) => {
  expect(policy(part)).toEqual([path]);
});

test('a policy that drops and logs traffic from clients only complies', () => {
  const actions = ['aws:drop_established_app_layer_to_server', 'aws:alert_established_app_layer_to_server'];
  expect(policy({ StatefulDefaultActions: actions })).toBe('compliant');
});

const source = (list: Record<string, Json>, rest: JsonObject = {}) => {
  const RulesSourceList = { GeneratedRulesType: 'ALLOWLIST', TargetTypes: ['TLS_SNI'], Targets: ['example.org'], ...list };
  const RuleGroup = { RulesSource: { RulesSourceList, ...rest }, StatefulRuleOptions: { RuleOrder: 'STRICT_ORDER' } };
  return says(changed(network, 'Domains', { RuleGroup }), 'Domains');
};
const at = (path: string) => [`RuleGroup.RulesSource.${path}`];

test.each<[string, Record<string, Json>, JsonObject, string | string[]]>([
  ['lists domains', { Targets: ['example.org', '.ssm.eu-west-3.amazonaws.com'] }, {}, 'compliant'],
  ['lists what is forbidden', { GeneratedRulesType: 'DENYLIST' }, {}, at('RulesSourceList.GeneratedRulesType')],
  ['looks at nothing', { TargetTypes: [] }, {}, at('RulesSourceList.TargetTypes')],
  ['lists nothing', { Targets: [] }, {}, at('RulesSourceList.Targets')],
  ['admits names that strangers have', { Targets: ['.github.io'] }, {}, at('RulesSourceList.Targets')],
  ['admits all of AWS', { Targets: ['.amazonaws.com'] }, {}, at('RulesSourceList.Targets')],
  ['admits a region of AWS', { Targets: ['.eu-west-3.amazonaws.com'] }, {}, at('RulesSourceList.Targets')],
  ['admits buckets of strangers', { Targets: ['.s3.eu-west-3.amazonaws.com'] }, {}, at('RulesSourceList.Targets')],
  ['admits a country', { Targets: ['.co.uk'] }, {}, at('RulesSourceList.Targets')],
  ['admits a top-level domain', { Targets: ['.com'] }, {}, at('RulesSourceList.Targets')],
  ['admits everything', { Targets: ['example.org', '.'] }, {}, at('RulesSourceList.Targets')],
  ['has wildcards', { Targets: ['*.example.org'] }, {}, at('RulesSourceList.Targets')],
  ['lists what cannot be told', { Targets: [ref('Domain')] }, {}, at('RulesSourceList.Targets')],
  ['has free rules', {}, { RulesString: 'pass ip any any -> any any (sid:1;)' }, at('RulesString')],
])('a rule group that %s', (_, list, rest, expected) => {
  expect(source(list, rest)).toEqual(expected);
});

import { flowsOf } from '../../../lib/config/flows/all';
import { connects } from '../../../lib/config/flows/flow';
import type { Assembly } from '../../../lib/tom/template/assembly';
import { nameOf } from '../../../lib/tom/template/names';
import { flowSettingsOf, lossOf, rehearseFlows } from '../../../tools/rehearse/flows';
import { assemblyOf, type Change, changed, facts, idOf, production, removed, withoutText, withProperties } from './production';

const flows = flowsOf(flowSettingsOf(facts));

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
    'network/AclisolatedIn10',
    removed,
    'network ACL',
    /HitIngestFunction to data\/Proxy: .*Aclisolated, inbound.* on 5432/,
  ],
  ['ACL row of responses', 'network/AclfunctionsIn10', removed, 'network ACL', /Aclfunctions, inbound.*no row that admits 1024-3388/],
  ['ACL row of the firewall', 'network/AclfirewallOut60', removed, 'network ACL', /Aclfirewall, outbound/],
  ['ACL row of the NAT gateways', 'network/AclegressIn30', removed, 'network ACL', /Aclegress, inbound/],
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

test('a declared flow without a way is lost', () => {
  const declared = connects('collection/CollectorsFleetGroupASG', 'data/DatabaseCluster', 5432, 'queries');
  const [row] = rehearseFlows(production, [declared]).rows;
  expect(row?.outcome).toBe('lost');
  expect(lossOf(row as never)).toMatch(
    /security group \(collection\/CollectorsTrafficSecurityGroup, outbound.*expected TCP to .* on 5432, got no rule/,
  );
});

/** Services that programs call themselves, by the prefix of their actions. Lambda and the stores call the others. */
const servicesByPrefix: Readonly<Record<string, string>> = {
  autoscaling: 'autoscaling',
  cloudwatch: 'monitoring',
  dynamodb: 'dynamodb',
  events: 'events',
  s3: 's3',
  secretsmanager: 'secretsmanager',
  sns: 'sns',
  ssm: 'ssm',
};

const functions = production
  .ofType('AWS::Lambda::Function')
  .filter((resource) => resource.at('VpcConfig') !== undefined)
  .map((resource) => ({ from: nameOf(resource, facts), role: (resource.at('Role') as { 'Fn::GetAtt': [string] })['Fn::GetAtt'][0] }));
/** The functions and the fleet, each with the logical id of its role. */
const talkers = [...functions, { from: 'collection/CollectorsFleetGroupASG', role: idOf('collection/CollectorsRole') }];

test('each service that the role of a function or server in the network may call has a flow', () => {
  const called = talkers.flatMap(({ from, role }) => {
    const policies = production
      .ofType('AWS::IAM::ManagedPolicy')
      .filter((policy) => JSON.stringify(policy.at('Roles') ?? []).includes(`"${role}"`));
    const prefixes = policies.flatMap((policy) =>
      [...JSON.stringify(policy.properties).matchAll(/"([a-z0-9-]+):[A-Z]\w+"/g)].map(([, prefix]) => prefix),
    );
    return [...new Set(prefixes)].flatMap((prefix) => servicesByPrefix[prefix as string] ?? []).map((service) => `${from} to ${service}`);
  });
  expect(talkers).toHaveLength(14);
  // The functions for people call STS with the signature of a person, and no service of their own; neither does the
  // reader of restored databases.
  expect(called.length).toBeGreaterThanOrEqual(talkers.length - 3);
  expect(called.filter((name) => !flows.some((flow) => flow.name === name))).toEqual([]);
});

// The effect of a change on templates by hand: what follows from a replacement, what is refused, what stays behind.
import { settingsSchema } from '../../../lib/config/settings/settings';
import { siteOf } from '../../../lib/config/site';
import { Assembly, type Template } from '../../../lib/tom/template/assembly';
import { factsOf } from '../../../lib/tom/template/read-assembly';
import type { Deployed } from '../../../tools/rehearse/deployed';
import { effectBetween } from '../../../tools/rehearse/effects';

type Resources = Readonly<Record<string, unknown>>;

const deployed = (Resources: Resources, settings: object = {}): Deployed => {
  const site = siteOf('example', 'home', settingsSchema.parse({ environment: 'staging', owner: 'platform', ...settings }), []);
  const stack = { name: 'example-data', region: site.region, template: { Resources } as Template };
  return { assembly: new Assembly(factsOf(site), [stack]), earlier: new Map([[stack.name, new Set<string>()]]) };
};
const effect = (before: Resources, after: Resources) => effectBetween(deployed(before), deployed(after));
const ref = (id: string) => ({ Ref: id });

test('nothing, and an update', () => {
  const topic = (DisplayName: string) => ({ Topic: { Type: 'AWS::SNS::Topic', Properties: { DisplayName } } });
  expect(effect(topic('a'), topic('a')).kind).toBe('nothing');
  expect(effect(topic('a'), topic('b'))).toMatchObject({ kind: 'update', updated: ['data/Topic'] });
});

test('a replacement goes on to what refers to it', () => {
  const network = (CidrBlock: string) => ({
    Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock } },
    Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { VpcId: ref('Vpc'), GroupDescription: 'group' } },
    Function: { Type: 'AWS::Lambda::Function', Properties: { VpcConfig: { SecurityGroupIds: [{ 'Fn::GetAtt': ['Group', 'GroupId'] }] } } },
  });
  expect(effect(network('10.0.0.0/16'), network('10.1.0.0/16'))).toMatchObject({
    kind: 'replacement',
    replaced: ['data/Vpc', 'data/Group'],
    updated: ['data/Function'],
  });
});

test('a new version of a launch template replaces servers', () => {
  const fleet = (InstanceType: string) => ({
    Template: { Type: 'AWS::EC2::LaunchTemplate', Properties: { LaunchTemplateData: { InstanceType } } },
    Fleet: {
      Type: 'AWS::AutoScaling::AutoScalingGroup',
      Properties: { LaunchTemplate: { Version: { 'Fn::GetAtt': ['Template', 'LatestVersionNumber'] } } },
    },
  });
  expect(effect(fleet('m8g.large'), fleet('m8g.xlarge')).kind).toBe('servers');
});

test('another region or account', () => {
  const [before, after] = [deployed({}), deployed({}, { region: 'eu-west-1' })];
  expect(effectBetween(before, after).kind).toBe('another deployment');
  const account = (digit: string) => deployed({}, { account: digit.repeat(12) });
  expect(effectBetween(account('1'), account('2')).kind).toBe('another deployment');
  expect(effectBetween(deployed({}), account('2')).kind).toBe('nothing');
});

const firewall = (properties: object) => ({
  Firewall: { Type: 'AWS::NetworkFirewall::Firewall', Properties: { FirewallName: 'egress', VpcId: 'vpc', ...properties } },
});
const subnet = (zone: string) => ({
  Subnet: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: 'vpc', CidrBlock: '10.0.0.0/24', AvailabilityZone: zone } },
});
const custom = (ServiceToken: string) => ({ Custom: { Type: 'Custom::Example', Properties: { ServiceToken } } });

test.each([
  [
    'a fixed name',
    firewall({ VpcId: 'one' }),
    firewall({ VpcId: 'two' }),
    'VpcId would replace data/Firewall, and the name egress exists already',
  ],
  [
    'a protected property',
    firewall({ SubnetChangeProtection: true, SubnetMappings: [{ SubnetId: 'one' }] }),
    firewall({ SubnetChangeProtection: true, SubnetMappings: [{ SubnetId: 'two' }] }),
    'data/Firewall: SubnetChangeProtection refuses a change of SubnetMappings',
  ],
  [
    'a unique value',
    subnet('a'),
    subnet('b'),
    'AvailabilityZone would replace data/Subnet, and one with the same VpcId, CidrBlock exists already',
  ],
  ['another service token', custom('one'), custom('two'), 'data/Custom: the ServiceToken of a custom resource cannot change'],
  ['another type', custom('one'), { Custom: { Type: 'AWS::SNS::Topic' } }, 'data/Custom: the type of a resource cannot change'],
] as const)('refused: %s', (_, before, after, refusal) => {
  expect(effect(before, after)).toMatchObject({ kind: 'refused', refusals: [refusal] });
});

const log = (LogGroupName: string, policies: object) => ({
  Log: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName }, ...policies },
});
const retained = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };

test('data that is deleted, left behind, or in the way of its return', () => {
  const one = effect(log('/records', {}), {});
  expect([one.data[0]?.detail, one.noReturn]).toEqual(['data/Log (AWS::Logs::LogGroup) is removed; the old one is deleted', []]);
  const other = effect(log('/records', retained), log('/others', retained));
  expect(other.data[0]?.detail).toBe(
    'data/Log (AWS::Logs::LogGroup) is replaced; the old one is left behind, and no stack has it any longer',
  );
  expect(other.noReturn[0]?.detail).toContain('data/Log stays behind as /records');
});

test('what protects itself stays too', () => {
  expect(effect(firewall({ DeleteProtection: true }), {}).noReturn[0]?.detail).toContain('data/Firewall stays behind as egress');
});

test('an instance of a cluster has no data of its own', () => {
  const instance = { Instance: { Type: 'AWS::RDS::DBInstance', Properties: { DBClusterIdentifier: 'cluster' } } };
  expect(effect(instance, {}).data).toEqual([]);
});

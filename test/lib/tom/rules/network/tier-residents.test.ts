import { tierResidents } from '../../../../../lib/tom/rules/network/tier-residents';
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, changed, ref, resource } from '../example';
import { network } from './example-network';

const verdicts = (type: string, properties: JsonObject) => answers(tierResidents, { ...network, Resident: resource(type, properties) });

test.each<[string, string, JsonObject]>([
  ['functions', 'AWS::Lambda::Function', { VpcConfig: { SubnetIds: [ref('functions0')] } }],
  ['private', 'AWS::AutoScaling::AutoScalingGroup', { VPCZoneIdentifier: [ref('private0')] }],
  ['isolated', 'AWS::RDS::DBSubnetGroup', { SubnetIds: [ref('isolated0')] }],
  ['public', 'AWS::ElasticLoadBalancingV2::LoadBalancer', { Subnets: [ref('public0')] }],
])('the tier %s admits %s', (tier, type, properties) => {
  expect(verdicts(type, properties)[`${tier}0`]).toBe('compliant');
});

test.each<[string, string, JsonObject]>([
  ['private', 'AWS::Lambda::Function', { VpcConfig: { SubnetIds: [ref('private0')] } }],
  ['firewall', 'AWS::Lambda::Function', { VpcConfig: { SubnetIds: [ref('firewall0')] } }],
  ['functions', 'AWS::EC2::Instance', { SubnetId: ref('functions0') }],
  ['isolated', 'AWS::ElasticLoadBalancingV2::LoadBalancer', { Subnets: [ref('isolated0')] }],
  ['public', 'AWS::RDS::DBSubnetGroup', { SubnetIds: [ref('public0')] }],
])('the tier %s does not admit %s', (tier, type, properties) => {
  expect(verdicts(type, properties)[`${tier}0`]).toEqual([`stray::${type}`]);
});

test('a subnet without a tier admits no resident', () => {
  expect(answers(tierResidents, changed(network, 'egress0', { Tags: [] })).egress0).toEqual(['stray::AWS::EC2::NatGateway']);
});

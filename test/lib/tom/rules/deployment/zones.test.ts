import { zones } from '../../../../../lib/tom/rules/deployment/zones';
import { answers, changed, type Resources, ref, resource, without } from '../example';
import { network, zone } from '../network/example-network';

const verdict = (resources: Resources, id: string) => answers(zones, resources)[id];

test('the network complies', () => {
  expect(Object.values(answers(zones, network)).filter((said) => said !== 'compliant' && said !== 'not-applicable')).toEqual([]);
});

test.each<[string, Resources, string[]]>([
  ['in the zone of another of its tier', changed(network, 'private0', { AvailabilityZone: zone(1) }), ['twin']],
  ['in a zone by name', changed(network, 'private0', { AvailabilityZone: 'eu-west-3a' }), ['zone']],
  ['in any zone', changed(network, 'private0', { AvailabilityZone: undefined }), ['zone']],
  [
    'in an unresolvable zone',
    changed(network, 'private0', { AvailabilityZone: { 'Fn::Select': [ref('N'), { 'Fn::GetAZs': '' }] } }),
    ['zone'],
  ],
  ['alone in its tier', without(network, 'private1'), ['alone']],
])('a subnet %s does not', (_, resources, ids) => {
  expect(verdict(resources, 'private0')).toEqual(ids);
});

test.each([
  ['AWS::AutoScaling::AutoScalingGroup', 'VPCZoneIdentifier'],
  ['AWS::RDS::DBSubnetGroup', 'SubnetIds'],
  ['AWS::ElasticLoadBalancingV2::LoadBalancer', 'Subnets'],
])('%s spans two zones', (type, path) => {
  const of = (...ids: string[]) => verdict({ ...network, A: resource(type, { [path]: ids.map(ref) }) }, 'A');
  expect(of('private0', 'private1')).toBe('compliant');
  expect(of('private0')).toEqual(['zones']);
  expect(of('private0', 'functions0')).toEqual(['zones']);
  expect(of('private0', 'elsewhere')).toEqual(['zones']);
  expect(of()).toEqual(['zones']);
});

test('a resource without subnets is not applicable', () => {
  expect(verdict({ ...network, E: resource('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway' }) }, 'E')).toBe('not-applicable');
  expect(verdict({ ...network, F: resource('AWS::Lambda::Function') }, 'F')).toBe('not-applicable');
  expect(verdict({ ...network, E: resource('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface' }) }, 'E')).toEqual(['zones']);
});

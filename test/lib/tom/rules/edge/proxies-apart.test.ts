import { proxiesApart } from '../../../../../lib/tom/rules/edge/proxies-apart';
import { answers, changed, type Resources, ref, resource, without } from '../example';
import { edge } from './example-edge';

const verdict = (resources: Resources, id: string) => answers(proxiesApart, resources)[id];

test('a load balancer in the subnets of proxies, where nothing else is, complies', () => {
  for (const id of ['Balancer', 'public0', 'public1']) expect(verdict(edge, id)).toBe('compliant');
});

test('subnets of other tiers and internal load balancers are not its concern', () => {
  expect(verdict(edge, 'private0')).toBe('not-applicable');
  expect(verdict(changed(edge, 'Balancer', { Scheme: 'internal', Subnets: [ref('private0')] }), 'Balancer')).toBe('not-applicable');
});

test.each<[string, Resources]>([
  ['among servers', changed(edge, 'Balancer', { Subnets: [ref('private0'), ref('private1')] })],
  ['in part among servers', changed(edge, 'Balancer', { Subnets: [ref('public0'), ref('private1')] })],
  ['in subnets from elsewhere', changed(edge, 'Balancer', { Subnets: ['subnet-1', 'subnet-2'] })],
  ['in no subnet', changed(edge, 'Balancer', { Subnets: undefined })],
])('a load balancer %s does not', (_, resources) => {
  expect(verdict(resources, 'Balancer')).toEqual(['tier']);
});

test('nor one that hands connections through', () => {
  expect(verdict(changed(edge, 'Balancer', { Type: 'network' }), 'Balancer')).toEqual(['type']);
});

test.each([
  ['AWS::EC2::Instance', { SubnetId: ref('public0') }],
  ['AWS::AutoScaling::AutoScalingGroup', { VPCZoneIdentifier: [ref('public0'), ref('private1')] }],
  ['AWS::Lambda::Function', { VpcConfig: { SubnetIds: [ref('public0')] } }],
  ['AWS::New::Kind', { Deep: [{ In: { 'Fn::Sub': '${public0}' } }] }],
])('%s is not in the subnets of the proxies', (type, properties) => {
  const resources = { ...edge, Other: resource(type, properties as never) };
  expect(verdict(resources, 'public0')).toEqual([`beside::${type}`]);
  expect(verdict(resources, 'public1')).toBe('compliant');
});

test('without a load balancer its subnets are still kept apart', () => {
  expect(verdict(without(edge, 'Balancer', 'Http', 'Https'), 'public0')).toBe('compliant');
});

import { defaultSecurityGroup } from '../../../../lib/tom/rules/default-security-group';
import { answers, att, changed, type Resources, ref, resource, without } from './example';
import { network } from './example-network';

const says = (resources: Resources, id = 'Vpc') => answers(defaultSecurityGroup, resources)[id];

test('a VPC whose default security group is emptied complies', () => {
  expect(says(network)).toBe('compliant');
});

test.each<[string, Resources]>([
  ['nothing empties it', without(network, 'Empty')],
  ['another group is emptied', changed(network, 'Empty', { SecurityGroupId: att('Group', 'GroupId') })],
  ['that of another VPC is emptied', changed(network, 'Empty', { SecurityGroupId: att('OtherVpc', 'DefaultSecurityGroup') })],
  ['nobody answers', changed(network, 'Empty', { ServiceToken: 'arn:aws:lambda:elsewhere' })],
])('one does not where %s', (_, resources) => {
  expect(says(resources)).toEqual(['emptied']);
});

test.each([
  ['AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface' }, 'SecurityGroupIds'],
  ['AWS::RDS::DBCluster', {}, 'VpcSecurityGroupIds'],
  ['AWS::ElasticLoadBalancingV2::LoadBalancer', {}, 'SecurityGroups'],
])('%s names a group, and not the default one', (type, properties, path) => {
  const of = (groups?: object[]) =>
    says({ ...network, A: resource(type, { ...properties, ...(groups ? { [path]: groups } : {}) } as never) }, 'A');
  expect(of([att('Group', 'GroupId')])).toBe('compliant');
  expect(of([att('Group', 'GroupId'), att('Vpc', 'DefaultSecurityGroup')])).toEqual(['member']);
  expect(of([{ 'Fn::GetAtt': 'Vpc.DefaultSecurityGroup' }])).toEqual(['member']);
  expect(of()).toEqual(['member']);
});

test('what is in no VPC is not concerned', () => {
  expect(says({ ...network, F: resource('AWS::Lambda::Function') }, 'F')).toBe('not-applicable');
  expect(says({ ...network, F: resource('AWS::Lambda::Function', { VpcConfig: { SubnetIds: [ref('private0')] } }) }, 'F')).toEqual([
    'member',
  ]);
  expect(says({ ...network, E: resource('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway' }) }, 'E')).toBe('not-applicable');
});

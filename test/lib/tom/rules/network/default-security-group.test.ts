import { defaultSecurityGroup } from '../../../../../lib/tom/rules/network/default-security-group';
import { answers, att, changed, type Resources, ref, resource, without } from '../example';
import { network } from './example-network';

const verdict = (resources: Resources, id = 'Vpc') => answers(defaultSecurityGroup, resources)[id];

test('a VPC whose default security group is emptied complies', () => {
  expect(verdict(network)).toBe('compliant');
});

test.each<[string, Resources]>([
  ['nothing empties it', without(network, 'Empty')],
  ['another group is emptied', changed(network, 'Empty', { SecurityGroupId: att('Group', 'GroupId') })],
  ['that of another VPC is emptied', changed(network, 'Empty', { SecurityGroupId: att('OtherVpc', 'DefaultSecurityGroup') })],
  ['nobody answers', changed(network, 'Empty', { ServiceToken: 'arn:aws:lambda:elsewhere' })],
])('one does not where %s', (_, resources) => {
  expect(verdict(resources)).toEqual(['emptied']);
});

test.each([
  ['AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface' }, 'SecurityGroupIds'],
  ['AWS::RDS::DBCluster', {}, 'VpcSecurityGroupIds'],
  ['AWS::ElasticLoadBalancingV2::LoadBalancer', {}, 'SecurityGroups'],
])('%s names a group, and not the default one', (type, properties, path) => {
  const of = (groups?: object[]) =>
    verdict({ ...network, A: resource(type, { ...properties, ...(groups ? { [path]: groups } : {}) } as never) }, 'A');
  expect(of([att('Group', 'GroupId')])).toBe('compliant');
  expect(of([att('Group', 'GroupId'), att('Vpc', 'DefaultSecurityGroup')])).toEqual(['member']);
  expect(of([{ 'Fn::GetAtt': 'Vpc.DefaultSecurityGroup' }])).toEqual(['member']);
  expect(of()).toEqual(['member']);
});

test('a resource outside a VPC is not applicable', () => {
  expect(verdict({ ...network, F: resource('AWS::Lambda::Function') }, 'F')).toBe('not-applicable');
  expect(verdict({ ...network, F: resource('AWS::Lambda::Function', { VpcConfig: { SubnetIds: [ref('private0')] } }) }, 'F')).toEqual([
    'member',
  ]);
  expect(verdict({ ...network, E: resource('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway' }) }, 'E')).toBe('not-applicable');
});

test.each(['AWS::EC2::SecurityGroupIngress', 'AWS::EC2::SecurityGroupEgress'])(
  '%s opens a group of the deployment, not the default one',
  (type) => {
    const of = (GroupId?: object) =>
      verdict({ ...network, G: resource('AWS::EC2::SecurityGroup'), O: resource(type, (GroupId ? { GroupId } : {}) as never) }, 'O');
    expect(of(att('G', 'GroupId'))).toBe('compliant');
    expect(of(att('Vpc', 'DefaultSecurityGroup'))).toEqual(['opened']);
    expect(of(ref('Parameter'))).toEqual(['opened']);
    expect(of()).toEqual(['opened']);
  },
);

test('every interface of a server names a group, and not the default one', () => {
  const group = att('Group', 'GroupId');
  const template = (...NetworkInterfaces: object[]) =>
    verdict({ ...network, T: resource('AWS::EC2::LaunchTemplate', { LaunchTemplateData: { NetworkInterfaces } } as never) }, 'T');
  expect(template({ Groups: [group] }, { Groups: [group] })).toBe('compliant');
  expect(template({ Groups: [group] }, { Groups: [group, att('Vpc', 'DefaultSecurityGroup')] })).toEqual(['member']);
  expect(template({ Groups: [group] }, {})).toEqual(['member']);
  const server = (properties: object) =>
    verdict({ ...network, I: resource('AWS::EC2::NetworkInterface'), S: resource('AWS::EC2::Instance', properties as never) }, 'S');
  expect(server({ SecurityGroupIds: [group] })).toBe('compliant');
  expect(server({ NetworkInterfaces: [{ GroupSet: [group] }] })).toBe('compliant');
  expect(server({ SecurityGroupIds: [group], NetworkInterfaces: [{ GroupSet: [group] }, {}] })).toEqual(['member']);
  expect(server({ SecurityGroupIds: [group], NetworkInterfaces: [{ NetworkInterfaceId: ref('I') }] })).toBe('compliant');
  expect(server({ SecurityGroupIds: [group], NetworkInterfaces: [{ NetworkInterfaceId: 'eni-elsewhere' }] })).toEqual(['member']);
});

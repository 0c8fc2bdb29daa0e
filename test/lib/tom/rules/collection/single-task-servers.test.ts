import { singleTaskServers } from '../../../../../lib/tom/rules/collection/single-task-servers';
import { answers, att, changed, type Resources, ref, resource } from '../example';
import { fleet, mixed, withServer } from './example-fleet';

const says = (resources: Resources, id = 'Fleet') => answers(singleTaskServers, resources)[id];
const tag = (Value: unknown, rest: object = {}) => ({ Key: 'rempart:role', Value, PropagateAtLaunch: true, ...rest }) as never;
const tags = (...Tags: object[]) => changed(fleet, 'Fleet', { Tags: Tags as never });
const other = (data: object) => ({ ...fleet, Other: resource('AWS::EC2::LaunchTemplate', { LaunchTemplateData: data } as never) });

test('a fleet with one role, profile, group and port complies', () => {
  expect(says(fleet)).toBe('compliant');
  expect(says(tags({ Key: 'rempart:owner', Value: 'x' }, tag('collector')))).toBe('compliant');
});

test.each<[string, Resources, string[]]>([
  ['no role', tags(), ['role']],
  ['two roles', tags(tag('collector'), tag('portal')), ['role']],
  ['a role of two words', tags(tag('collector, portal')), ['role']],
  ['a role that only the deployment tells', tags(tag(ref('Role'))), ['role']],
  ['a role that its servers do not bear', tags(tag('collector', { PropagateAtLaunch: false })), ['propagate']],
  ['no launch template', changed(fleet, 'Fleet', { MixedInstancesPolicy: undefined }), ['template']],
  [
    'no launch template of the deployment',
    changed(fleet, 'Fleet', { MixedInstancesPolicy: mixed({ LaunchTemplateId: 'lt' }) }),
    ['template'],
  ],
  ['a second launch template', changed(fleet, 'Fleet', { LaunchTemplate: { LaunchTemplateId: 'lt' } }), ['template']],
  [
    'an instance type with a launch template of its own',
    changed(fleet, 'Fleet', {
      MixedInstancesPolicy: mixed(
        {},
        { InstanceType: 'm8g.large' },
        { InstanceType: 'c7g.large', LaunchTemplateSpecification: { LaunchTemplateId: 'lt', Version: '1' } },
      ),
    }),
    ['template'],
  ],
  ['no profile', withServer({ IamInstanceProfile: undefined }), ['profile']],
  ['a profile from elsewhere', withServer({ IamInstanceProfile: { Arn: 'arn' } }), ['profile']],
  ['a profile of a role from elsewhere', changed(fleet, 'Profile', { Roles: ['administrator'] }), ['profile']],
  [
    'a role that another profile has too',
    { ...fleet, Second: resource('AWS::IAM::InstanceProfile', { Roles: [ref('Role')] }) },
    ['shared::Second'],
  ],
  ['a profile that other servers have too', other({ IamInstanceProfile: { Arn: att('Profile') } }), ['shared::Other']],
  ['two groups', withServer({ NetworkInterfaces: [{ Groups: [att('Servers', 'GroupId'), att('Proxies', 'GroupId')] }] }), ['group']],
  ['no group', withServer({ NetworkInterfaces: [] }), ['group']],
  ['a group from elsewhere', withServer({ NetworkInterfaces: [{ Groups: ['sg'] }] }), ['group']],
  ['a group that other servers have too', other({ SecurityGroupIds: [att('Servers', 'GroupId')] }), ['group::Other']],
  [
    'two ports',
    { ...fleet, Second: { ...fleet.FromProxies, Properties: { ...fleet.FromProxies?.Properties, FromPort: 9000, ToPort: 9000 } } as never },
    ['port'],
  ],
  ['a range of ports', changed(fleet, 'FromProxies', { ToPort: 8089 }), ['port']],
  ['every port', changed(fleet, 'FromProxies', { IpProtocol: '-1' }), ['port']],
  ['no port', changed(fleet, 'FromProxies', { GroupId: att('Proxies', 'GroupId') }), ['port']],
  [
    'a second port of the group itself',
    changed(fleet, 'Servers', { SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '10.0.0.0/8' }] }),
    ['port'],
  ],
])('a fleet with %s does not', (_, resources, ids) => {
  expect(says(resources)).toEqual(ids);
});

test('a fleet of one instance type refers to its launch template directly', () => {
  const LaunchTemplate = { LaunchTemplateId: ref('Server'), Version: att('Server', 'LatestVersionNumber') };
  expect(says(changed(fleet, 'Fleet', { MixedInstancesPolicy: undefined, LaunchTemplate }))).toBe('compliant');
});

test('two fleets have two roles', () => {
  const twin = {
    ...fleet,
    Twin: resource('AWS::AutoScaling::AutoScalingGroup', { Tags: [tag('collector')], MixedInstancesPolicy: mixed() }),
  };
  expect(says(twin)).toEqual(['twin']);
  expect(says(twin, 'Twin')).toEqual(['twin']);
});

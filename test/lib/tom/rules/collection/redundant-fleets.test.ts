import { redundantFleets } from '../../../../../lib/tom/rules/collection/redundant-fleets';
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, changed, type Resources, ref, resource, without } from '../example';
import { fleet, mixed } from './example-fleet';

const says = (resources: Resources, id = 'Fleet') => answers(redundantFleets, resources)[id];
const updated = (UpdatePolicy: unknown): Resources => ({ ...fleet, Fleet: { ...(fleet.Fleet as object), UpdatePolicy } as never });

test('a fleet of at least two, with full capacity during updates, complies', () => {
  expect(says(fleet)).toBe('compliant');
  expect(says(changed(fleet, 'Fleet', { MinSize: 2, MaxSize: 2 }))).toBe('compliant');
});

test.each<[string, Resources, string[]]>([
  ['one server', changed(fleet, 'Fleet', { MinSize: '1' }), ['minimum']],
  ['nobody knows how many', changed(fleet, 'Fleet', { MinSize: ref('Least') }), ['minimum']],
  ['no room for two', changed(fleet, 'Fleet', { MaxSize: '1' }), ['maximum']],
  ['less room than it needs', changed(fleet, 'Fleet', { MaxSize: '2' }), ['maximum']],
  ['checks of the machine alone', changed(fleet, 'Fleet', { HealthCheckType: 'EC2' }), ['health']],
  ['no checks', changed(fleet, 'Fleet', { HealthCheckType: undefined }), ['health']],
  ['an hour without a check', changed(fleet, 'Fleet', { HealthCheckGracePeriod: 3600 }), ['grace']],
  [
    'old servers that go before new ones come',
    changed(fleet, 'Fleet', { InstanceMaintenancePolicy: { MinHealthyPercentage: 90, MaxHealthyPercentage: 100 } }),
    ['kept::Properties.InstanceMaintenancePolicy.MinHealthyPercentage'],
  ],
  [
    'updates that take servers away',
    updated({ AutoScalingRollingUpdate: {} }),
    ['kept::UpdatePolicy.AutoScalingInstanceRefresh.Preferences.MinHealthyPercentage'],
  ],
  ['no word on updates', updated(undefined), ['kept::UpdatePolicy.AutoScalingInstanceRefresh.Preferences.MinHealthyPercentage']],
])('a fleet with %s does not', (_, resources, ids) => {
  expect(says(resources)).toEqual(ids);
});

describe('instance types', () => {
  const large = { InstanceType: 'm8g.large' };
  const withTypes = (...overrides: JsonObject[]) => changed(fleet, 'Fleet', { MixedInstancesPolicy: mixed({}, ...overrides) });

  test.each<[string, Resources, string[]]>([
    ['one type', withTypes(large), ['types']],
    ['one type twice', withTypes(large, large), ['types']],
    ['none', changed(fleet, 'Fleet', { MixedInstancesPolicy: undefined }), ['types', 'size']],
    ['two sizes', withTypes(large, { InstanceType: 'c7g.xlarge' }), ['size']],
    ['a type that nobody knows', withTypes(large, { InstanceType: ref('Type') }), ['size']],
    ['any type of a description', withTypes(large, { InstanceRequirements: { VCpuCount: { Min: 2 } } }), ['size', 'override::1']],
    ['a type that counts for two', withTypes(large, { InstanceType: 'c7g.large', WeightedCapacity: '2' }), ['override::1']],
    ['a type with an image of its own', withTypes(large, { InstanceType: 'c7g.large', ImageId: 'ami-1' }), ['override::1']],
  ])('a fleet of %s does not comply', (_, resources, ids) => {
    expect(says(resources)).toEqual(ids);
  });

  test('outside production one type is enough', () => {
    expect(answers(redundantFleets, withTypes(large), { environment: 'staging' }).Fleet).toBe('compliant');
  });
});

test('a fleet without a target group can use EC2 health checks', () => {
  expect(says(changed(fleet, 'Fleet', { TargetGroupARNs: undefined, HealthCheckType: 'EC2' }))).toBe('compliant');
});

test('a schedule has at least two servers, in a fleet of the deployment', () => {
  const schedule = (properties: object) =>
    says({ ...fleet, Night: resource('AWS::AutoScaling::ScheduledAction', properties as never) }, 'Night');
  expect(schedule({ AutoScalingGroupName: ref('Fleet'), MinSize: 2 })).toBe('compliant');
  expect(schedule({ AutoScalingGroupName: ref('Fleet'), MinSize: 1 })).toEqual(['MinSize']);
  expect(schedule({ AutoScalingGroupName: ref('Fleet'), DesiredCapacity: 0, MaxSize: 1 })).toEqual(['DesiredCapacity', 'MaxSize']);
  expect(schedule({ AutoScalingGroupName: 'another', MinSize: 5 })).toEqual(['fleet']);
});

test('a server outside a fleet does not comply', () => {
  expect(says({ ...fleet, Lonely: resource('AWS::EC2::Instance') }, 'Lonely')).toEqual(['alone']);
});

test('the rule reports a deployment without a fleet', () => {
  expect(answers(redundantFleets, without(fleet, 'Fleet')).deployment).toEqual(['absent']);
});

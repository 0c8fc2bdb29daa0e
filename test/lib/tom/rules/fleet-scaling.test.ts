import { fleetScaling } from '../../../../lib/tom/rules/fleet-scaling';
import { answers, changed, type Resources, ref, resource, without } from './example';
import { fleet } from './example-fleet';

const says = (resources: Resources, id = 'Fleet') => answers(fleetScaling, resources)[id];
const tracking = (rest: object) =>
  changed(fleet, 'Requests', {
    TargetTrackingConfiguration: {
      TargetValue: 1000,
      PredefinedMetricSpecification: { PredefinedMetricType: 'ALBRequestCountPerTarget' },
      ...rest,
    } as never,
  });

test('collectors that follow requests and waiting hits, up to a maximum, comply', () => {
  expect(says(fleet)).toBe('compliant');
});

test('other fleets are not its concern', () => {
  expect(says(changed(fleet, 'Fleet', { Tags: [{ Key: 'rempart:role', Value: 'portal' }] }))).toBe('not-applicable');
});

test.each<[string, Resources, string[]]>([
  ['no maximum', changed(fleet, 'Fleet', { MaxSize: undefined }), ['maximum']],
  ['a maximum that nobody knows', changed(fleet, 'Fleet', { MaxSize: ref('Most') }), ['maximum']],
  ['more than a load balancer takes', changed(fleet, 'Fleet', { MaxSize: '5000' }), ['maximum']],
  ['no policy of requests', without(fleet, 'Requests'), ['requests']],
  ['a policy of another fleet', changed(fleet, 'Requests', { AutoScalingGroupName: 'other' }), ['requests']],
  [
    'a policy of something else',
    tracking({ PredefinedMetricSpecification: { PredefinedMetricType: 'ASGAverageCPUUtilization' } }),
    ['requests'],
  ],
  ['a target of nothing', tracking({ TargetValue: 0 }), ['requests']],
  ['a policy that never gives back', tracking({ DisableScaleIn: true }), ['requests']],
  ['no policy of waiting hits', without(fleet, 'Waiting'), ['age']],
  ['no alarm of waiting hits', without(fleet, 'WaitingLong'), ['age']],
  ['an alarm that waits for an hour', changed(fleet, 'WaitingLong', { Threshold: 3600 }), ['age']],
  ['an alarm of short waits', changed(fleet, 'WaitingLong', { ComparisonOperator: 'LessThanThreshold' }), ['age']],
  ['an alarm that is off', changed(fleet, 'WaitingLong', { ActionsEnabled: false }), ['age']],
  ['an alarm that does nothing', changed(fleet, 'WaitingLong', { AlarmActions: [ref('Topic')] }), ['age']],
  ['steps that take servers away', changed(fleet, 'Waiting', { StepAdjustments: [{ ScalingAdjustment: -50 }] }), ['age']],
  ['no steps', changed(fleet, 'Waiting', { StepAdjustments: [] }), ['age']],
])('collectors with %s do not', (_, resources, ids) => {
  expect(says(resources)).toEqual(ids);
});

test('a forecast keeps to the maximum', () => {
  const forecast = (MaxCapacityBreachBehavior?: string) =>
    says(
      {
        ...fleet,
        Forecast: resource('AWS::AutoScaling::ScalingPolicy', {
          PolicyType: 'PredictiveScaling',
          PredictiveScalingConfiguration: MaxCapacityBreachBehavior === undefined ? {} : { MaxCapacityBreachBehavior },
        }),
      },
      'Forecast',
    );
  expect([forecast(), forecast('HonorMaxCapacity'), forecast('IncreaseMaxCapacity')]).toEqual(['compliant', 'compliant', ['breach']]);
});

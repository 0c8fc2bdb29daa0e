import { fleetScaling } from '../../../../../lib/tom/rules/collection/fleet-scaling';
import type { Json } from '../../../../../lib/tom/template/assembly';
import { answers, att, changed, type Resources, ref, resource, without } from '../example';
import { fleet } from './example-fleet';

const says = (resources: Resources, id = 'Fleet') => answers(fleetScaling, resources)[id];
const tracking = (rest: object) =>
  changed(fleet, 'Requests', {
    TargetTrackingConfiguration: {
      TargetValue: 1000,
      PredefinedMetricSpecification: {
        PredefinedMetricType: 'ALBRequestCountPerTarget',
        ResourceLabel: att('Targets', 'TargetGroupFullName'),
      },
      ...rest,
    } as never,
  });

test('collectors that scale with requests and waiting hits, up to a maximum, comply', () => {
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
  ['a target that is never reached', tracking({ TargetValue: 1e9 }), ['requests']],
  [
    "requests of another's servers",
    tracking({
      PredefinedMetricSpecification: { PredefinedMetricType: 'ALBRequestCountPerTarget', ResourceLabel: 'app/x/1/targetgroup/y/2' },
    }),
    ['requests'],
  ],
  ['an alarm after an hour of waiting', changed(fleet, 'WaitingLong', { EvaluationPeriods: 60 }), ['age']],
  ['an alarm on what nobody publishes', changed(fleet, 'WaitingLong', { Namespace: 'Other' }), ['age']],
  ['an alarm when all hits wait', changed(fleet, 'WaitingLong', { Statistic: 'Minimum' }), ['age']],
  ['a fixed number of servers', changed(fleet, 'Waiting', { AdjustmentType: 'ExactCapacity' }), ['age']],
  [
    'steps that begin late',
    changed(fleet, 'Waiting', { StepAdjustments: [{ MetricIntervalLowerBound: 1e6, ScalingAdjustment: 1 }] }),
    ['age'],
  ],
  ['steps that end', changed(fleet, 'Waiting', { StepAdjustments: [{ MetricIntervalUpperBound: 5, ScalingAdjustment: 1 }] }), ['age']],
  ['no steps', changed(fleet, 'Waiting', { StepAdjustments: [] }), ['age']],
])('collectors with %s do not', (_, resources, ids) => {
  expect(says(resources)).toEqual(ids);
});

test('a forecast does not exceed the maximum', () => {
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

test.each<[string, object, string[]]>([
  ['AWS::AutoScaling::ScheduledAction', { MinSize: 41 }, ['beyond::MinSize']],
  ['AWS::AutoScaling::ScheduledAction', { MinSize: 3, MaxSize: '41' }, ['beyond::MaxSize']],
  ['AWS::AutoScaling::ScheduledAction', { MinSize: 2, MaxSize: 2 }, ['below']],
  ['AWS::AutoScaling::ScheduledAction', { DesiredCapacity: ref('Many') }, ['beyond::DesiredCapacity']],
  ['AWS::AutoScaling::WarmPool', { MaxGroupPreparedCapacity: 41 }, ['beyond::MaxGroupPreparedCapacity']],
])('%s keeps to the maximum: %j', (type, properties, ids) => {
  const odd = (given: object, group: Json = ref('Fleet')) =>
    says({ ...fleet, Odd: resource(type, { AutoScalingGroupName: group, ...given } as never) }, 'Odd');
  expect(odd(properties)).toEqual(ids);
  expect(odd(Object.fromEntries(Object.keys(properties).map((name) => [name, 40])))).toBe('compliant');
  expect(odd(properties, 'another')).not.toBe('compliant');
});

test('no policy except target tracking removes servers', () => {
  const policy = (properties: object) =>
    says(
      { ...fleet, Odd: resource('AWS::AutoScaling::ScalingPolicy', { AutoScalingGroupName: ref('Fleet'), ...properties } as never) },
      'Odd',
    );
  const change = { AdjustmentType: 'ChangeInCapacity' };
  expect(policy({ PolicyType: 'StepScaling', ...change, StepAdjustments: [{ ScalingAdjustment: -1 }] })).toEqual(['shrinks']);
  expect(policy({ ...change, ScalingAdjustment: -1 })).toEqual(['shrinks']);
  expect(policy({ AdjustmentType: 'ExactCapacity', ScalingAdjustment: 2 })).toEqual(['shrinks']);
  expect(policy({ PolicyType: 'StepScaling', ...change, StepAdjustments: [{ ScalingAdjustment: 1 }] })).toBe('compliant');
});

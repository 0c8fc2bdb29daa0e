import { readScaling } from '../../../../tools/measure/simulate-scaling/settings';
import type { SynthesizedStack } from '../../../../tools/synthesis/assembly';

const stackOf = (Resources: Record<string, unknown>): SynthesizedStack => ({
  name: 'production-collection',
  region: 'eu-west-3',
  file: '',
  template: { Resources },
});
const group = { Type: 'AWS::AutoScaling::AutoScalingGroup', Properties: { MinSize: '3', MaxSize: '24', DefaultInstanceWarmup: 90 } };
const policy = (Properties: Record<string, unknown>) => ({ Type: 'AWS::AutoScaling::ScalingPolicy', Properties });
const volume = (DeviceName: string, VolumeSize: number) => ({ DeviceName, Ebs: { VolumeSize } });

const whole = {
  Group: group,
  Track: policy({ PolicyType: 'TargetTrackingScaling', TargetTrackingConfiguration: { TargetValue: 300_000 } }),
  Steps: policy({
    PolicyType: 'StepScaling',
    AdjustmentType: 'PercentChangeInCapacity',
    MinAdjustmentMagnitude: 2,
    StepAdjustments: [
      { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 60, ScalingAdjustment: 50 },
      { MetricIntervalLowerBound: 60, ScalingAdjustment: 100 },
    ],
  }),
  Old: {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: { MetricName: 'SpoolAge', Threshold: 30, Period: 60, EvaluationPeriods: 1, AlarmActions: [{ Ref: 'Steps' }] },
  },
  Evening: { Type: 'AWS::AutoScaling::ScheduledAction', Properties: { Recurrence: '30 20 * * *', MinSize: 12 } },
  Pool: { Type: 'AWS::AutoScaling::WarmPool', Properties: { MinSize: 4 } },
  Template: {
    Type: 'AWS::EC2::LaunchTemplate',
    Properties: { LaunchTemplateData: { BlockDeviceMappings: [volume('/dev/xvda', 8), volume('/dev/sdf', 100), volume('/dev/sdg', 100)] } },
  },
};

test('everything that decides about scaling is read', () => {
  expect(readScaling([stackOf(whole)])).toEqual({
    minimum: 3,
    maximum: 24,
    warmupSeconds: 90,
    targetPerMinute: 300_000,
    stepScaling: [
      {
        metric: 'SpoolAge',
        threshold: 30,
        periodSeconds: 60,
        datapoints: 1,
        kind: 'PercentChangeInCapacity',
        atLeast: 2,
        steps: [
          { from: 0, to: 60, change: 50 },
          { from: 60, to: Number.POSITIVE_INFINITY, change: 100 },
        ],
      },
    ],
    schedules: [{ second: 73_800, minimum: 12 }],
    warmPool: 4,
    spoolBytes: 100 * 2 ** 30,
  });
});

test('a forecast is read', () => {
  const more = {
    ...whole,
    Forecast: policy({ PolicyType: 'PredictiveScaling', PredictiveScalingConfiguration: { SchedulingBufferTime: 240 } }),
  };
  expect(readScaling([stackOf(more)])).toMatchObject({ predictiveLead: 240 });
});

test.each([
  ['no fleet', {}, 'expected one Auto Scaling group, got 0'],
  ['two fleets', { A: group, B: group }, 'expected one Auto Scaling group, got 2'],
  ['steps that nothing starts', { Group: group, Steps: whole.Steps }, 'Steps: expected an alarm that starts the policy'],
  [
    'a size that is no number',
    { Group: { ...group, Properties: { MinSize: { Ref: 'Least' } } } },
    'expected a number, got {"Ref":"Least"}',
  ],
  [
    'a schedule that is not daily',
    { Group: group, Often: { ...whole.Evening, Properties: { Recurrence: '*/5 * * * *' } } },
    'expected a minute and an hour first',
  ],
])('%s is told', (_, resources, message) => {
  expect(() => readScaling([stackOf(resources)])).toThrow(message);
});

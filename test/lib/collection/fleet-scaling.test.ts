// Scaling policies, alarms and the replacement of servers.
import type { Choice } from '../stacks/account-stack';
import { collectionStack, only, statementsOf } from '../stacks/collection-stack';

/** Settings other than the defaults. */
const other: Choice = {
  settings: {
    collection: {
      requestsPerServerPerSecond: 1500,
      predictive: true,
      scheduled: [{ name: 'tv-spot', cron: '45 19 * * 5', minimum: 12 }],
    },
  },
};
const policies = (choice: Choice = {}): Record<string, unknown>[] =>
  Object.values(collectionStack(choice).template.findResources('AWS::AutoScaling::ScalingPolicy')).map(({ Properties }) => Properties);
const alarm = (prefix: string) => only('AWS::CloudWatch::Alarm', prefix);

describe('scaling', () => {
  test('tracks requests per server, out and in; the metric is the sum per minute', () => {
    expect(only('AWS::AutoScaling::ScalingPolicy', 'CollectorsScalingRequests', other)).toMatchObject({
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingConfiguration: {
        TargetValue: 90_000,
        PredefinedMetricSpecification: { PredefinedMetricType: 'ALBRequestCountPerTarget', ResourceLabel: expect.anything() },
        DisableScaleIn: false,
      },
    });
  });

  test('scales out when hits wait, in larger steps the longer they wait', () => {
    const policy = only('AWS::AutoScaling::ScalingPolicy', 'CollectorsScalingSpoolAge') as {
      StepAdjustments: { ScalingAdjustment: number }[];
    };
    expect(policy).toMatchObject({ PolicyType: 'StepScaling', AdjustmentType: 'ChangeInCapacity' });
    expect(policy.StepAdjustments.map(({ ScalingAdjustment }) => ScalingAdjustment)).toEqual([1, 2, 4]);
    expect(alarm('CollectorsScalingSpoolAgeing')).toMatchObject({
      Namespace: 'Rempart/example',
      MetricName: 'SpoolAge',
      Statistic: 'Maximum',
      Threshold: 60,
      Dimensions: [{ Name: 'AutoScalingGroupName', Value: expect.anything() }],
      AlarmActions: [{ 'Fn::GetAtt': [expect.stringMatching(/^CollectorsScalingSpoolAge/), 'Arn'] }],
    });
  });

  test('uses forecasts and schedules where configured, within the maximum', () => {
    expect(policies()).toHaveLength(2);
    expect(policies(other)).toHaveLength(3);
    expect(only('AWS::AutoScaling::ScalingPolicy', 'CollectorsScalingForecast', other)).toMatchObject({
      PolicyType: 'PredictiveScaling',
      PredictiveScalingConfiguration: { Mode: 'ForecastAndScale', MaxCapacityBreachBehavior: 'HonorMaxCapacity' },
    });
    expect(only('AWS::AutoScaling::ScheduledAction', '', other)).toMatchObject({
      Recurrence: '45 19 * * 5',
      TimeZone: 'Etc/UTC',
      MinSize: 12,
    });
    collectionStack().template.resourceCountIs('AWS::AutoScaling::ScheduledAction', 0);
  });
});

describe('people are notified', () => {
  test.each<[string, Record<string, unknown>]>([
    ['ArrayDegraded', { MetricName: 'ArrayDegraded', Threshold: 1 }],
    ['SpoolDelayed', { MetricName: 'SpoolAge', Threshold: 300 }],
    ['ClockWrong', { MetricName: 'ClockOffset', Threshold: 60 }],
    ['PackagesDiffer', { MetricName: 'PackagesDiffer', Threshold: 1, Period: 3600 }],
    ['PatchesMissing', { MetricName: 'PatchesMissing', Threshold: 1, Period: 86_400 }],
    ['HitsUndelivered', { MetricName: 'HitsLeft', Threshold: 1 }],
    ['DrainUnconfirmed', { MetricName: 'GroupTerminatingRetainedInstances', Namespace: 'AWS/AutoScaling', Threshold: 1 }],
    ['CollectorUnhealthy', { MetricName: 'UnHealthyHostCount', Threshold: 1 }],
    ['HitsRefused', { MetricName: 'HTTPCode_Target_5XX_Count', Threshold: 1 }],
    ['FleetAtMaximum', { MetricName: 'GroupInServiceInstances', Threshold: 40 }],
    ['FleetBelowMinimum', { MetricName: 'HealthyHostCount', Threshold: 3, TreatMissingData: 'breaching', EvaluationPeriods: 10 }],
  ])('of %s', (id, expected) => {
    const topic = ['<account.Alarms.Ref>'];
    expect(alarm(`CollectorsAlarms${id}`)).toMatchObject({ ...expected, AlarmActions: topic, OKActions: topic });
  });
});

describe('a fleet below its minimum', () => {
  const wait = (choice: Choice = {}) => only('Custom::FirstDatapoint', 'CollectorsAlarmsServing', choice);

  test('has a first datapoint', () => {
    expect(wait()).toMatchObject({ MetricName: 'HealthyHostCount', AtLeast: '3' });
    expect(wait()).not.toHaveProperty('Invoke');
    const found = collectionStack().template.findResources('AWS::CloudWatch::Alarm');
    const [, below] = Object.entries(found).find(([id]) => id.startsWith('CollectorsAlarmsFleetBelowMinimum')) ?? [];
    expect(below?.DependsOn).toContainEqual(expect.stringMatching(/^CollectorsAlarmsServing/));
  });

  test('is compared with the least scheduled minimum', () => {
    const choice = { settings: { collection: { scheduled: [{ name: 'night', cron: '0 1 * * *', minimum: 2 }] } } };
    expect(only('AWS::CloudWatch::Alarm', 'CollectorsAlarmsFleetBelowMinimum', choice)).toMatchObject({ Threshold: 2 });
    expect(wait(choice)).toMatchObject({ AtLeast: '2' });
  });
});

describe('a degraded mirror', () => {
  test('starts the replacement when its alarm is raised, and by schedule', () => {
    expect(only('AWS::Events::Rule', 'CollectorsReplacement')).toMatchObject({
      EventPattern: {
        source: ['aws.cloudwatch'],
        'detail-type': ['CloudWatch Alarm State Change'],
        resources: [{ 'Fn::GetAtt': [expect.stringMatching(/^CollectorsAlarmsArrayDegraded/), 'Arn'] }],
        detail: { state: { value: ['ALARM'] } },
      },
      ScheduleExpression: 'rate(15 minutes)',
      Targets: [{ Arn: { 'Fn::GetAtt': [expect.stringMatching(/^CollectorsReplacementFunction/), 'Arn'] } }],
    });
  });

  test('is read by a function that may mark servers of this fleet only', () => {
    const statements = statementsOf('CollectorsReplacement').filter(({ Action }) =>
      [Action].flat().some((action) => /^(autoscaling|cloudwatch):/.test(action)),
    );
    expect(statements).toEqual([
      {
        Effect: 'Allow',
        Action: 'autoscaling:SetInstanceHealth',
        Resource: 'arn:aws:autoscaling:eu-west-3:111111111111:autoScalingGroup:*:autoScalingGroupName/example-collectors',
      },
      { Effect: 'Allow', Action: ['autoscaling:DescribeAutoScalingGroups', 'cloudwatch:GetMetricData'], Resource: '*' },
    ]);
    const { Variables } = only('AWS::Lambda::Function', 'CollectorsReplacement').Environment as { Variables: unknown };
    expect(Variables).toEqual({ GROUP: 'example-collectors', NAMESPACE: 'Rempart/example', METRIC: 'ArrayDegraded' });
  });
});

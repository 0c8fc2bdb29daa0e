import { only, policyOf } from '../stacks/data-stack';

test('runs every six hours; a failed run is retried and becomes a dead letter', () => {
  expect(only({}, 'AWS::Scheduler::Schedule', 'Upkeep')).toMatchObject({
    ScheduleExpression: 'rate(6 hours)',
    ScheduleExpressionTimezone: 'UTC',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      RetryPolicy: { MaximumRetryAttempts: 10, MaximumEventAgeInSeconds: 21_600 },
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': [expect.stringMatching(/^UpkeepFunctionDeadLetters/), 'Arn'] } },
    },
  });
});

test('only the schedule of this group starts it, and may do nothing else', () => {
  expect(only({}, 'AWS::IAM::Role', 'UpkeepRole').AssumeRolePolicyDocument).toMatchObject({
    Statement: [{ Condition: { StringEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [expect.stringMatching(/^UpkeepGroup/), 'Arn'] } } } }],
  });
  const { Statement } = policyOf({}, 'UpkeepPermissions') as {
    Statement: { Action: unknown }[];
  };
  expect(Statement.flatMap(({ Action }) => Action)).toEqual([
    'lambda:InvokeFunction',
    'sqs:SendMessage',
    'kms:Decrypt',
    'kms:GenerateDataKey',
  ]);
});

test('people are notified when no run has succeeded for 18 hours, failed or not started', () => {
  const alarm = only({}, 'AWS::CloudWatch::Alarm', 'UpkeepUpkeepOverdue');
  expect(alarm).toMatchObject({
    ComparisonOperator: 'LessThanThreshold',
    Threshold: 1,
    EvaluationPeriods: 3,
    TreatMissingData: 'breaching',
    AlarmActions: [expect.anything()],
    OKActions: [expect.anything()],
  });
  const metrics = alarm.Metrics as { Expression?: string; MetricStat?: { Period: number; Metric: { MetricName: string } } }[];
  expect(metrics.flatMap(({ Expression }) => Expression ?? [])).toEqual(['FILL(runs, 0) - FILL(failed, 0)']);
  expect(metrics.flatMap(({ MetricStat }) => MetricStat ?? [])).toMatchObject([
    { Period: 21_600, Metric: { MetricName: 'Invocations' } },
    { Period: 21_600, Metric: { MetricName: 'Errors' } },
  ]);
});

test('people are notified of an erasure that has waited for 12 hours, until a run ends it', () => {
  expect(only({}, 'AWS::CloudWatch::Alarm', 'UpkeepWindowErasureLate')).toMatchObject({
    ...{ MetricName: 'WindowOldestErasure', Namespace: 'Rempart/example', Statistic: 'Maximum', Period: 3600 },
    ...{ ComparisonOperator: 'GreaterThanThreshold', Threshold: 11, EvaluationPeriods: 1, TreatMissingData: 'ignore' },
    ...{ AlarmActions: [expect.anything()], OKActions: [expect.anything()] },
  });
  expect(only({}, 'AWS::Logs::MetricFilter', 'UpkeepOldestErasure')).toMatchObject({
    LogGroupName: { Ref: expect.stringMatching(/^UpkeepFunctionLog/) },
    FilterPattern: '{ $.message.oldestErasureHours >= 0 }',
    MetricTransformations: [{ MetricValue: '$.message.oldestErasureHours' }],
  });
});

test('keeps hits for the configured numbers of days and months', () => {
  const { Variables } = only({ settings: { data: { keepMonths: 13, hotDays: 40 } } }, 'AWS::Lambda::Function', 'UpkeepFunction')
    .Environment as {
    Variables: Record<string, string>;
  };
  expect(Variables).toMatchObject({ KEEP_MONTHS: '13', HOT_DAYS: '40' });
});

// The lake in the template: its functions by schedule, their alarms, and the order in which they start.
import { only, resourcesOf } from '../stacks/data-stack';

test.each([
  ['Export', 'rate(2 minutes)', 3600, 5],
  ['Upkeep', 'rate(1 hour)', 3600, 5],
])('%s runs by schedule, after the roles that it assumes', (id, ScheduleExpression, age, attempts) => {
  expect(only({}, 'AWS::Scheduler::Schedule', `Lake${id}`)).toMatchObject({
    ScheduleExpression,
    Target: { RetryPolicy: { MaximumRetryAttempts: attempts, MaximumEventAgeInSeconds: age } },
  });
  const [[, schedule] = []] = Object.entries(resourcesOf({}, 'AWS::Scheduler::Schedule')).filter(([name]) => name.startsWith(`Lake${id}`));
  const before = JSON.stringify((schedule as { DependsOn?: unknown } | undefined)?.DependsOn ?? []);
  for (const name of ['LakeRolesReaderRole', 'LakeRolesWriterRole', 'LakeRolesWriterPermissions']) expect(before).toContain(name);
});

test('six runs of the export work at once at the most, as the limits of ADR 22 say', () => {
  expect(only({}, 'AWS::Lambda::Function', 'LakeExportFunction').ReservedConcurrentExecutions).toBe(6);
});

test('people hear of a day that has been due for two days, until the next run', () => {
  expect(only({}, 'AWS::CloudWatch::Alarm', 'LakeLakeExportLate')).toMatchObject({
    ...{ MetricName: 'LakeLongestWait', Namespace: 'Rempart/example', Statistic: 'Maximum', Period: 3600 },
    ...{ ComparisonOperator: 'GreaterThanThreshold', Threshold: 48, EvaluationPeriods: 1, TreatMissingData: 'ignore' },
    ...{ AlarmActions: [expect.anything()], OKActions: [expect.anything()] },
  });
  expect(only({}, 'AWS::Logs::MetricFilter', 'LakeLongestWait')).toMatchObject({
    LogGroupName: { Ref: expect.stringMatching(/^LakeExportFunctionLog/) },
    FilterPattern: '{ $.message.longestWaitHours >= 0 }',
    MetricTransformations: [{ MetricValue: '$.message.longestWaitHours' }],
  });
});

test('people hear of an erasure that has waited for 12 hours, until a run ends it', () => {
  expect(only({}, 'AWS::CloudWatch::Alarm', 'LakeLakeErasureLate')).toMatchObject({
    ...{ MetricName: 'LakeOldestErasure', Namespace: 'Rempart/example', Statistic: 'Maximum', Period: 3600 },
    ...{ ComparisonOperator: 'GreaterThanThreshold', Threshold: 11, EvaluationPeriods: 1, TreatMissingData: 'ignore' },
  });
  expect(only({}, 'AWS::Logs::MetricFilter', 'LakeOldestErasure')).toMatchObject({
    LogGroupName: { Ref: expect.stringMatching(/^LakeUpkeepFunctionLog/) },
    FilterPattern: '{ $.message.oldestErasureHours >= 0 }',
    MetricTransformations: [{ MetricValue: '$.message.oldestErasureHours' }],
  });
});

test.each([
  ['LakeExportLakeExportOverdue', 7200],
  ['LakeUpkeepLakeUpkeepMissed', 7200],
])('%s is raised by failed runs and by missing ones', (id, period) => {
  const alarm = only({}, 'AWS::CloudWatch::Alarm', id);
  expect(alarm).toMatchObject({
    ComparisonOperator: 'LessThanThreshold',
    Threshold: 1,
    EvaluationPeriods: 3,
    TreatMissingData: 'breaching',
  });
  const metrics = alarm.Metrics as { MetricStat?: { Period: number } }[];
  expect(metrics.flatMap(({ MetricStat }) => MetricStat?.Period ?? [])).toEqual([period, period]);
});

test('sessions last an hour at most, and the functions have the times of the configuration', () => {
  for (const id of ['LakeRolesReaderRole', 'LakeRolesWriterRole']) expect(only({}, 'AWS::IAM::Role', id).MaxSessionDuration).toBe(3600);
  const variables = (id: string) =>
    (only({ settings: { data: { keepMonths: 13 } } }, 'AWS::Lambda::Function', id).Environment as { Variables: Record<string, unknown> })
      .Variables;
  expect(variables('LakeExportFunction').LAKE_AFTER_DAYS).toBe('10');
  expect(variables('LakeUpkeepFunction')).toMatchObject({ KEEP_MONTHS: '13', LATE_HOURS: '12' });
});

test.each([
  [false, undefined, 'runs'],
  [true, 'DISABLED', 'held'],
])('held %s, its schedules are %s and its functions have %s', (home, state, lake) => {
  const choice = { settings: { data: { lakeHeld: { home } } } };
  for (const id of ['Export', 'Upkeep']) {
    expect(only(choice, 'AWS::Scheduler::Schedule', `Lake${id}`).State).toBe(state);
    const { Variables } = only(choice, 'AWS::Lambda::Function', `Lake${id}Function`).Environment as { Variables: { LAKE: string } };
    expect(Variables.LAKE).toBe(lake);
  }
  const others = Object.entries(resourcesOf(choice, 'AWS::Scheduler::Schedule')).filter(([id]) => !id.startsWith('Lake'));
  expect(others.filter(([, { Properties }]) => Properties.State !== undefined)).toEqual([]);
});

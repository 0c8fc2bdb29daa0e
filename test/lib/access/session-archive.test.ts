// The export of sessions, as the stack deploys it.
import { grantsOf, only, resourcesOf, variablesOf } from '../stacks/access-stack';

test('an hourly run examines two months, and has two days for each export', () => {
  expect(variablesOf('SessionArchive')).toMatchObject({ DEPLOYMENT: 'example', LATE_DAYS: '2', REACH_DAYS: '60' });
  expect(only('AWS::Scheduler::Schedule', 'SessionArchive').Properties).toMatchObject({ ScheduleExpression: 'rate(1 hour)' });
});

test('the first run follows the log that it exports', () => {
  const [log] = Object.keys(resourcesOf('AWS::Logs::LogGroup')).filter((id) => id.startsWith('SessionsLog'));
  expect(only('AWS::Scheduler::Schedule', 'SessionArchive').DependsOn).toContain(log);
  expect(only('Custom::FirstDatapoint', 'SessionArchive').DependsOn).toContain(log);
});

test('the role has its name, exports one log group, and writes marks alone', () => {
  expect(only('AWS::IAM::Role', 'SessionArchiveFunctionRole').Properties.RoleName).toBe('example-session-archive-eu-west-3');
  const grants = grantsOf('SessionArchive');
  const changing = Object.keys(grants).filter((action) => !/:(?:Describe|Get|List)/.test(action));
  expect(changing.filter((action) => /^(?:logs:CreateExport|s3)/.test(action)).sort()).toEqual(['logs:CreateExportTask', 's3:PutObject']);
  expect(JSON.stringify(grants['logs:CreateExportTask'])).toContain(':log-group:/rempart/example/sessions:*');
  expect(Object.keys(grants).filter((action) => /^s3:(?:Delete|Get)|^logs:(?:Get|Filter)/.test(action))).toEqual([]);
});

test('a late day raises an alarm at once, and so do 6 hours without a completed run', () => {
  expect(only('AWS::CloudWatch::Alarm', 'SessionArchiveSessionsUnarchived').Properties).toMatchObject({
    ...{ MetricName: 'Findings', Threshold: 0, ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 1 },
  });
  const { Period, EvaluationPeriods, ...missed } = only('AWS::CloudWatch::Alarm', 'SessionArchiveSessionArchiveOverdue').Properties;
  expect(missed).toMatchObject({ MetricName: 'Completed', Threshold: 1, TreatMissingData: 'breaching' });
  expect(Number(Period) * Number(EvaluationPeriods)).toBe(6 * 3600);
});

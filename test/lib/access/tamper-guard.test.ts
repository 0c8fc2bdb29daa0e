// The guard over the audit as the stack deploys it.
import { trailName } from '../../../lib/config/names';
import { grantsOf, only, resourcesOf, variablesOf } from '../stacks/access-stack';
import { siteFor } from '../stacks/account-stack';

test('guards trail, archive, boundary, VPC and every key of the deployment', () => {
  expect(variablesOf('TamperGuard')).toMatchObject({
    ...{ DEPLOYMENT: 'example', TRAIL: trailName(siteFor({})), TRAIL_LOG: '/rempart/example/trail', REGION: 'eu-west-3' },
    ARCHIVE: { 'Fn::ImportValue': expect.stringContaining('AuditArchive') },
  });
  const { 'Fn::Join': joined } = variablesOf('TamperGuard').KEYS as { 'Fn::Join': [string, unknown[]] };
  expect(joined[1].filter((part) => part !== ',')).toHaveLength(5);
});

test('only reads', () => {
  expect(Object.keys(grantsOf('TamperGuard')).sort()).toEqual([
    'cloudtrail:GetTrailStatus',
    'ec2:DescribeFlowLogs',
    'iam:GetRole',
    'logs:DescribeSubscriptionFilters',
  ]);
});

test('receives the changing records of the trail, once CloudWatch Logs may invoke it', () => {
  const subscription = only('AWS::Logs::SubscriptionFilter', 'TamperGuard');
  const [permission] = Object.entries(resourcesOf('AWS::Lambda::Permission')).filter(
    ([, { Properties }]) => Properties.Principal === 'logs.amazonaws.com',
  );
  expect(subscription.Properties).toMatchObject({
    LogGroupName: '/rempart/example/trail',
    FilterPattern: expect.stringContaining('"Root"'),
  });
  expect(subscription.DependsOn).toContain(permission?.[0]);
  expect(JSON.stringify(permission?.[1].Properties.SourceArn)).toContain(':log-group:/rempart/example/trail:*');
  expect(permission?.[1].Properties.SourceAccount).toBeDefined();
});

test('examines the state every hour; a change pages within 5 minutes, and so do 3 hours without a completed run', () => {
  expect(only('AWS::Scheduler::Schedule', 'TamperGuard').Properties.ScheduleExpression).toBe('rate(1 hour)');
  const alarm = (id: string) => only('AWS::CloudWatch::Alarm', `TamperGuard${id}`).Properties;
  expect(alarm('AuditTampered')).toMatchObject({ MetricName: 'Findings', Threshold: 0, Period: 300 });
  expect(alarm('AuditTampered').AlarmDescription).toContain('Severity: page');
  expect(Number(alarm('TamperGuardOverdue').Period) * Number(alarm('TamperGuardOverdue').EvaluationPeriods)).toBe(3 * 3600);
});

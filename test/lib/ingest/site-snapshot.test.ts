import { siteSnapshotKey } from '../../../lambda/ingest/site-snapshot/env';
import { collectionStack, only, statementsOf } from '../stacks/collection-stack';

test('runs every minute, and a run that fails is not repeated: the next one is near', () => {
  expect(only('AWS::Scheduler::Schedule')).toMatchObject({
    ScheduleExpression: 'rate(1 minute)',
    Target: { RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 } },
  });
  expect(only('AWS::Lambda::EventInvokeConfig')).toMatchObject({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
  expect(only('AWS::Lambda::Function', 'SiteSnapshot')).toMatchObject({ Timeout: 50 });
});

test('writes the one object that collectors read', () => {
  const s3 = statementsOf('SiteSnapshotFunction').filter(({ Action }) => [Action].flat().every((action) => action.startsWith('s3:')));
  expect(s3).toMatchObject([
    { Action: ['s3:GetObject', 's3:PutObject'], Resource: `<data.Settings.Arn>/${siteSnapshotKey}` },
    { Action: 's3:ListBucket', Resource: '<data.Settings.Arn>' },
  ]);
  expect(only('AWS::Lambda::Function', 'SiteSnapshot')).toMatchObject({
    Environment: { Variables: { DATABASE_USER: 'rempart_maintenance', SETTINGS_BUCKET: '<data.Settings.Ref>' } },
  });
});

test('ten minutes without a run that succeeds are an alarm, and so is silence', () => {
  expect(only('AWS::CloudWatch::Alarm', 'SiteSnapshotSiteSnapshotStale')).toMatchObject({
    ComparisonOperator: 'LessThanThreshold',
    Threshold: 1,
    EvaluationPeriods: 2,
    TreatMissingData: 'breaching',
    Metrics: expect.arrayContaining([expect.objectContaining({ Expression: 'FILL(runs, 0) - FILL(failed, 0)', ReturnData: true })]),
  });
});

test('the first run, in the minute of the deployment, comes after the targets and sign-in of the proxy', () => {
  const lambda = collectionStack().stack.node.findChild('SiteSnapshot').node.findChild('Function').node.findChild('Function');
  expect(lambda.node.dependencies.map(({ node }) => node.path)).toEqual(
    expect.arrayContaining(['example-data/Proxy/Targets', 'example-data/Proxy/SignIn']),
  );
});

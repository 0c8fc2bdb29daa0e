// The session service and the document of the account, as the stack deploys them.
import { longestShellIdleMinutes, longestShellMinutes } from '../../../lib/tom/figures';
import { grantsOf, only, resourcesOf, variablesOf } from '../stacks/access-stack';
import { concrete } from '../stacks/account-stack';

const contentOf = (choice = {}) =>
  concrete(only('AWS::SSM::Document', '', choice).Properties.Content) as { inputs: Readonly<Record<string, unknown>> };

test('the configuration decides the times, within their ceilings', () => {
  expect(contentOf().inputs).toMatchObject({ idleSessionTimeout: '15', maxSessionDuration: '240' });
  const timeouts = { shellIdleMinutes: 5, shellMaximumMinutes: 60 };
  const shorter = { settings: { access: { timeouts } } };
  expect(contentOf(shorter).inputs).toMatchObject({ idleSessionTimeout: '5', maxSessionDuration: '60' });
  expect(Number(contentOf().inputs.idleSessionTimeout)).toBeLessThanOrEqual(longestShellIdleMinutes);
  expect(Number(contentOf().inputs.maxSessionDuration)).toBeLessThanOrEqual(longestShellMinutes);
});

test('the document exists after its log, and a change adds a version under the same name', () => {
  const [log] = Object.keys(resourcesOf('AWS::Logs::LogGroup')).filter((id) => id.startsWith('SessionsLog'));
  expect(only('AWS::SSM::Document', '')).toMatchObject({
    Properties: { Name: 'example-shell', DocumentType: 'Session', UpdateMethod: 'NewVersion' },
    DependsOn: [log],
  });
  expect(only('AWS::Logs::LogGroup', 'SessionsLog').Properties).toMatchObject({ LogGroupName: '/rempart/example/sessions' });
});

test('the document of the account has the same inputs, at deployment and in the watch', () => {
  const { INPUTS } = variablesOf('SessionDocument');
  const { kmsKeyId: key, ...inputs } = contentOf().inputs;
  // The key is imported, in both.
  expect(key).toHaveProperty('Fn::ImportValue');
  expect(JSON.stringify(INPUTS)).toContain(JSON.stringify(key));
  expect(JSON.parse(String(concrete(INPUTS)))).toEqual({ ...inputs, kmsKeyId: expect.anything() });
  expect(concrete(only('Custom::SessionDocument', '').Properties.Inputs)).toEqual(concrete(INPUTS));
});

test('changes the document of the account, that of the deployment and the claim of this site, and nothing else', () => {
  const changing = Object.entries(grantsOf('SessionDocument')).filter(([action]) => !/:(?:Describe|Get|List)/.test(action));
  const document = 'arn:aws:ssm:eu-west-3:111111111111:document/SSM-SessionManagerRunShell';
  const both = [document, 'arn:aws:ssm:eu-west-3:111111111111:document/example-shell'];
  const boundary = 'arn:aws:iam::111111111111:policy/example-boundary-eu-west-3';
  expect(Object.fromEntries(changing)).toEqual({
    'ssm:CreateDocument': both,
    'ssm:DeleteDocument': document,
    'ssm:UpdateDocument': both,
    'ssm:UpdateDocumentDefaultVersion': both,
    'iam:TagPolicy': boundary,
    'iam:UntagPolicy': boundary,
  });
});

test('runs one at a time, sets the document before the first watch, and watches every hour', () => {
  expect(only('AWS::Lambda::Function', 'SessionDocumentFunction').Properties.ReservedConcurrentExecutions).toBe(1);
  const [set] = Object.keys(resourcesOf('Custom::SessionDocument'));
  expect(only('AWS::Scheduler::Schedule', 'SessionDocument')).toMatchObject({
    Properties: { ScheduleExpression: 'rate(1 hour)' },
    DependsOn: expect.arrayContaining([set]),
  });
  expect(only('Custom::FirstDatapoint', 'SessionDocument').DependsOn).toContain(set);
});

test('drift raises an alarm at once, and so do 6 hours without a completed run', () => {
  expect(only('AWS::CloudWatch::Alarm', 'SessionDocumentSessionDocumentDrifted').Properties).toMatchObject({
    ...{ MetricName: 'Findings', Threshold: 0, ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 1 },
  });
  const { Period, EvaluationPeriods, ...missed } = only('AWS::CloudWatch::Alarm', 'SessionDocumentSessionWatchOverdue').Properties;
  expect(missed).toMatchObject({ MetricName: 'Completed', Threshold: 1, TreatMissingData: 'breaching' });
  expect(Number(Period) * Number(EvaluationPeriods)).toBe(6 * 3600);
});

// The password policy as the stack deploys it.
import { longestCredentialDays, shortestPassword } from '../../../lib/tom/figures';
import { grantsOf, only, resourcesOf, variablesOf } from '../stacks/access-stack';

const boundary = 'arn:aws:iam::111111111111:policy/example-boundary-eu-west-3';

test('the default has 14 characters and 90 days, and the configuration decides the length', () => {
  expect(variablesOf('PasswordPolicy')).toMatchObject({
    ...{ DEPLOYMENT: 'example', MINIMUM_LENGTH: '14', MAXIMUM_AGE_DAYS: String(longestCredentialDays), REUSE_PREVENTION: '24' },
  });
  const longer = { settings: { access: { passwordPolicy: { minimumLength: 20 } } } };
  expect(variablesOf('PasswordPolicy', longer).MINIMUM_LENGTH).toBe('20');
  expect(only('Custom::PasswordPolicy', '', longer).Properties.MinimumLength).toBe('20');
  expect(Number(variablesOf('PasswordPolicy').MINIMUM_LENGTH)).toBeGreaterThanOrEqual(shortestPassword);
});

test('changes the policy of the account and the claim of this site, and nothing else', () => {
  const grants = grantsOf('PasswordPolicy');
  const changing = Object.entries(grants).filter(([action]) => !/:(?:Get|List)/.test(action));
  expect(Object.fromEntries(changing)).toEqual({
    'iam:DeleteAccountPasswordPolicy': '*',
    'iam:UpdateAccountPasswordPolicy': '*',
    'iam:TagPolicy': boundary,
    'iam:UntagPolicy': boundary,
  });
});

test('runs one at a time, sets the policy before the first watch, and watches every hour', () => {
  expect(only('AWS::Lambda::Function', 'PasswordPolicyFunction').Properties.ReservedConcurrentExecutions).toBe(1);
  const [set] = Object.keys(resourcesOf('Custom::PasswordPolicy'));
  expect(only('AWS::Scheduler::Schedule', 'PasswordPolicy')).toMatchObject({
    Properties: { ScheduleExpression: 'rate(1 hour)' },
    DependsOn: expect.arrayContaining([set]),
  });
  expect(only('Custom::FirstDatapoint', 'PasswordPolicy').DependsOn).toContain(set);
});

test('drift raises an alarm at once, and so do 6 hours without a completed run', () => {
  expect(only('AWS::CloudWatch::Alarm', 'PasswordPolicyPasswordPolicyDrifted').Properties).toMatchObject({
    ...{ MetricName: 'Findings', Threshold: 0, ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 1 },
  });
  const { Period, EvaluationPeriods, ...missed } = only('AWS::CloudWatch::Alarm', 'PasswordPolicyPasswordWatchOverdue').Properties;
  expect(missed).toMatchObject({ MetricName: 'Completed', Threshold: 1, TreatMissingData: 'breaching' });
  expect(Number(Period) * Number(EvaluationPeriods)).toBe(6 * 3600);
});

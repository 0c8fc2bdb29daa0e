// The examination of credentials as the stack deploys it.
import { credentialWarnings, longestCredentialDays, longestDisabledKeyDays } from '../../../lib/tom/figures';
import { grantsOf, only, variablesOf } from '../stacks/access-stack';

test('has the figures of the clause, and the exemptions of the configuration', () => {
  expect(variablesOf('CredentialHygiene')).toMatchObject({
    WARN_DAYS: credentialWarnings.join(),
    LIMIT_DAYS: String(longestCredentialDays),
    DELETE_DAYS: String(longestDisabledKeyDays),
    EXEMPT_USERS: 'none',
  });
  const credentialExemptions = [{ user: 'break-glass', reason: 'Signs in when no role can.', until: '2027-06-30' }];
  expect(variablesOf('CredentialHygiene', { settings: { access: { credentialExemptions } } }).EXEMPT_USERS).toBe('break-glass/2027-06-30');
});

test('ends credentials of users, tells people, and creates nothing', () => {
  const changing = Object.keys(grantsOf('CredentialHygiene')).filter((action) => !/:(?:Get|List|Generate)/.test(action));
  expect(changing.sort()).toEqual(['iam:DeleteAccessKey', 'iam:DeleteLoginProfile', 'iam:UpdateAccessKey', 'sns:Publish']);
});

test('runs every day', () => {
  expect(only('AWS::Scheduler::Schedule', 'CredentialHygiene').Properties.ScheduleExpression).toBe('cron(10 6 * * ? *)');
});

test('people are notified of ended credentials, of the root user at any hour, and after 36 hours without a completed run', () => {
  const alarm = (id: string) => only('AWS::CloudWatch::Alarm', `CredentialHygiene${id}`).Properties;
  expect(alarm('CredentialsEnded').AlarmDescription).toContain('Severity: ticket');
  expect(alarm('RootUnprotected')).toMatchObject({ Dimensions: expect.arrayContaining([{ Name: 'Probe', Value: 'root-user' }]) });
  expect(alarm('RootUnprotected').AlarmDescription).toContain('Severity: page');
  expect(Number(alarm('CredentialsUnexamined').Period) * Number(alarm('CredentialsUnexamined').EvaluationPeriods)).toBe(36 * 3600);
});

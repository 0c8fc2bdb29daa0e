import { revocationList } from '../../../../../lib/tom/rules/access/revocation-list';
import { answers, att, changed, type Resources, ref, resource, without } from '../example';
import { vpnExample } from './example-vpn';

const example: Resources = {
  ...vpnExample,
  Key: resource('AWS::KMS::Key', { KeyUsage: 'SIGN_VERIFY', KeySpec: 'RSA_2048' }),
  Other: resource('AWS::KMS::Key'),
  Log: resource('AWS::Logs::LogGroup', { LogGroupName: '/rempart/production/functions/revocation-list' }),
  Function: resource('AWS::Lambda::Function', {
    LoggingConfig: { LogGroup: ref('Log') },
    Environment: { Variables: { ENDPOINT: ref('Endpoint'), AUTHORITY_KEY: att('Key') } },
  }),
  Schedule: resource('AWS::Scheduler::Schedule', { ScheduleExpression: 'cron(40 2 * * ? *)', Target: { Arn: att('Function') } }),
  Alarm: resource('AWS::CloudWatch::Alarm', {
    ...{ Namespace: 'Rempart/Probes', MetricName: 'RevocationListDays', Statistic: 'Minimum' },
    Dimensions: [{ Name: 'Deployment', Value: 'production' }],
    ...{ ComparisonOperator: 'LessThanThreshold', Threshold: 16, TreatMissingData: 'breaching', EvaluationPeriods: 3, Period: 43_200 },
  }),
};
const says = (resources: Resources) => answers(revocationList, resources).Endpoint;

test('a daily look at the list of the endpoint, with an alarm 14 days before its end, complies', () => {
  expect(says(example)).toBe('compliant');
  expect(says(changed(example, 'Alarm', { Threshold: 15, EvaluationPeriods: 2 }))).toBe('compliant');
});

const withVariables = (more: object) =>
  changed(example, 'Function', {
    Environment: { Variables: { ENDPOINT: ref('Endpoint'), AUTHORITY_KEY: att('Key'), ...more } } as never,
  });

test.each<[string, Resources, string[]]>([
  ['no function', without(example, 'Function'), ['function']],
  [
    'a function of another deployment',
    changed(example, 'Log', { LogGroupName: '/rempart/staging/functions/revocation-list' }),
    ['function'],
  ],
  ['another endpoint', withVariables({ ENDPOINT: 'cvpn-endpoint-01' }), ['endpoint']],
  ['a key that does not sign', withVariables({ AUTHORITY_KEY: att('Other') }), ['key']],
  ['no key', withVariables({ AUTHORITY_KEY: 'arn:aws:kms:eu-west-3:111122223333:key/theirs' }), ['key']],
  ['no schedule', without(example, 'Schedule'), ['trigger']],
  ['a weekly schedule', changed(example, 'Schedule', { ScheduleExpression: 'rate(7 days)' }), ['trigger']],
  ['a schedule that is off', changed(example, 'Schedule', { State: 'DISABLED' }), ['trigger']],
  ['no alarm', without(example, 'Alarm'), ['alarm']],
  ['an alarm on another metric', changed(example, 'Alarm', { MetricName: 'AuthorityDays' }), ['alarm']],
  ['an alarm in another namespace', changed(example, 'Alarm', { Namespace: 'Elsewhere' }), ['alarm']],
  ['an alarm of another deployment', changed(example, 'Alarm', { Dimensions: [{ Name: 'Deployment', Value: 'staging' }] }), ['alarm']],
  ['an alarm on the longest list', changed(example, 'Alarm', { Statistic: 'Maximum' }), ['alarm']],
  ['an alarm on a long list', changed(example, 'Alarm', { ComparisonOperator: 'GreaterThanThreshold' }), ['alarm']],
  ['an alarm without actions', changed(example, 'Alarm', { ActionsEnabled: false }), ['alarm']],
  ['an alarm that is late', changed(example, 'Alarm', { EvaluationPeriods: 5 }), ['alarm']],
  ['an alarm below the days', changed(example, 'Alarm', { Threshold: 15 }), ['alarm']],
  ['an alarm that is never evaluated', changed(example, 'Alarm', { EvaluationPeriods: undefined }), ['alarm']],
  ['an alarm that ignores silence', changed(example, 'Alarm', { TreatMissingData: 'notBreaching' }), ['alarm']],
])('%s does not', (_, resources, ids) => {
  expect(says(resources)).toEqual(ids);
});

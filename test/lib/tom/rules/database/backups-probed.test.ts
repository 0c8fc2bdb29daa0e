import { backupsProbed } from '../../../../../lib/tom/rules/database/backups-probed';
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, att, changed, join, type Resources, ref, resource, without } from '../example';
import { database } from './example-database';

const dimensions = [
  { Name: 'Deployment', Value: 'production' },
  { Name: 'Probe', Value: 'no-shared-backups-probe' },
];
const alarm = (more: JsonObject) =>
  resource('AWS::CloudWatch::Alarm', { Namespace: 'Rempart/Probes', Statistic: 'Maximum', Dimensions: dimensions, ...more });
const variables = {
  DEPLOYMENT: 'production',
  ACCOUNT: ref('AWS::AccountId'),
  REGIONS: 'eu-west-3,eu-central-1',
  KEYS: join({ 'Fn::ImportValue': 'key' }, ',', att('Key')),
  METRIC_NAMESPACE: 'Rempart/Probes',
};
const probed: Resources = {
  ...database,
  Log: resource('AWS::Logs::LogGroup', { LogGroupName: '/rempart/production/functions/no-shared-backups-probe' }),
  Probe: resource('AWS::Lambda::Function', { LoggingConfig: { LogGroup: ref('Log') }, Environment: { Variables: variables } }),
  Schedule: resource('AWS::Scheduler::Schedule', { ScheduleExpression: 'cron(40 5 * * ? *)', Target: { Arn: att('Probe') } }),
  Found: alarm({ MetricName: 'Findings', ComparisonOperator: 'GreaterThanThreshold', Threshold: 0, EvaluationPeriods: 1, Period: 86_400 }),
  Missed: alarm({
    MetricName: 'Completed',
    ComparisonOperator: 'LessThanThreshold',
    Threshold: 1,
    EvaluationPeriods: 3,
    Period: 43_200,
    TreatMissingData: 'breaching',
  }),
};
const verdict = (resources: Resources, facts = {}) => answers(backupsProbed, resources, facts).Cluster;
const withVariables = (more: JsonObject) => changed(probed, 'Probe', { Environment: { Variables: { ...variables, ...more } } });

test('a database with its probe complies', () => {
  expect(verdict(probed)).toBe('compliant');
});

test.each<[string, Resources, string[]]>([
  ['no probe', database, ['probe']],
  ['a function with another log', changed(probed, 'Log', { LogGroupName: '/rempart/production/functions/other' }), ['probe']],
  [
    'a probe of another deployment',
    changed(probed, 'Log', { LogGroupName: '/rempart/staging/functions/no-shared-backups-probe' }),
    ['probe'],
  ],
  ['a probe of another key', withVariables({ KEYS: join('arn:aws:kms:x', ',', att('Reader')) }), ['key']],
  ['a probe with hard-coded keys', withVariables({ KEYS: 'arn:aws:kms:x' }), ['key']],
  ['a probe for another account', withVariables({ ACCOUNT: '999999999999' }), ['settings']],
  ['a probe of one region', withVariables({ REGIONS: 'eu-west-3' }), ['settings']],
  ['a probe with another metric namespace', withVariables({ METRIC_NAMESPACE: 'x' }), ['settings']],
  ['no schedule', without(probed, 'Schedule'), ['schedule']],
  ['a schedule that is off', changed(probed, 'Schedule', { State: 'DISABLED' }), ['schedule']],
  ['a weekly schedule', changed(probed, 'Schedule', { ScheduleExpression: 'cron(40 5 ? * MON *)' }), ['schedule']],
  ['a schedule that ends', changed(probed, 'Schedule', { EndDate: '2027-01-01T00:00:00Z' }), ['schedule']],
  ['a schedule of another function', changed(probed, 'Schedule', { Target: { Arn: att('Export') } }), ['schedule']],
  ['no alarm on findings', without(probed, 'Found'), ['findings']],
  ['an alarm on ten findings', changed(probed, 'Found', { Threshold: 10 }), ['findings']],
  ['an alarm with disabled actions', changed(probed, 'Found', { ActionsEnabled: false }), ['findings']],
  ['an alarm of another deployment', changed(probed, 'Found', { Dimensions: [{ Name: 'Deployment', Value: 'x' }] }), ['findings']],
  ['no alarm on missed runs', without(probed, 'Missed'), ['missed-runs']],
  ['an alarm that ignores missing data', changed(probed, 'Missed', { TreatMissingData: 'notBreaching' }), ['missed-runs']],
  ['an alarm after a week', changed(probed, 'Missed', { EvaluationPeriods: 14 }), ['missed-runs']],
])('%s does not', (_, resources, ids) => {
  expect(verdict(resources)).toEqual(ids);
});

test('in the recovery region the probe inspects its own region', () => {
  const recovered = { site: 'recovery', region: 'eu-central-1' } as const;
  expect(verdict(withVariables({ REGIONS: 'eu-central-1' }), recovered)).toBe('compliant');
  expect(verdict(withVariables({ REGIONS: 'eu-west-3' }), recovered)).toEqual(['settings']);
});

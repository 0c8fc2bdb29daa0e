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
const told = {
  DEPLOYMENT: 'production',
  ACCOUNT: ref('AWS::AccountId'),
  REGIONS: 'eu-west-3,eu-central-1',
  KEYS: join({ 'Fn::ImportValue': 'key' }, ',', att('Key')),
  METRIC_NAMESPACE: 'Rempart/Probes',
};
const probed: Resources = {
  ...database,
  Log: resource('AWS::Logs::LogGroup', { LogGroupName: '/rempart/production/functions/no-shared-backups-probe' }),
  Probe: resource('AWS::Lambda::Function', { LoggingConfig: { LogGroup: ref('Log') }, Environment: { Variables: told } }),
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
const says = (resources: Resources, facts = {}) => answers(backupsProbed, resources, facts).Cluster;
const telling = (more: JsonObject) => changed(probed, 'Probe', { Environment: { Variables: { ...told, ...more } } });

test('a database with its probe complies', () => {
  expect(says(probed)).toBe('compliant');
});

test.each<[string, Resources, string[]]>([
  ['no probe', database, ['probe']],
  ['a function with another log', changed(probed, 'Log', { LogGroupName: '/rempart/production/functions/other' }), ['probe']],
  [
    'a probe of another deployment',
    changed(probed, 'Log', { LogGroupName: '/rempart/staging/functions/no-shared-backups-probe' }),
    ['probe'],
  ],
  ['a probe that looks at another key', telling({ KEYS: join('arn:aws:kms:x', ',', att('Reader')) }), ['key']],
  ['a probe with keys written by hand', telling({ KEYS: 'arn:aws:kms:x' }), ['key']],
  ['a probe for another account', telling({ ACCOUNT: '999999999999' }), ['told']],
  ['a probe of one region', telling({ REGIONS: 'eu-west-3' }), ['told']],
  ['a probe that measures elsewhere', telling({ METRIC_NAMESPACE: 'x' }), ['told']],
  ['no schedule', without(probed, 'Schedule'), ['schedule']],
  ['a schedule that is off', changed(probed, 'Schedule', { State: 'DISABLED' }), ['schedule']],
  ['a weekly schedule', changed(probed, 'Schedule', { ScheduleExpression: 'cron(40 5 ? * MON *)' }), ['schedule']],
  ['a schedule that ends', changed(probed, 'Schedule', { EndDate: '2027-01-01T00:00:00Z' }), ['schedule']],
  ['a schedule of another function', changed(probed, 'Schedule', { Target: { Arn: att('Export') } }), ['schedule']],
  ['no alarm on findings', without(probed, 'Found'), ['findings']],
  ['an alarm on ten findings', changed(probed, 'Found', { Threshold: 10 }), ['findings']],
  ['an alarm that may not act', changed(probed, 'Found', { ActionsEnabled: false }), ['findings']],
  ['an alarm of another deployment', changed(probed, 'Found', { Dimensions: [{ Name: 'Deployment', Value: 'x' }] }), ['findings']],
  ['no alarm on silence', without(probed, 'Missed'), ['silence']],
  ['an alarm to which silence is well', changed(probed, 'Missed', { TreatMissingData: 'notBreaching' }), ['silence']],
  ['an alarm after a week', changed(probed, 'Missed', { EvaluationPeriods: 14 }), ['silence']],
])('%s does not', (_, resources, ids) => {
  expect(says(resources)).toEqual(ids);
});

test('recovered, the probe looks where it stands', () => {
  const recovered = { site: 'recovery', region: 'eu-central-1' } as const;
  expect(says(telling({ REGIONS: 'eu-central-1' }), recovered)).toBe('compliant');
  expect(says(telling({ REGIONS: 'eu-west-3' }), recovered)).toEqual(['told']);
});

import { restoreTests } from '../../../../../lib/tom/rules/backup/restore-tests';
import type { Json, JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, att, changed, join, type Resources, ref, resource, without } from '../example';

const account = ref('AWS::AccountId');
const log = (control: string) => resource('AWS::Logs::LogGroup', { LogGroupName: `/rempart/production/functions/${control}` });
const alarm = (MetricName: string, more: JsonObject) =>
  resource('AWS::CloudWatch::Alarm', {
    ...{ Namespace: 'Rempart/Probes', MetricName, Statistic: 'Maximum', Period: 3600, EvaluationPeriods: 1 },
    Dimensions: [
      { Name: 'Deployment', Value: 'production' },
      { Name: 'Probe', Value: 'restore-validation' },
    ],
    ...more,
  });

const overrides = {
  ...{ dbSubnetGroupName: ref('Subnets'), enableIamDatabaseAuthentication: 'true', kmsKeyId: att('Key') },
  vpcSecurityGroupIds: join('["', att('Restored', 'GroupId'), '"]'),
};
const points = {
  ...{ Algorithm: 'LATEST_WITHIN_WINDOW', IncludeVaults: [att('Vault', 'BackupVaultArn')], RecoveryPointTypes: ['SNAPSHOT'] },
  SelectionWindowDays: 2,
};

const example: Resources = {
  Database: resource('AWS::RDS::DBCluster', { DBClusterIdentifier: 'production-data' }),
  Vault: resource('AWS::Backup::BackupVault'),
  Key: resource('AWS::KMS::Key'),
  Subnets: resource('AWS::RDS::DBSubnetGroup'),
  Restored: resource('AWS::EC2::SecurityGroup'),
  Reader: resource('AWS::EC2::SecurityGroup'),
  FromReader: resource('AWS::EC2::SecurityGroupIngress', {
    ...{ GroupId: att('Restored', 'GroupId'), SourceSecurityGroupId: att('Reader', 'GroupId') },
  }),
  Plan: resource('AWS::Backup::RestoreTestingPlan', {
    ...{ RestoreTestingPlanName: 'production_restore_tests', ScheduleExpression: 'cron(0 16 * * ? *)', StartWindowHours: 1 },
    RecoveryPointSelection: points,
  }),
  Selection: resource('AWS::Backup::RestoreTestingSelection', {
    ...{ ProtectedResourceType: 'Aurora', RestoreTestingPlanName: ref('Plan'), ValidationWindowHours: 8 },
    ProtectedResourceArns: [join('arn:aws:rds:eu-west-3:', account, ':cluster:production-data')],
    RestoreMetadataOverrides: overrides,
  }),
  ReaderLog: log('restored-state'),
  ReaderFunction: resource('AWS::Lambda::Function', {
    ...{ LoggingConfig: { LogGroup: ref('ReaderLog') }, VpcConfig: { SecurityGroupIds: [att('Reader', 'GroupId')] } },
  }),
  ValidationLog: log('restore-validation'),
  Validation: resource('AWS::Lambda::Function', { LoggingConfig: { LogGroup: ref('ValidationLog') } }),
  Steps: resource('AWS::Events::Rule', { ScheduleExpression: 'rate(10 minutes)', Targets: [{ Arn: att('Validation') }] }),
  Failed: alarm('Findings', { ComparisonOperator: 'GreaterThanThreshold', Threshold: 0 }),
  Slow: alarm('RestoreHours', { ComparisonOperator: 'GreaterThanThreshold', Threshold: 12 }),
  Missing: alarm('RestoresProven', { ComparisonOperator: 'LessThanThreshold', Threshold: 1, Period: 43_200, EvaluationPeriods: 3 }),
};
const verdict = (resources: Resources) => answers(restoreTests, resources).Database;

test('a database that is restored every day, read and timed complies', () => {
  expect(verdict(example)).toBe('compliant');
});

const withPoints = (more: JsonObject) => changed(example, 'Plan', { RecoveryPointSelection: { ...points, ...more } });
const withOverrides = (more: JsonObject) => changed(example, 'Selection', { RestoreMetadataOverrides: { ...overrides, ...more } });
const ingress = (source: Json): Resources => ({
  ...example,
  Further: resource('AWS::EC2::SecurityGroupIngress', { GroupId: att('Restored', 'GroupId'), SourceSecurityGroupId: source }),
});

test.each<[string, Resources, string[]]>([
  ['a database without a test', without(example, 'Selection'), ['tested']],
  ['a test of another database', changed(example, 'Database', { DBClusterIdentifier: 'production-data-2' }), ['tested']],
  ['a test of another kind of store', changed(example, 'Selection', { ProtectedResourceType: 'RDS' }), ['tested']],
  ['a test without a plan', without(example, 'Plan'), ['plan']],
  ['a weekly test', changed(example, 'Plan', { ScheduleExpression: 'cron(0 16 ? * MON *)' }), ['schedule']],
  ['a test of any recovery point', withPoints({ Algorithm: 'RANDOM_WITHIN_WINDOW' }), ['latest']],
  ['a test of continuous backups', withPoints({ RecoveryPointTypes: ['CONTINUOUS'] }), ['types']],
  ['a test of points of the last day, which may miss one', withPoints({ SelectionWindowDays: 1 }), ['window']],
  ['a test of points of a month', withPoints({ SelectionWindowDays: 30 }), ['window']],
  ['a test of every vault of the account', withPoints({ IncludeVaults: ['*'] }), ['vaults']],
  ['a test without hours for the validation', changed(example, 'Selection', { ValidationWindowHours: 0 }), ['hours']],
  ['a restore into the default subnets', withOverrides({ dbSubnetGroupName: 'default' }), ['subnets']],
  ['a restore without sign-in by token', withOverrides({ enableIamDatabaseAuthentication: 'false' }), ['sign-in']],
  ['a restore with another group', withOverrides({ vpcSecurityGroupIds: '["sg-1"]' }), ['network']],
  ['a restore that other groups reach', ingress('sg-1'), ['network']],
  ['a restore that nobody reaches', without(example, 'FromReader'), ['network']],
  ['a restore that everybody reaches', changed(example, 'Restored', { SecurityGroupIngress: [{ CidrIp: '0.0.0.0/0' }] }), ['network']],
  [
    'a restore that another function reaches',
    changed(example, 'FromReader', { SourceSecurityGroupId: att('Restored', 'GroupId') }),
    ['network'],
  ],
  ['a restore that nothing validates', without(example, 'Validation', 'Steps'), ['function::restore-validation', 'steps']],
  ['a restore that nothing reads', without(example, 'ReaderFunction'), ['network', 'function::restored-state']],
  ['a validation once a day', changed(example, 'Steps', { ScheduleExpression: 'rate(1 day)' }), ['steps']],
  ['a validation that is off', changed(example, 'Steps', { State: 'DISABLED' }), ['steps']],
  ['no alarm on a failure', without(example, 'Failed'), ['alarm::Findings']],
  ['no alarm on the duration', without(example, 'Slow'), ['alarm::RestoreHours']],
  ['an alarm after a day', changed(example, 'Slow', { Threshold: 24 }), ['alarm::RestoreHours']],
  ['no alarm without success', without(example, 'Missing'), ['alarm::RestoresProven']],
  ['an alarm after a week without success', changed(example, 'Missing', { EvaluationPeriods: 14 }), ['alarm::RestoresProven']],
  ['an alarm that is off', changed(example, 'Missing', { ActionsEnabled: false }), ['alarm::RestoresProven']],
])('%s does not', (_, resources, ids) => {
  expect(verdict(resources)).toEqual(ids);
});

test('each database needs a test of its own', () => {
  const two = { ...example, Second: resource('AWS::RDS::DBCluster', { DBClusterIdentifier: 'production-second' }) };
  expect([answers(restoreTests, two).Database, answers(restoreTests, two).Second]).toEqual(['compliant', ['tested']]);
});

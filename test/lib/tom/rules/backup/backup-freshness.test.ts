import { backupFreshness } from '../../../../../lib/tom/rules/backup/backup-freshness';
import { commonViolations, controlExample, type ExampleControl, withVariables } from '../access/example-control';
import { answers, changed, type Resources, ref, resource, without } from '../example';

const cluster = 'arn:aws:rds:eu-west-3:111111111111:cluster:production-data';
const bucket = 'arn:aws:s3:::production-uploads';
const vaultOf = (region: string, name: string) => `arn:aws:backup:${region}:111111111111:backup-vault:production-${name}`;
const home = vaultOf('eu-west-3', 'backups');

const control: ExampleControl = {
  ...{ control: 'backup-freshness', trigger: 'schedule', expression: 'rate(1 hour)', gap: 10_800 },
  variables: {
    STORES: `${bucket},${cluster}`,
    VAULTS: `${home},${vaultOf('eu-central-1', 'copies')}`,
    KEYS: { 'Fn::GetAtt': ['Key', 'Arn'] },
  },
};
const tagged = { Tags: [{ Key: 'rempart:backup', Value: 'daily' }] };
const ageAlarm = (use: string) =>
  resource('AWS::CloudWatch::Alarm', {
    ...{ Namespace: 'Rempart/Probes', MetricName: 'BackupAgeHours', Statistic: 'Maximum', TreatMissingData: 'ignore' },
    Dimensions: [
      { Name: 'Deployment', Value: 'production' },
      { Name: 'Vault', Value: `production-${use}` },
    ],
    ...{ ComparisonOperator: 'GreaterThanThreshold', Threshold: 24, EvaluationPeriods: 1, Period: 3600 },
  });
const stores: Resources = {
  Key: resource('AWS::KMS::Key'),
  Cluster: resource('AWS::RDS::DBCluster', { DBClusterIdentifier: 'production-data', KmsKeyId: ref('Key'), ...tagged }),
  Bucket: resource('AWS::S3::Bucket', { BucketName: 'production-uploads', ...tagged }),
  Left: resource('AWS::S3::Bucket', { BucketName: 'production-left' }),
  Old: ageAlarm('backups'),
  OldCopy: ageAlarm('copies'),
};
const example: Resources = { ...controlExample(control), ...stores };
const withThem = (variables: Readonly<Record<string, string>>) => withVariables(example, control, variables);

test('an hourly examination of every store in both vaults complies; a store without the tag is not judged', () => {
  expect(answers(backupFreshness, example)).toMatchObject({ Cluster: 'compliant', Bucket: 'compliant', Left: 'not-applicable' });
});

test('a recovered site has no copies, and no alarm on them', () => {
  const recovered: Resources = { ...without(withThem({ VAULTS: vaultOf('eu-central-1', 'backups') }), 'OldCopy') };
  const facts = { site: 'recovery', region: 'eu-central-1' } as const;
  expect(answers(backupFreshness, recovered, facts).Bucket).toBe('compliant');
  expect(answers(backupFreshness, example, facts).Bucket).toEqual(['variable::VAULTS']);
});

test.each<[string, Resources, string[]]>([
  ...commonViolations(control).map(([name, resources, ids]): [string, Resources, string[]] => [name, { ...resources, ...stores }, ids]),
  ['a schedule every two hours', changed(example, 'Trigger', { ScheduleExpression: 'rate(2 hours)' }), ['trigger']],
  ['a store that is left out', withThem({ STORES: cluster }), ['variable::STORES']],
  ['a store of nobody', withThem({ STORES: `${bucket},${cluster},arn:aws:s3:::x` }), ['variable::STORES']],
  ['a further store', { ...example, More: resource('AWS::S3::Bucket', { BucketName: 'more', ...tagged }) }, ['variable::STORES']],
  ['one vault', withThem({ VAULTS: home }), ['variable::VAULTS']],
  ['copies in another region', withThem({ VAULTS: `${home},${vaultOf('eu-west-1', 'copies')}` }), ['variable::VAULTS']],
  ['a strange key', withThem({ KEYS: 'arn:aws:kms:eu-west-3:999999999999:key/theirs' }), ['variable::KEYS']],
  ['no alarm on the age', without(example, 'Old'), ['age::backups']],
  ['no alarm on the age of copies', without(example, 'OldCopy'), ['age::copies']],
  ['an alarm after 25 hours', changed(example, 'Old', { Threshold: 25 }), ['age::backups']],
  ['an alarm without a threshold', changed(example, 'Old', { Threshold: undefined }), ['age::backups']],
  ['an alarm on the lowest age', changed(example, 'Old', { Statistic: 'Minimum' }), ['age::backups']],
  ['an alarm that a failed run ends', changed(example, 'OldCopy', { TreatMissingData: 'notBreaching' }), ['age::copies']],
  ['an alarm that is a day late', changed(example, 'OldCopy', { EvaluationPeriods: 24 }), ['age::copies']],
  ['an alarm without actions', changed(example, 'OldCopy', { ActionsEnabled: false }), ['age::copies']],
])('%s violates', (_, resources, ids) => {
  expect(answers(backupFreshness, resources).Bucket).toEqual(ids);
});

import { account, type Choice } from '../stacks/account-stack';
import { backupStack, only } from '../stacks/backup-stack';

interface Rule {
  readonly RuleName: string;
  readonly CopyActions?: readonly unknown[];
}
const plan = (stores: string, choice: Choice = {}) =>
  only(backupStack(choice), 'AWS::Backup::BackupPlan', `Plan${stores}`).BackupPlan as {
    readonly BackupPlanRule: readonly Rule[];
    readonly AdvancedBackupSettings?: unknown;
  };
const rulesOf = (stores: string, choice: Choice = {}) => plan(stores, choice).BackupPlanRule;
const lifecycle = { DeleteAfterDays: 30 };
test('the database has a snapshot twice a day, copied for as long, and no continuous backup', () => {
  expect(rulesOf('Databases')).toEqual([
    {
      RuleName: 'daily',
      TargetBackupVault: expect.stringMatching(/^backupsvault/),
      ScheduleExpression: 'cron(0 4,16 * * ? *)',
      ScheduleExpressionTimezone: 'Etc/UTC',
      StartWindowMinutes: 300,
      CompletionWindowMinutes: 660,
      Lifecycle: lifecycle,
      CopyActions: [expect.objectContaining({ Lifecycle: lifecycle })],
    },
  ]);
});

test('buckets have a continuous backup too, which is not copied, without access lists', () => {
  const [daily, continuous] = rulesOf('Buckets');
  expect(daily).toEqual(rulesOf('Databases')[0]);
  expect(continuous).toMatchObject({ RuleName: 'continuous', EnableContinuousBackup: true, Lifecycle: lifecycle });
  expect(continuous).not.toHaveProperty('CopyActions');
  expect(plan('Buckets').AdvancedBackupSettings).toEqual([
    { ResourceType: 'S3', BackupOptions: { BackupACLs: 'disabled', BackupObjectTags: 'enabled' } },
  ]);
});

test.each<[string, Choice, string | undefined]>([
  ['home', {}, 'eu-central-1'],
  ['a recovered site', { site: 'recovery' }, undefined],
  ['a recovered site whose home answers', { site: 'recovery', settings: { backup: { homeAnswers: true } } }, 'eu-west-3'],
])('the copies of %s', (_, choice, region) => {
  for (const stores of ['Databases', 'Buckets']) {
    const copies = rulesOf(stores, choice).flatMap(({ CopyActions = [] }) => CopyActions);
    const arn = `:backup:${region}:${account}:backup-vault:example-copies`;
    expect(copies).toEqual(region === undefined ? [] : [{ DestinationBackupVaultArn: expect.stringContaining(arn), Lifecycle: lifecycle }]);
  }
});

test('a selection takes the stores of this deployment with the tag alone', () => {
  for (const stores of ['Databases', 'Buckets']) {
    expect(only(backupStack(), 'AWS::Backup::BackupSelection', `Plan${stores}`).BackupSelection).toMatchObject({
      Conditions: {
        StringEquals: [
          { ConditionKey: 'aws:ResourceTag/rempart:backup', ConditionValue: 'daily' },
          { ConditionKey: 'aws:ResourceTag/rempart:deployment', ConditionValue: 'example' },
        ],
      },
    });
  }
});

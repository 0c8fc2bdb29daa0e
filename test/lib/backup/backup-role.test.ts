// Pairs of the role of AWS Backup under its boundary: what a backup needs, and what no backup does. (TOM-3.5)
import { administrator, decide } from '../identity/evaluate';
import { account, accountTemplate, type Choice, propertiesOf } from '../stacks/account-stack';
import { backupStack, only } from '../stacks/backup-stack';

const principal = `arn:aws:iam::${account}:role/example-backup-eu-west-3`;
const boundaryOf = (choice: Choice = {}) =>
  propertiesOf(accountTemplate(choice), 'AWS::IAM::ManagedPolicy', 'BackupBoundary').PolicyDocument;
const snapshot = (region: string, name = 'awsbackup:job-1', of = account) => `arn:aws:rds:${region}:${of}:cluster-snapshot:${name}`;
const ask = (action: string, resource: string, region = 'eu-west-3', choice: Choice = {}) =>
  decide(
    { identity: administrator, boundary: boundaryOf(choice) },
    { principal, action, resource, context: { 'aws:RequestedRegion': region, 'aws:PrincipalArn': principal } },
  );

test('AWS Backup alone assumes it, for this account', () => {
  expect(only(backupStack(), 'AWS::IAM::Role')).toMatchObject({
    RoleName: 'example-backup-eu-west-3',
    PermissionsBoundary: expect.stringContaining(`:policy/example-backup-boundary-eu-west-3`),
    AssumeRolePolicyDocument: {
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'backup.amazonaws.com' },
          Action: 'sts:AssumeRole',
          Condition: { StringEquals: { 'aws:SourceAccount': account } },
        },
      ],
    },
  });
});

test.each([
  ['expires a snapshot that it made', 'rds:DeleteDBClusterSnapshot', snapshot('eu-west-3'), 'Allowed'],
  ['deletes no other snapshot', 'rds:DeleteDBClusterSnapshot', snapshot('eu-west-3', 'manual-1'), 'ImplicitlyDenied'],
  ['copies within the account', 'rds:CopyDBClusterSnapshot', snapshot('eu-west-3'), 'Allowed'],
  ['copies nothing of another account', 'rds:CopyDBClusterSnapshot', snapshot('eu-west-3', 'x', '222222222222'), 'ExplicitlyDenied'],
  ['shares no snapshot', 'rds:ModifyDBClusterSnapshotAttribute', snapshot('eu-west-3'), 'ExplicitlyDenied'],
  ['makes its own rules', 'events:PutRule', `arn:aws:events:eu-west-3:${account}:rule/AwsBackupManagedRule-1`, 'Allowed'],
  ['makes no other rule', 'events:PutRule', `arn:aws:events:eu-west-3:${account}:rule/example-alarms`, 'ImplicitlyDenied'],
  ['disables no other rule', 'events:DisableRule', `arn:aws:events:eu-west-3:${account}:rule/example-alarms`, 'ImplicitlyDenied'],
  ['reads an object', 's3:GetObject', 'arn:aws:s3:::example-uploads-111111111111-eu-west-3/a', 'Allowed'],
  ['writes no object', 's3:PutObject', 'arn:aws:s3:::example-uploads-111111111111-eu-west-3/a', 'ImplicitlyDenied'],
  ['changes no policy of a bucket', 's3:PutBucketPolicy', 'arn:aws:s3:::example-uploads-111111111111-eu-west-3', 'ImplicitlyDenied'],
  ['ends no recovery point', 'backup:DeleteRecoveryPoint', `arn:aws:backup:eu-west-3:${account}:recovery-point:1`, 'ImplicitlyDenied'],
  ['restores nothing', 'backup:StartRestoreJob', `arn:aws:backup:eu-west-3:${account}:recovery-point:1`, 'ImplicitlyDenied'],
] as const)('the boundary: %s', async (_, action, resource, decision) => {
  expect(await ask(action, resource)).toBe(decision);
});

test.each<[string, Choice, string, string]>([
  ['home', {}, 'eu-central-1', 'Allowed'],
  ['home', {}, 'eu-west-1', 'ExplicitlyDenied'],
  ['a recovered site', { site: 'recovery' }, 'eu-west-3', 'ExplicitlyDenied'],
  ['a recovered site whose home answers', { site: 'recovery', settings: { backup: { homeAnswers: true } } }, 'eu-west-3', 'Allowed'],
])('copies of %s into %#: the region of the copies alone', async (_, choice, region, decision) => {
  expect(await ask('rds:CopyDBClusterSnapshot', snapshot(region), region, choice)).toBe(decision);
});

test('its permissions name the stores, and no bucket that is left out', () => {
  const policy = JSON.stringify(only(backupStack(), 'AWS::IAM::ManagedPolicy', 'BackupRolePermissions').PolicyDocument);
  for (const use of ['uploads', 'settings', 'vpn-registry']) expect(policy).toContain(`:::example-${use}-${account}-eu-west-3`);
  for (const use of ['archive', 'dead-letters', 'edge']) expect(policy).not.toContain(`:::example-${use}`);
});

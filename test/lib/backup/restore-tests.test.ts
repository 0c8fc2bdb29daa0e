// Restore tests as the stack deploys them.
import { functionCalls } from '../../../runtime/calls';
import { backupStack } from '../stacks/backup-stack';

/** The only resource of the type whose logical id begins with `prefix`, as it stands in the template. */
function only(type: string, prefix: string): Readonly<Record<string, unknown>> {
  const found = Object.entries(backupStack().template.findResources(type)).filter(([id]) => id.startsWith(prefix));
  expect(found).toHaveLength(1);
  return found[0]?.[1].Properties as Readonly<Record<string, unknown>>;
}

const text = (value: unknown): string => JSON.stringify(value);

test('each day, eight hours after a backup, the newest snapshot of the last two days is restored', () => {
  expect(only('AWS::Backup::RestoreTestingPlan', 'RestoreTests')).toMatchObject({
    RestoreTestingPlanName: 'example_restore_tests',
    ScheduleExpression: 'cron(0 12 * * ? *)',
    ScheduleExpressionTimezone: 'Etc/UTC',
    StartWindowHours: 1,
    RecoveryPointSelection: { Algorithm: 'LATEST_WITHIN_WINDOW', RecoveryPointTypes: ['SNAPSHOT'], SelectionWindowDays: 2 },
  });
});

test('overrides are texts: subnets and group of the stack, sign-in by token, and the key of the data', () => {
  const selection = only('AWS::Backup::RestoreTestingSelection', 'RestoreTests');
  expect(selection).toMatchObject({ ProtectedResourceType: 'Aurora', ValidationWindowHours: 8 });
  expect(text(selection.ProtectedResourceArns)).toContain(':cluster:example-data');
  const overrides = selection.RestoreMetadataOverrides as Record<string, unknown>;
  expect(Object.keys(overrides).sort()).toEqual([
    'dbSubnetGroupName',
    'enableIamDatabaseAuthentication',
    'kmsKeyId',
    'vpcSecurityGroupIds',
  ]);
  expect(overrides.enableIamDatabaseAuthentication).toBe('true');
  expect(overrides.vpcSecurityGroupIds).toEqual({
    'Fn::Join': ['', ['["', { 'Fn::GetAtt': [expect.stringMatching(/^RestoreNetworkRestored/), 'GroupId'] }, '"]']],
  });
});

test('AWS Backup restores with a role that reaches clusters of restore tests alone, and deletes nothing', () => {
  const role = only('AWS::IAM::Role', 'RestoreTestsRole');
  expect(role.AssumeRolePolicyDocument).toMatchObject({ Statement: [{ Principal: { Service: 'backup.amazonaws.com' } }] });
  const policy = text(only('AWS::IAM::ManagedPolicy', 'RestoreTestsPermissions').PolicyDocument);
  expect(policy).not.toMatch(/:(?:Delete|Modify|Create)DB/);
  expect(policy).toContain(':cluster:awsbackup-restore-test-*');
  expect(policy).not.toMatch(/:cluster:\*|"rds:\*"/);
});

test('the validation deletes instances of restore tests alone; the reader signs in as one role, and calls nothing else', () => {
  const validation = only('AWS::IAM::ManagedPolicy', 'RestoreValidationFunctionPermissions').PolicyDocument as {
    Statement: { Action: string | string[]; Resource: unknown }[];
  };
  const deletions = validation.Statement.filter(({ Action }) => [Action].flat().some((action) => /Delete/.test(action)));
  expect(deletions).toHaveLength(1);
  expect(text(deletions[0]?.Resource)).toMatch(/:db:awsbackup-restore-test-\*/);
  const reader = only('AWS::IAM::ManagedPolicy', 'RestoreValidationReaderPermissions').PolicyDocument as {
    Statement: { Effect: string; Action: string | string[] }[];
  };
  const own = reader.Statement.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => Action);
  const common = functionCalls.flatMap(({ actions }) => actions);
  expect(own.filter((action) => !common.includes(action) && !action.startsWith('ec2:'))).toEqual(['rds-db:connect']);
});

test('no way leads out of the group of restored databases, and only that of the reader leads in', () => {
  const nothing = [expect.objectContaining({ CidrIp: '255.255.255.255/32' })];
  for (const group of ['RestoreNetworkRestored', 'RestoreNetworkReader'])
    expect(only('AWS::EC2::SecurityGroup', group).SecurityGroupEgress).toEqual(nothing);
  expect(only('AWS::EC2::SecurityGroupIngress', 'RestoreNetwork')).toMatchObject({
    FromPort: 5432,
    GroupId: { 'Fn::GetAtt': [expect.stringMatching(/^RestoreNetworkRestored/), 'GroupId'] },
    SourceSecurityGroupId: { 'Fn::GetAtt': [expect.stringMatching(/^RestoreNetworkReader/), 'GroupId'] },
  });
  expect(only('AWS::Lambda::Function', 'RestoreValidationFunction')).not.toHaveProperty('VpcConfig');
});

test('the figures of the alarms are those that the function writes (lambda/backup/restore-validation/evidence.ts)', () => {
  const alarm = (id: string) => only('AWS::CloudWatch::Alarm', `RestoreValidation${id}`);
  expect(alarm('RestoreTestFailed')).toMatchObject({ MetricName: 'Findings', Threshold: 0 });
  expect(alarm('RestoreTestSlow')).toMatchObject({ MetricName: 'RestoreHours', Threshold: 12 });
  expect(alarm('RestoreTestsMissing')).toMatchObject({
    ...{ MetricName: 'RestoresProven', Threshold: 1, Period: 43_200, EvaluationPeriods: 3, TreatMissingData: 'ignore' },
  });
  expect(alarm('RestoreTestSlow').Dimensions).toEqual([
    { Name: 'Deployment', Value: 'example' },
    { Name: 'Probe', Value: 'restore-validation' },
  ]);
});

test('the validation gives up and reports before AWS Backup deletes the cluster', () => {
  const { Variables } = only('AWS::Lambda::Function', 'RestoreValidationFunction').Environment as { Variables: Record<string, string> };
  expect(Variables).toMatchObject({ GIVE_UP_HOURS: '6', REPORT_HOURS: '7', READER: 'example-restored-state' });
});

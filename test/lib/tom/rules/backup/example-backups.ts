// A vault with its plans and the vault of the other region, as the templates of the house have them.
import { Assembly, type DeploymentFacts, type Json, type JsonObject } from '../../../../../lib/tom/template/assembly';
import { att, facts, join, key, type Resources, ref, resource, stack } from '../example';

export const account = ref('AWS::AccountId');
const deployment = (region: string) => join('arn:aws:iam::', account, ':role/cdk-*-cfn-exec-role-', account, `-${region}`);
const deny = (Action: Json, more: JsonObject = {}): JsonObject => ({
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Action,
  Resource: '*',
  ...more,
});

/** The statements of the policy of a vault in a region. */
export const statements = (region: string): readonly JsonObject[] => [
  deny(['backup:DeleteRecoveryPoint', 'backup:DisassociateRecoveryPoint', 'backup:UpdateRecoveryPointLifecycle']),
  deny(
    [
      'backup:DeleteBackupVaultAccessPolicy',
      'backup:DeleteBackupVaultLockConfiguration',
      'backup:PutBackupVaultAccessPolicy',
      'backup:PutBackupVaultLockConfiguration',
    ],
    { Condition: { ArnNotLike: { 'aws:PrincipalArn': deployment(region) } } },
  ),
];

export const vault = (use: string, region: string) =>
  resource('AWS::Backup::BackupVault', {
    BackupVaultName: `production-${use}`,
    EncryptionKeyArn: att('Key'),
    LockConfiguration: { MinRetentionDays: 30, MaxRetentionDays: 30, ChangeableForDays: 3 },
    AccessPolicy: { Statement: [...statements(region)] },
  });

export const copy = {
  DestinationBackupVaultArn: join('arn:aws:backup:eu-central-1:', account, ':backup-vault:production-copies'),
  Lifecycle: { DeleteAfterDays: 30 },
};

export const daily: JsonObject = {
  RuleName: 'daily',
  TargetBackupVault: ref('Vault'),
  ScheduleExpression: 'cron(0 4 * * ? *)',
  ScheduleExpressionTimezone: 'Etc/UTC',
  Lifecycle: { DeleteAfterDays: 30 },
  CopyActions: [copy],
};

export const plan = (...rules: readonly JsonObject[]) =>
  resource('AWS::Backup::BackupPlan', { BackupPlan: { BackupPlanRule: [...rules] } });

const condition = (name: string, value: string) => ({ ConditionKey: `aws:ResourceTag/rempart:${name}`, ConditionValue: value });

export const selected = (pattern: Json, more: JsonObject = {}): JsonObject => ({
  IamRoleArn: att('Role'),
  Resources: [pattern],
  Conditions: { StringEquals: [condition('backup', 'daily'), condition('deployment', 'production')] },
  ...more,
});

export const selection = (chosen: JsonObject) =>
  resource('AWS::Backup::BackupSelection', { BackupPlanId: ref('Plan'), BackupSelection: chosen });

export const backups: Resources = {
  ...key,
  Vault: vault('backups', 'eu-west-3'),
  Plan: plan(daily),
  Selection: selection(selected('arn:aws:s3:::production-*')),
};

const copies: Resources = { ...key, Copies: vault('copies', 'eu-central-1') };

/** The deployment with the stack that receives the copies. */
export function withCopies(resources: Resources, changed: Partial<DeploymentFacts> = {}, receiving: Resources = copies): Assembly {
  const other = stack(receiving, { name: 'production-recovery', region: 'eu-central-1' });
  return new Assembly({ ...facts, ...changed }, [stack(resources, { name: 'production-data' }), other]);
}

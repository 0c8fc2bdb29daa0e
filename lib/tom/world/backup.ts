// Vaults of recovery points, the plans that fill them, and the role of AWS Backup. (DSS-5.4.2, DSS-5.4.3, TOM-6.7)
import { backupCalls } from '../../config/service-calls';
import { backupDays } from '../figures';
import { copyRegionOf, hasCopies } from '../template/copies';
import { roleBoundaryDeclarations } from './boundary';
import { setting } from './configured';
import { type Declaration, declare } from './declaration';
import { by, type FormLike, set } from './form';
import { roleFamily } from './roles';
import { deniesEveryone, deploymentRole, ownAccount, policyDocument } from './statements';

/** Days after which the lock of production is final: the fewest of AWS Backup. */
const changeableDays = 3;

const copies = `arn:aws:backup:<copyRegion>:${ownAccount}:backup-vault:<deployment>-copies`;

/** In production nobody removes the lock, in other environments a deployment can. */
const lock = by(({ facts }): FormLike => {
  const days = { MinRetentionDays: backupDays, MaxRetentionDays: backupDays };
  return facts.environment === 'production' ? { ...days, ChangeableForDays: changeableDays } : days;
});

const noOtherCopies = by(({ facts }): FormLike => {
  const copying = { actions: 'backup:CopyFromBackupVault', resources: '*' };
  if (!hasCopies(facts)) return deniesEveryone({ sid: 'NoCopies', ...copying });
  const conditions = { 'ForAnyValue:ArnNotEquals': { 'backup:CopyTargets': copies } };
  return deniesEveryone({ sid: 'NoOtherCopies', ...copying, conditions });
});
const noCopies = deniesEveryone({ sid: 'NoCopies', actions: 'backup:CopyFromBackupVault', resources: '*' });

const vaultPolicy = (deployment: string, copying: FormLike): FormLike =>
  policyDocument(
    deniesEveryone({
      sid: 'NobodyEndsRecoveryPoints',
      actions: ['backup:DeleteRecoveryPoint', 'backup:DisassociateRecoveryPoint', 'backup:UpdateRecoveryPointLifecycle'],
      resources: '*',
    }),
    deniesEveryone({
      sid: 'OnlyADeploymentChangesIt',
      actions: [
        ...['backup:DeleteBackupVaultAccessPolicy', 'backup:DeleteBackupVaultLockConfiguration'],
        ...['backup:PutBackupVaultAccessPolicy', 'backup:PutBackupVaultLockConfiguration'],
      ],
      resources: '*',
      conditions: { ArnNotLike: { 'aws:PrincipalArn': deployment } },
    }),
    deniesEveryone({
      sid: 'NoCopiesFromOtherAccounts',
      actions: 'backup:CopyIntoBackupVault',
      resources: '*',
      conditions: { StringNotEquals: { 'aws:PrincipalAccount': ownAccount } },
    }),
    copying,
  );

const vault = (name: string, use: string, policy: FormLike, when?: Declaration['when']): Declaration =>
  declare(
    'AWS::Backup::BackupVault',
    name,
    {
      AccessPolicy: policy,
      BackupVaultName: `<deployment>-${use}`,
      BackupVaultTags: {
        'rempart:classification': 'personal',
        'rempart:deployment': '<deployment>',
        'rempart:environment': '<environment>',
        'rempart:owner': by(({ facts }) => facts.settings.owner),
      },
      EncryptionKeyArn: `\${${use === 'backups' ? 'account/BackupsKey' : 'recovery/CopiesKey'}.Arn}`,
      LockConfiguration: lock,
    },
    { deletion: 'RetainExceptOnCreate', replacement: 'Retain', ...(when ? { when } : {}) },
  );

/** Minutes in which a job begins, and in which it ends. */
const windows = { start: 5 * 60, completion: 11 * 60 };

const lifecycle = { DeleteAfterDays: backupDays };

const rule = (name: string, further: (hasCopy: boolean) => Readonly<Record<string, FormLike>>): FormLike =>
  by(({ facts }) => ({
    CompletionWindowMinutes: windows.completion,
    Lifecycle: lifecycle,
    RuleName: name,
    ScheduleExpression: setting(({ settings }) => `cron(0 ${settings.backup.hour % 12},${(settings.backup.hour % 12) + 12} * * ? *)`),
    ScheduleExpressionTimezone: 'Etc/UTC',
    StartWindowMinutes: windows.start,
    TargetBackupVault: '${backup/BackupsVault}',
    ...further(copyRegionOf(facts) !== undefined),
  }));

const daily = rule('daily', (hasCopy) => (hasCopy ? { CopyActions: [{ DestinationBackupVaultArn: copies, Lifecycle: lifecycle }] } : {}));
const continuous = rule('continuous', () => ({ EnableContinuousBackup: true }));

const tagsOfPlan = {
  'rempart:deployment': '<deployment>',
  'rempart:environment': '<environment>',
  'rempart:owner': by(({ facts }) => facts.settings.owner),
};

const plan = (
  stores: 'Buckets' | 'Databases',
  resources: string,
  rules: readonly FormLike[],
  further: Readonly<Record<string, FormLike>> = {},
): readonly Declaration[] => [
  declare('AWS::Backup::BackupPlan', `backup/Plan${stores}Plan`, {
    BackupPlan: { BackupPlanName: `<deployment>-${stores.toLowerCase()}`, BackupPlanRule: set(...rules), ...further },
    BackupPlanTags: tagsOfPlan,
  }),
  declare(
    'AWS::Backup::BackupSelection',
    `backup/Plan${stores}Selection`,
    {
      BackupPlanId: `\${backup/Plan${stores}Plan.BackupPlanId}`,
      BackupSelection: {
        Conditions: {
          StringEquals: [
            { ConditionKey: 'aws:ResourceTag/rempart:backup', ConditionValue: 'daily' },
            { ConditionKey: 'aws:ResourceTag/rempart:deployment', ConditionValue: '<deployment>' },
          ],
        },
        IamRoleArn: '${backup/BackupRole.Arn}',
        Resources: [resources],
        SelectionName: `<deployment>-${stores.toLowerCase()}`,
      },
    },
    { dependsOn: ['${backup/BackupRolePermissions}'] },
  ),
];

export const backupDeclarations: readonly Declaration[] = [
  ...roleBoundaryDeclarations,
  vault('backup/BackupsVault', 'backups', vaultPolicy(deploymentRole, noOtherCopies)),
  vault('recovery/CopiesVault', 'copies', vaultPolicy(deploymentRole.replace('<region>', '<copyRegion>'), noCopies), hasCopies),
  ...plan('Databases', `arn:aws:rds:<region>:${ownAccount}:cluster:*`, [daily]),
  // A restore into a bucket whose owner owns every object accepts no access lists.
  ...plan('Buckets', 'arn:aws:s3:::<deployment>-*', [daily, continuous], {
    AdvancedBackupSettings: [{ BackupOptions: { BackupACLs: 'disabled', BackupObjectTags: 'enabled' }, ResourceType: 'S3' }],
  }),
  ...roleFamily({
    role: 'backup/BackupRole',
    policy: 'backup/BackupRolePermissions',
    service: 'backup.amazonaws.com',
    source: { StringEquals: { 'aws:SourceAccount': ownAccount } },
    roleName: '<deployment>-backup-<region>',
    boundary: `arn:aws:iam::${ownAccount}:policy/<deployment>-backup-boundary-<region>`,
    roleDescription: 'Allows AWS Backup to back up the stores of <deployment>',
    policyDescription: 'Permissions of the backups of <deployment>',
    calls: backupCalls,
    values: ({ facts }) => {
      const region = copyRegionOf(facts);
      return region === undefined ? {} : { mode: 'copies', values: { copyRegion: region } };
    },
  }),
];

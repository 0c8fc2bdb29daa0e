import { administrator, decide } from '../identity/evaluate';
import type { Choice } from '../stacks/account-stack';
import { account } from '../stacks/account-stack';
import { backupStack, only, recoveryStack } from '../stacks/backup-stack';

const type = 'AWS::Backup::BackupVault';
const vault = (choice: Choice = {}) => only(backupStack(choice), type);
const copies = (choice: Choice = {}) => only(recoveryStack(choice), type);
const answering: Choice = { site: 'recovery', settings: { backup: { homeAnswers: true } } };

test.each([
  ['production', { MinRetentionDays: 30, MaxRetentionDays: 30, ChangeableForDays: 3 }],
  ['staging', { MinRetentionDays: 30, MaxRetentionDays: 30 }],
] as const)('the lock of both vaults in %s', (environment, lock) => {
  expect(vault({ environment }).LockConfiguration).toEqual(lock);
  expect(copies({ environment }).LockConfiguration).toEqual(lock);
});

test('names are those that plans and people use, and no two of one region are equal', () => {
  expect([vault().BackupVaultName, copies().BackupVaultName]).toEqual(['example-backups', 'example-copies']);
  expect([vault(answering).BackupVaultName, copies(answering).BackupVaultName]).toEqual(['example-backups', 'example-copies']);
  expect([recoveryStack().stack.region, recoveryStack(answering).stack.region]).toEqual(['eu-central-1', 'eu-west-3']);
});

test('a rollback of the first creation deletes a vault, and nothing else does', () => {
  for (const template of [backupStack().template, recoveryStack().template]) {
    template.hasResource(type, { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  }
});

test('a recovered site has the stack of the copies only when its home region answers', () => {
  expect(() => recoveryStack({ site: 'recovery' }).stack).toThrow('expected a stack example-recovery');
});

describe('the access policy', () => {
  const point = `arn:aws:backup:eu-west-3:${account}:recovery-point:1`;
  const itself = `arn:aws:backup:eu-west-3:${account}:backup-vault:example-backups`;
  const elsewhere = `arn:aws:backup:eu-central-1:${account}:backup-vault`;
  const role = `arn:aws:iam::${account}:role/example-backup-eu-west-3`;
  const deployment = (region: string) => `arn:aws:iam::${account}:role/cdk-hnb659fds-cfn-exec-role-${account}-${region}`;
  const ask = (principal: string, action: string, context: Record<string, string | string[]> = {}, policy = vault().AccessPolicy) =>
    decide(
      { identity: administrator, resource: policy },
      {
        principal,
        action,
        resource: /RecoveryPoint|CopyFrom/.test(action) ? point : itself,
        context: { 'aws:PrincipalArn': principal, 'aws:PrincipalAccount': account, ...context },
      },
    );

  test.each(['backup:DeleteRecoveryPoint', 'backup:DisassociateRecoveryPoint', 'backup:UpdateRecoveryPointLifecycle'])(
    'denies %s to everyone, deployments included',
    async (action) => {
      for (const principal of [role, deployment('eu-west-3')]) expect(await ask(principal, action)).toBe('ExplicitlyDenied');
    },
  );

  test.each(['backup:PutBackupVaultAccessPolicy', 'backup:DeleteBackupVaultAccessPolicy', 'backup:DeleteBackupVaultLockConfiguration'])(
    'allows %s to the deployments of its region alone',
    async (action) => {
      expect(await ask(role, action)).toBe('ExplicitlyDenied');
      expect(await ask(deployment('eu-west-3'), action)).toBe('Allowed');
      expect(await ask(deployment('eu-central-1'), action)).toBe('ExplicitlyDenied');
      expect(await ask(deployment('eu-central-1'), action, {}, copies().AccessPolicy)).toBe('Allowed');
    },
  );

  test('denies no deletion of the vault, which the rollback of a first deployment needs', async () => {
    expect(await ask(deployment('eu-west-3'), 'backup:DeleteBackupVault')).toBe('Allowed');
  });

  test('allows copies into the vault of the other region alone, and from the vault there none', async () => {
    const copying = 'backup:CopyFromBackupVault';
    expect(await ask(role, copying, { 'backup:CopyTargets': [`${elsewhere}:example-copies`] })).toBe('Allowed');
    expect(await ask(role, copying, { 'backup:CopyTargets': [`${elsewhere}:another`] })).toBe('ExplicitlyDenied');
    expect(await ask(role, copying, {}, copies().AccessPolicy)).toBe('ExplicitlyDenied');
    expect(await ask(role, copying, {}, vault({ site: 'recovery' }).AccessPolicy)).toBe('ExplicitlyDenied');
  });

  test('denies copies from another account', async () => {
    expect(await ask(role, 'backup:CopyIntoBackupVault')).toBe('Allowed');
    expect(await ask(role, 'backup:CopyIntoBackupVault', { 'aws:PrincipalAccount': '222222222222' })).toBe('ExplicitlyDenied');
  });
});

// A vault of recovery points: locked to exactly 30 days, under a key of its own, with deletion denied to everyone.
import { CfnBackupVault } from 'aws-cdk-lib/aws-backup';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { deploymentRoleName, type VaultUse, vaultName } from '../config/names';
import type { Site } from '../config/site';
import { classify, serves } from '../labels/labels';
import { vaultArn } from './vault-arn';

export interface BackupVaultProps {
  readonly site: Site;
  /**
   * Use of the vault, part of its name. Changing it creates another vault and retains one that has recovery points.
   */
  readonly use: VaultUse;
  /** Encrypts the recovery points. Changing it replaces the vault, which its name refuses. (DSS-5.4.3) */
  readonly key: IKey;
  /** Region of the vault that receives copies. Changing it updates the access policy. @default - no copies */
  readonly copiesTo?: string;
}

/** Days in which the lock of a vault can be removed; AWS Backup accepts no fewer. */
const changeableForDays = 3;

/** Actions that end a recovery point early, or keep it longer. */
const endingPoints = ['backup:DeleteRecoveryPoint', 'backup:DisassociateRecoveryPoint', 'backup:UpdateRecoveryPointLifecycle'];

/** Actions that would make one of those possible. */
const weakening = [
  'backup:DeleteBackupVaultAccessPolicy',
  'backup:DeleteBackupVaultLockConfiguration',
  'backup:PutBackupVaultAccessPolicy',
  'backup:PutBackupVaultLockConfiguration',
];

/**
 * A job with another retention than 30 days fails, an on-demand one too: the lock admits neither a shorter nor a
 * longer one. AWS Backup deletes a recovery point within hours after its last day; a lifecycle is no request, so the
 * policy does not prevent it. (TOM-6.7, DSS-5.4.3)
 *
 * Production locks in compliance mode: `ChangeableForDays` of 3 makes the lock final 72 hours after the creation, the
 * time in which a first deployment that failed can be repaired. From then on nobody, AWS and the root user included,
 * shortens, lengthens or removes it, and the vault goes only when its last recovery point is gone, 30 days after the
 * last backup. An update of the three properties then fails. Other environments have a lock without that property,
 * governance mode: a deployment can remove it, so that an account can be emptied. ("AWS Backup Vault Lock".)
 *
 * The access policy denies everyone the deletion and the change of a recovery point, and everyone but a deployment the
 * change of the policy and of the lock. It denies no `DeleteBackupVault`: AWS Backup refuses to delete a vault with
 * recovery points, and an empty vault goes with the rollback of its first deployment, so that the next attempt can use
 * its name. An access policy has no wildcard in its actions, and AWS Backup rejects every request from another account
 * except copies into the vault, which the policy denies ("Vault access policies"). (DSS-5.4.3, TOM-7.4)
 *
 * Name and key replace the vault. The name is fixed, so a change of the key is refused: a new vault has a new name.
 */
export class BackupVault extends Construct {
  readonly vault: CfnBackupVault;

  constructor(scope: Construct, id: string, { site, use, key, copiesTo }: BackupVaultProps) {
    super(scope, id);
    serves(this, 'DSS-5.4.2', 'DSS-5.4.3', 'TOM-6.7');
    classify(this, 'personal');
    const { environment, backup } = site.settings;
    const days = { minRetentionDays: backup.retentionDays, maxRetentionDays: backup.retentionDays };
    this.vault = new CfnBackupVault(this, 'Vault', {
      backupVaultName: vaultName(site, use),
      encryptionKeyArn: key.keyArn,
      lockConfiguration: environment === 'production' ? { ...days, changeableForDays } : days,
      accessPolicy: this.policy(copiesTo === undefined ? undefined : vaultArn(this, site, 'copies', copiesTo)),
    });
    this.vault.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  }

  private policy(copies: string | undefined): PolicyDocument {
    const stack = Stack.of(this);
    const resourceName = deploymentRoleName(stack.account, stack.region);
    const deployment = stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName });
    return new PolicyDocument({
      statements: [
        denial('NobodyEndsRecoveryPoints', endingPoints),
        denial('OnlyADeploymentChangesIt', weakening, { ArnNotLike: { 'aws:PrincipalArn': deployment } }),
        denial('NoCopiesFromOtherAccounts', ['backup:CopyIntoBackupVault'], {
          StringNotEquals: { 'aws:PrincipalAccount': stack.account },
        }),
        copies === undefined
          ? denial('NoCopies', ['backup:CopyFromBackupVault'])
          : denial('NoOtherCopies', ['backup:CopyFromBackupVault'], { 'ForAnyValue:ArnNotEquals': { 'backup:CopyTargets': copies } }),
      ],
    });
  }
}

function denial(sid: string, actions: string[], conditions?: Record<string, Record<string, string>>): PolicyStatement {
  const statement = { sid, effect: Effect.DENY, principals: [new AnyPrincipal()], actions, resources: ['*'] };
  return new PolicyStatement({ ...statement, ...(conditions ? { conditions } : {}) });
}

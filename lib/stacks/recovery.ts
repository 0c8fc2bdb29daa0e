// What exists in the other region before a disaster: the vault that receives the copies of the backups, with its key.
import { Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { BackupVault } from '../backup/backup-vault';
import type { Site } from '../config/site';
import { VaultKey } from '../encryption/vault-key';

export interface RecoveryStackProps extends StackProps {
  readonly site: Site;
}

/**
 * The one stack of a deployment in another region than that of its site (ADR 3, TOM-2.1). Nothing in it costs by the
 * hour. Each site has its own in the region of the other, so the two share no name in one account.
 */
export class RecoveryStack extends Stack {
  /** Receives the copies. (DSS-5.4.2) */
  readonly copies: BackupVault;

  constructor(scope: Construct, id: string, { site, ...props }: RecoveryStackProps) {
    super(scope, id, props);
    const key = new VaultKey(this, 'CopiesKey', { site, use: 'copies' });
    this.copies = new BackupVault(this, 'Copies', { site, use: 'copies', key });
  }
}

// The key of a backup vault: separate from the keys of the stores, so that a lost store does not take its backups
// along.
import type { Construct } from 'constructs';
import { type VaultUse, vaultName } from '../config/names';
import type { Site } from '../config/site';
import { classify, serves } from '../labels/labels';
import { onlyADeploymentEnds } from './key-statements';
import { RotatedKey } from './rotated-key';

export interface VaultKeyProps {
  readonly site: Site;
  /** The vault, whose name the alias has. Changing it replaces the alias. */
  readonly use: VaultUse;
}

const described: Readonly<Record<VaultUse, string>> = { backups: 'backups', copies: 'copies of the backups' };

/**
 * AWS Backup encrypts with it the backups of buckets and every copy; a snapshot of the database in its own region
 * keeps the key of the database ("Encryption for backups in AWS Backup"). It uses the key by grants, which only AWS
 * services create. Without the key the backups are lost: only a deployment ends it. (DSS-5.4.3, TOM-5.5, TOM-7.4)
 */
export class VaultKey extends RotatedKey {
  constructor(scope: Construct, id: string, { site, use }: VaultKeyProps) {
    super(scope, id, { alias: vaultName(site, use), description: `Encrypts the ${described[use]} of ${site.deployment}` });
    this.addToResourcePolicy(onlyADeploymentEnds(this));
    serves(this, 'DSS-5.4.3', 'TOM-5.5', 'TOM-7.4');
    classify(this, 'personal');
  }
}

// The vaults of a region: who may copy into them, and whether they can be shared.
import { BackupClient, GetBackupVaultAccessPolicyCommand, paginateListBackupVaults } from '@aws-sdk/client-backup';
import { type Keys, keysOf } from './keys';

export interface Vault {
  readonly name: string;
  readonly arn: string;
  /** As in `BACKUP_VAULT`. */
  readonly type: string;
  /** ARN of the key that encrypts the recovery points; empty under a key of AWS. */
  readonly key: string;
}

/** The vaults of one region. */
export interface Vaults {
  readonly region: string;
  /** The keys of that region. */
  readonly keys: Keys;
  list(): Promise<Vault[]>;
  /** The access policy as text; `undefined` for a vault without one, and for one that was deleted after the list. */
  policy(name: string): Promise<string | undefined>;
}

export function vaultsOf(region: string): Vaults {
  const client = new BackupClient({ region });
  return {
    region,
    keys: keysOf(region),
    async list() {
      const found: Vault[] = [];
      for await (const page of paginateListBackupVaults({ client }, {})) {
        for (const { BackupVaultName, BackupVaultArn, VaultType, EncryptionKeyArn } of page.BackupVaultList ?? []) {
          found.push({ name: BackupVaultName ?? '', arn: BackupVaultArn ?? '', type: VaultType ?? '', key: EncryptionKeyArn ?? '' });
        }
      }
      return found;
    },
    async policy(name) {
      try {
        return (await client.send(new GetBackupVaultAccessPolicyCommand({ BackupVaultName: name }))).Policy;
      } catch (error) {
        if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
        throw error;
      }
    },
  };
}

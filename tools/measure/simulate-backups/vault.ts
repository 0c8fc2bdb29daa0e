// A vault of the simulated service: its recovery points over time, as the service lists them and as they truly are.
import type { DescribeBackupVaultOutput, RecoveryPointByBackupVault } from '@aws-sdk/client-backup';

export const hour = 3_600_000;
export const day = 24 * hour;

/** A recovery point as the service lists it, with what no list says. */
export interface HeldPoint {
  readonly store: string;
  readonly record: RecoveryPointByBackupVault;
  /** Whether the data can be restored from it. */
  readonly restorable: boolean;
  readonly usableFrom: number;
  /** The instant of the data, as it was at a time. */
  dataAt(at: number): number;
}

export class Vault {
  /** Points by ARN. */
  readonly held = new Map<string, HeldPoint>();
  readonly description: DescribeBackupVaultOutput;
  locked = true;

  constructor(
    readonly region: string,
    readonly name: string,
    readonly arn: string,
    createdAt: number,
  ) {
    const key = `arn:aws:kms:${region}:111111111111:key/${name}`;
    this.description = { BackupVaultName: name, BackupVaultArn: arn, EncryptionKeyArn: key, CreationDate: new Date(createdAt) };
  }

  describe(): DescribeBackupVaultOutput {
    return { ...this.description, Locked: this.locked, ...(this.locked ? { MinRetentionDays: 30, MaxRetentionDays: 30 } : {}) };
  }

  list(): RecoveryPointByBackupVault[] {
    return [...this.held.values()].map(({ record }) => record);
  }

  put(point: HeldPoint): void {
    this.held.set(point.record.RecoveryPointArn ?? '', point);
  }

  /**
   * True age of the newest restorable data of a store: at `to`, and the highest after `from`, which is at `to` or just
   * before a newer point was usable.
   */
  trueAge(store: string, since: number, from: number, to: number): { readonly now: number; readonly highest: number } {
    const points = [...this.held.values()].filter((point) => point.store === store && point.restorable);
    const ageAt = (at: number, usable: (point: HeldPoint) => boolean) =>
      at - Math.max(since, ...points.filter(usable).map((point) => point.dataAt(at)));
    const now = ageAt(to, ({ usableFrom }) => usableFrom <= to);
    const turns = points.map(({ usableFrom }) => usableFrom).filter((at) => at > from && at <= to);
    return { now, highest: Math.max(now, ...turns.map((at) => ageAt(at, ({ usableFrom }) => usableFrom < at))) };
  }
}

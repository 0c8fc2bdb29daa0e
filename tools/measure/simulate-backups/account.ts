// The simulated account: stores, vaults in two regions, and jobs that run, fail, are copied and expire as time passes.
import type { BackupJob, CopyJob, RecoveryPointByBackupVault } from '@aws-sdk/client-backup';
import type { DBCluster, DBClusterSnapshot } from '@aws-sdk/client-rds';
import type { Bucket } from '@aws-sdk/client-s3';
import { continuousPoint } from './continuous';
import type { Fate, Faults } from './faults';
import { day, hour, Vault } from './vault';

export const regions = { home: 'eu-west-3', copies: 'eu-central-1' } as const;
const account = '111111111111';
export const cluster = `arn:aws:rds:${regions.home}:${account}:cluster:production-data`;
export const bucketNames = ['uploads', 'settings', 'vpn-registry'].map((use) => `production-${use}-${account}-${regions.home}`);
export const stores: readonly string[] = [cluster, ...bucketNames.map((name) => `arn:aws:s3:::${name}`)];
/** Key of the database, which its snapshots in the home region keep. */
export const dataKey = `arn:aws:kms:${regions.home}:${account}:key/data`;
const strangeKey = `arn:aws:kms:${regions.home}:999999999999:key/theirs`;

interface Backup {
  readonly store: string;
  readonly id: number;
  readonly created: number;
  readonly started: number;
}

/** State that spells of faults change. */
export interface Weather {
  /** Stores whose backup jobs fail, and whose copy jobs fail. */
  readonly failing: Record<'backups' | 'copies', Set<string>>;
  readonly silentBuckets: Set<string>;
  readonly unversionedBuckets: Set<string>;
  readonly vanished: Set<string>;
  nativeDays: number;
}

export class Account {
  readonly weather: Weather = {
    failing: { backups: new Set(), copies: new Set() },
    silentBuckets: new Set(),
    unversionedBuckets: new Set(),
    vanished: new Set(),
    nativeDays: 30,
  };
  readonly home: Vault;
  readonly copies: Vault;
  /** Jobs of the last 30 days, which the service lists. */
  backupJobs: BackupJob[] = [];
  copyJobs: CopyJob[] = [];
  /** Points that somebody deleted, with the instants of the jobs that wrote them. */
  readonly deletedEarly: { readonly arn: string; readonly job: number }[] = [];
  readonly manualSnapshots: DBClusterSnapshot[] = [];
  readonly leftClusters: DBCluster[] = [];
  readonly leftBuckets: Bucket[] = [];
  /** Points that are not deleted on their day. */
  readonly undeleted = new Set<string>();
  private readonly due: { readonly at: number; readonly act: () => void }[] = [];
  private ids = 0;

  constructor(
    readonly createdAt: number,
    private readonly faults: Faults,
  ) {
    const vault = (region: string, name: string) =>
      new Vault(region, name, `arn:aws:backup:${region}:${account}:backup-vault:${name}`, createdAt);
    this.home = vault(regions.home, 'production-backups');
    this.copies = vault(regions.copies, 'production-copies');
  }

  at(at: number, act: () => void): void {
    const index = this.due.findIndex((one) => one.at > at);
    this.due.splice(index < 0 ? this.due.length : index, 0, { at, act });
  }

  /** Lets time pass: everything that is due until then happens, in order. */
  advance(to: number): void {
    for (let next = this.due[0]; next !== undefined && next.at <= to; next = this.due[0]) {
      this.due.shift();
      next.act();
    }
  }

  /** Buckets whose continuous backup follows them. */
  isFollowed(store: string): boolean {
    return ![this.weather.silentBuckets, this.weather.unversionedBuckets, this.weather.vanished].some((set) => set.has(store));
  }

  /** A run of the plan, which starts a job for each store and continues the continuous backups. */
  runPlan(at: number): void {
    const listed = ({ CreationDate }: BackupJob | CopyJob) => (CreationDate?.getTime() ?? 0) > at - 30 * day;
    this.backupJobs = this.backupJobs.filter(listed);
    this.copyJobs = this.copyJobs.filter(listed);
    for (const store of stores) {
      const fate = this.weather.vanished.has(store) ? 'failed' : this.faults.fate();
      const started = at + this.faults.between(0, hour);
      const length = fate === 'slow' ? this.faults.between(5 * hour, 11 * hour) : this.faults.between(hour / 6, 2 * hour);
      const backup = { store, id: ++this.ids, created: at, started };
      this.at(started + length, () => this.finish(backup, started + length, fate));
      if (store !== cluster) this.at(started + length, () => continuousPoint(this, store, started + length));
    }
  }

  private finish(backup: Backup, at: number, fate: Fate): void {
    const { store, id, created } = backup;
    if (fate === 'failed' || this.weather.failing.backups.has(store)) return;
    const kind = store === cluster ? 'cluster-snapshot:awsbackup:job-' : 'recovery-point:';
    const arn = `arn:aws:${store === cluster ? 'rds' : 'backup'}:${regions.home}:${account}:${kind}${id}`;
    const key = store === cluster ? dataKey : this.home.description.EncryptionKeyArn;
    this.hold(this.home, { backup, arn, key, at, fate });
    if (fate === 'partial') return;
    this.backupJobs.push({ RecoveryPointArn: arn, CreationDate: new Date(created), State: 'COMPLETED', ResourceArn: store });
    this.copy(backup, at);
  }

  private copy(backup: Backup, at: number): void {
    const { store, id } = backup;
    const fate = this.faults.fate();
    const end = at + (fate === 'slow' ? this.faults.between(5 * hour, 11 * hour) : this.faults.between(hour / 6, 3 * hour));
    this.at(end, () => {
      if (fate === 'failed' || this.weather.failing.copies.has(store)) return;
      const arn = `arn:aws:backup:${regions.copies}:${account}:recovery-point:${id}`;
      this.hold(this.copies, { backup, arn, key: this.copies.description.EncryptionKeyArn, at: end, fate });
      this.copyJobs.push({
        ...{ DestinationBackupVaultArn: this.copies.arn, DestinationRecoveryPointArn: arn, State: 'COMPLETED', ResourceArn: store },
        CreationDate: new Date(at),
      });
    });
  }

  private hold(vault: Vault, point: Held): void {
    const { backup, arn, at } = point;
    const record = recordOf(vault, point);
    const restorable = record.Status === 'COMPLETED' && !['under another key', 'not encrypted', 'kept for 35 days'].includes(point.fate);
    vault.put({ store: backup.store, record, restorable, usableFrom: at, dataAt: () => backup.started });
    const end = (record.CalculatedLifecycle?.DeleteAt?.getTime() ?? 0) + this.faults.between(0, 8 * hour);
    this.at(end, () => {
      if (!this.undeleted.has(arn)) vault.held.delete(arn);
    });
  }
}

interface Held {
  readonly backup: Backup;
  readonly arn: string;
  readonly key: string | undefined;
  readonly at: number;
  readonly fate: Fate;
}

/** A copy retains the creation date of its source; only the date of the point may be wrong, not that of its job. */
function recordOf(vault: Vault, { backup, arn, key, at, fate }: Held): RecoveryPointByBackupVault {
  const created = backup.created + (fate === 'dated ahead' ? 20 * hour : 0);
  const days = fate === 'kept for 35 days' ? 35 : 30;
  return {
    ...{ RecoveryPointArn: arn, BackupVaultName: vault.name, ResourceArn: backup.store },
    Status: fate === 'partial' ? 'PARTIAL' : 'COMPLETED',
    CreationDate: new Date(created),
    InitiationDate: new Date(backup.created),
    CompletionDate: new Date(at),
    IsEncrypted: fate !== 'not encrypted',
    EncryptionKeyArn: fate === 'under another key' ? strangeKey : fate === 'not encrypted' ? undefined : key,
    Lifecycle: { DeleteAfterDays: days },
    CalculatedLifecycle: { DeleteAt: new Date(created + days * day) },
  };
}

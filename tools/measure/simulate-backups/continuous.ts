// The continuous backup of a simulated bucket: one point for many jobs, which holds the present data while it follows.
import { type HeldPoint, hour, type Vault } from './vault';

/** What a continuous backup needs of the account. */
interface Account {
  readonly home: Vault;
  readonly weather: { readonly failing: { readonly backups: ReadonlySet<string> } };
  isFollowed(store: string): boolean;
}

interface Followed extends HeldPoint {
  /** The last instant at which the backup followed the bucket, once it stopped. */
  lost?: number | undefined;
}

const prefix = 'arn:aws:backup:eu-west-3:111111111111:recovery-point:continuous:';
const lag = hour / 6;

/** A run of the plan: it continues the backup of a bucket, or begins another after one that was stopped. */
export function continuousPoint(account: Account, store: string, at: number): void {
  if (!account.isFollowed(store) || account.weather.failing.backups.has(store) || current(account, store)) return;
  const arn = `${prefix}${store.slice('arn:aws:s3:::'.length)}-${at}`;
  const point: Followed = {
    ...{ store, restorable: true, usableFrom: at },
    record: {
      ...{ RecoveryPointArn: arn, BackupVaultName: account.home.name, ResourceArn: store, Status: 'AVAILABLE', IsEncrypted: true },
      ...{ CreationDate: new Date(at), InitiationDate: new Date(at), CompletionDate: new Date(at) },
      EncryptionKeyArn: account.home.description.EncryptionKeyArn,
      Lifecycle: { DeleteAfterDays: 30 },
    },
    dataAt: (now) => (point.lost ?? now) - lag,
  };
  account.home.put(point);
}

/** The continuous point of a bucket that is not stopped. */
export function current(account: Account, store: string): Followed | undefined {
  const points = [...account.home.held.values()].filter(({ record }) => record.RecoveryPointArn?.startsWith(prefix));
  return points.find((point) => point.store === store && point.record.Status === 'AVAILABLE');
}

/** Events or versions of a bucket went, or came back. */
export function follow(account: Account, store: string, at: number): void {
  const point = current(account, store);
  if (point) point.lost = account.isFollowed(store) ? undefined : (point.lost ?? at);
}

/** Ends a continuous backup; the next run of the plan begins another. */
export function stop(account: Account, store: string, at: number): void {
  const point = current(account, store);
  if (!point) return;
  point.lost ??= at;
  account.home.put({ ...point, dataAt: () => (point.lost ?? at) - lag, record: { ...point.record, Status: 'STOPPED' } });
}

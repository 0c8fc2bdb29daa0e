// Recovery points: which of them are usable, of which instant their data is, and when they became usable.
import type { DescribeBackupVaultOutput, RecoveryPointByBackupVault } from '@aws-sdk/client-backup';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;
/** Days for which every recovery point is kept. (DSS-5.4.3) */
export const keptDays = 30;

/** The clocks of AWS and of the function may differ by this much, so every age counts this much more. */
export const clockTolerance = 5 * minute;
/** "Continuous backups and point-in-time recovery": S3 allows restores up to the most recent 15 minutes. */
const continuousLag = 15 * minute;

/** "DescribeRecoveryPoint": both are complete. AVAILABLE is the state of a continuous backup that is ready for use. */
const usableStatuses: readonly unknown[] = ['COMPLETED', 'AVAILABLE'];

/** The vault of a point, with the keys that encrypt points besides its own. */
export interface PointVault {
  readonly vault: DescribeBackupVaultOutput;
  readonly keys: readonly string[];
}

/** "Finding a continuous backup": the id of a continuous recovery point begins with `continuous`. */
export const isContinuous = ({ RecoveryPointArn = '' }: RecoveryPointByBackupVault): boolean =>
  /:recovery-point:continuous[:-]/.test(RecoveryPointArn);

export const isComplete = ({ Status }: RecoveryPointByBackupVault): boolean => usableStatuses.includes(Status);

/** What makes a complete point unfit for a recovery, as it was found; nothing for a point in order. */
export function unfitnessOf(point: RecoveryPointByBackupVault, { vault, keys }: PointVault, now: Date): string | undefined {
  const { CreationDate: created, Lifecycle, IsEncrypted, EncryptionKeyArn: key } = point;
  if (created === undefined) return 'a point without a creation date';
  if (created.getTime() > now.getTime() + clockTolerance) return `created in the future, on ${created.toISOString()}`;
  if (IsEncrypted !== true || key === undefined) return 'not encrypted';
  if (key !== vault.EncryptionKeyArn && !keys.includes(key)) return `encrypted with ${key}`;
  if (Lifecycle?.DeleteAfterDays !== keptDays) return `kept ${Lifecycle?.DeleteAfterDays ?? 'any number of'} days`;
  if (Lifecycle.MoveToColdStorageAfterDays !== undefined) return `moved to cold storage after ${Lifecycle.MoveToColdStorageAfterDays} days`;
  return undefined;
}

/** A usable recovery point: the instant from which it could be restored, and that of its data, as it was at a time. */
export interface UsablePoint {
  readonly usableFrom: number;
  dataAt(at: number): number;
}

/**
 * The usable point of a recovery point, if it is one. The data is as old as the earlier of two dates: a copy has
 * the creation date of its source ("Copying a backup"), and the date of a scan of a bucket is that of its end
 * ("Compare S3 backup types"). A continuous point holds the present data only while the bucket reports its events.
 */
export function usablePoint(
  point: RecoveryPointByBackupVault,
  context: PointVault,
  { now, reportsEvents }: { readonly now: Date; readonly reportsEvents: boolean },
): UsablePoint | undefined {
  const { CreationDate: created, InitiationDate: initiated, CompletionDate: completed } = point;
  if (!isComplete(point) || created === undefined || unfitnessOf(point, context, now) !== undefined) return undefined;
  if (isContinuous(point)) {
    return reportsEvents ? { usableFrom: created.getTime(), dataAt: (at) => at - continuousLag } : undefined;
  }
  const data = Math.min(created.getTime(), (initiated ?? created).getTime());
  return { usableFrom: (completed ?? now).getTime(), dataAt: () => data };
}

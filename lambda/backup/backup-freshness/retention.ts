// Retention: every recovery point is kept exactly 30 days, none is gone before, and no night is without one.
import type { BackupJob, CopyJob, DescribeBackupVaultOutput, RecoveryPointByBackupVault } from '@aws-sdk/client-backup';
import type { ProbeFinding } from '../../../runtime/probe';
import { day, hour, isComplete, isContinuous, keptDays, minute, type PointVault, unfitnessOf } from './points';

/** AWS Backup deletes a point within 8 hours after its day ("Deleting backups"); the rest is margin. */
const deletionTime = 12 * hour;
/** A point is judged gone before its day until its last day: a copy job has a later date than its point. */
const judgedAs = (keptDays - 1) * day;
/** Longest time between two points of consecutive nights: a day, the change of daylight time, and the start window. */
const longestNight = 26 * hour;
/** Time for which a night without a point is a finding; later nights count it only. */
const isNews = 2 * day;

/** A vault with its points, and the jobs that wrote points into it. */
export interface VaultContents extends PointVault {
  readonly region: string;
  readonly points: readonly RecoveryPointByBackupVault[];
  readonly jobs: readonly WrittenPoint[];
}

/** A point that a completed job wrote. */
export interface WrittenPoint {
  readonly point: string;
  readonly created: Date;
}

/** Points of completed jobs; a job names no point if it wrote none. */
export const pointsOfJobs = (jobs: readonly BackupJob[]): WrittenPoint[] =>
  jobs.flatMap(({ RecoveryPointArn: point, CreationDate: created }) => (point && created ? [{ point, created }] : []));
export const pointsOfCopies = (jobs: readonly CopyJob[], vault: string): WrittenPoint[] =>
  jobs.flatMap(({ DestinationBackupVaultArn, DestinationRecoveryPointArn: point, CreationDate: created }) =>
    DestinationBackupVaultArn === vault && point && created ? [{ point, created }] : [],
  );

/** Findings on the retention in a vault. */
export function retentionFindings(contents: VaultContents, now: Date): ProbeFinding[] {
  return [
    ...lockFindings(contents.vault, contents.region),
    ...contents.points.flatMap((point) => pointFindings(point, contents, now)),
    ...goneFindings(contents, now),
  ];
}

function lockFindings(
  { BackupVaultName: name = '', Locked, MinRetentionDays: min, MaxRetentionDays: max }: DescribeBackupVaultOutput,
  region: string,
) {
  if (Locked === true && min === keptDays && max === keptDays) return [];
  return [
    {
      id: `lock::${region}`,
      resource: `vault ${name} in ${region}`,
      found: Locked === true ? `locked for ${min ?? 'any number of'} to ${max ?? 'any number of'} days` : 'not locked',
      required: `locked for exactly ${keptDays} days`,
      fix: 'Deploy the stack of the vault again, then find in the audit trail who removed the lock.',
    },
  ];
}

function pointFindings(point: RecoveryPointByBackupVault, contents: VaultContents, now: Date): ProbeFinding[] {
  const { RecoveryPointArn: arn = '', Status, CreationDate: created } = point;
  const found = (id: string, what: string, required: string, fix: string): ProbeFinding => ({
    ...{ id: `${id}::${arn}`, resource: `recovery point ${arn} in ${contents.region}`, found: what, required, fix },
  });
  if (Status === 'EXPIRED') {
    return [
      found(
        'expired',
        'expired, and not deleted',
        'deleted after 30 days',
        'Give the role of the backup its permissions again, then delete the point.',
      ),
    ];
  }
  if (!isComplete(point)) return [];
  const unfit = unfitnessOf(point, contents, now);
  if (unfit !== undefined) {
    const required = `encrypted with the key of the vault, kept exactly ${keptDays} days`;
    return [found('unfit', unfit, required, 'Correct the plan; the vault keeps the point until its day.')];
  }
  if (isContinuous(point) || created === undefined) return [];
  const end = created.getTime() + keptDays * day;
  if (now.getTime() > end + deletionTime) {
    return [
      found('kept', `created on ${created.toISOString()}`, `deleted after ${keptDays} days`, 'Delete the point, and open an incident.'),
    ];
  }
  const calculated = point.CalculatedLifecycle?.DeleteAt;
  if (calculated !== undefined && Math.abs(calculated.getTime() - end) < minute) return [];
  const at = calculated === undefined ? 'never deleted' : `deleted on ${calculated.toISOString()}`;
  return [found('day', at, `deleted on ${new Date(end).toISOString()}`, 'Find in the audit trail who changed the lifecycle of the point.')];
}

/** Points that a job wrote, and that the vault holds no longer. A continuous point is one point for many jobs. */
function goneFindings({ region, points, jobs }: VaultContents, now: Date): ProbeFinding[] {
  const held = new Set(points.map(({ RecoveryPointArn }) => RecoveryPointArn));
  const gone = jobs.filter(
    ({ point, created }) => !held.has(point) && !isContinuous({ RecoveryPointArn: point }) && now.getTime() < created.getTime() + judgedAs,
  );
  return gone.map(({ point, created }) => ({
    id: `gone::${point}`,
    resource: `recovery point ${point} in ${region}`,
    found: `gone, ${Math.floor((now.getTime() - created.getTime()) / day)} days after the job that wrote it`,
    required: `kept ${keptDays} days`,
    fix: 'Find in the audit trail who deleted it, and open an incident.',
  }));
}

/** Nights without a point of a store, by the instants of its points since the first night that counts. */
export function missingNights(instants: readonly number[], since: number, now: number) {
  const counted = instants.filter((at) => at > since).sort((a, b) => a - b);
  const gaps = counted
    .map((end, index) => ({ start: counted[index - 1] ?? since, end }))
    .filter(({ start, end }) => end - start > longestNight);
  const news = gaps.filter(({ end }) => end > now - isNews);
  return { count: gaps.reduce((sum, { start, end }) => sum + Math.max(1, Math.round((end - start) / day) - 1), 0), news };
}

/** The finding on nights without a point of a store. */
export function nightFindings(
  store: string,
  region: string,
  gaps: readonly { readonly start: number; readonly end: number }[],
): ProbeFinding[] {
  return gaps.map(({ start, end }) => ({
    id: `night::${region}::${store}`,
    resource: store,
    found: `no recovery point in ${region} from ${new Date(start).toISOString()} to ${new Date(end).toISOString()}`,
    required: 'a recovery point of every night',
    fix: `List the failed jobs: aws backup list-backup-jobs --by-state FAILED --by-resource-arn ${store}, and list-copy-jobs likewise.`,
  }));
}

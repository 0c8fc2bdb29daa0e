// Which recovery points of the database are good, and how old their data is.
import {
  type BackupClient,
  paginateListRecoveryPointsByBackupVault,
  paginateListRestoreJobs,
  type RecoveryPointByBackupVault,
  type RestoreJobsListMember,
} from '@aws-sdk/client-backup';

export interface Candidate {
  readonly arn: string;
  /** The instant of its data; undefined where AWS Backup states none. */
  readonly dataUntil?: Date;
  /** Whether a restore of it was validated. */
  readonly isValidated: boolean;
  /** Why it is left out. @default - it is good */
  readonly leftOut?: string;
}

export interface Place {
  readonly account: string;
  readonly region: string;
  readonly now: Date;
}

/** The recovery points of databases in a vault, the newest first, each with the reason for which it is left out. */
export async function candidatesIn(client: BackupClient, vault: string, place: Place): Promise<readonly Candidate[]> {
  const points: RecoveryPointByBackupVault[] = [];
  const pages = paginateListRecoveryPointsByBackupVault({ client }, { BackupVaultName: vault, ByResourceType: 'Aurora' });
  for await (const { RecoveryPoints = [] } of pages) points.push(...RecoveryPoints);
  const jobs: RestoreJobsListMember[] = [];
  for await (const { RestoreJobs = [] } of paginateListRestoreJobs({ client }, { ByResourceType: 'Aurora' })) jobs.push(...RestoreJobs);
  const candidates = points.map((point) => candidateOf(point, jobs, place));
  return candidates.toSorted((one, other) => (other.dataUntil?.getTime() ?? 0) - (one.dataUntil?.getTime() ?? 0));
}

function candidateOf(
  point: RecoveryPointByBackupVault,
  jobs: readonly Pick<RestoreJobsListMember, 'RecoveryPointArn' | 'ValidationStatus'>[],
  place: Place,
): Candidate {
  const arn = point.RecoveryPointArn ?? '';
  const validations = jobs.filter(({ RecoveryPointArn }) => RecoveryPointArn === arn).map(({ ValidationStatus }) => ValidationStatus);
  const dataUntil = instantOf(point);
  const leftOut = faultOf(point, validations, dataUntil, place);
  return {
    ...{ arn, isValidated: validations.includes('SUCCESSFUL') },
    ...(dataUntil === undefined ? {} : { dataUntil }),
    ...(leftOut === undefined ? {} : { leftOut }),
  };
}

/** The earlier one: a copy can bear its own time of creation, and data is as old as its snapshot. */
function instantOf({ InitiationDate, CreationDate }: RecoveryPointByBackupVault): Date | undefined {
  const times = [InitiationDate, CreationDate].flatMap((date) => (date === undefined ? [] : [date.getTime()]));
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}

function faultOf(
  { RecoveryPointArn, Status, IsEncrypted, EncryptionKeyArn, CalculatedLifecycle }: RecoveryPointByBackupVault,
  validations: readonly (string | undefined)[],
  dataUntil: Date | undefined,
  { account, region, now }: Place,
): string | undefined {
  if (!RecoveryPointArn?.startsWith(`arn:aws:rds:${region}:${account}:cluster-snapshot:`))
    return `it is no snapshot of a cluster of the account ${account} in ${region}`;
  if (Status !== 'COMPLETED') return `its status is ${Status ?? 'not known'}, not COMPLETED`;
  if (IsEncrypted !== true) return 'it is not encrypted';
  if (!EncryptionKeyArn?.startsWith(`arn:aws:kms:${region}:${account}:key/`))
    return `its key is ${EncryptionKeyArn ?? 'not known'}, not one of the account in ${region}`;
  const end = CalculatedLifecycle?.DeleteAt;
  if (end !== undefined && end <= now) return `it expired at ${end.toISOString()}`;
  if (validations.includes('FAILED')) return 'a restore of it failed its validation';
  if (dataUntil === undefined) return 'the time of its data is not known';
  return dataUntil > now ? `its data is from the future, ${dataUntil.toISOString()}; compare the clock of this machine` : undefined;
}

export const hoursOf = ({ dataUntil }: Candidate, now: Date): number =>
  dataUntil === undefined ? Number.POSITIVE_INFINITY : (now.getTime() - dataUntil.getTime()) / 3_600_000;

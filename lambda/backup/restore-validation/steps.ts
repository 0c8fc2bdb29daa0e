// The next step of the validation of a restore, from what AWS has of it. There is no other memory: an invocation that
// ends anywhere is continued by the next. Pure.

export type ValidationStatus = 'FAILED' | 'SUCCESSFUL' | 'TIMED_OUT' | 'VALIDATING';

/** A job of the restore testing plan. */
export interface RestoreJob {
  readonly id: string;
  readonly status: string;
  readonly statusMessage?: string | undefined;
  /** ARN of the restored cluster. */
  readonly restored?: string | undefined;
  readonly recoveryPoint?: string | undefined;
  /** Instant of the data: when the recovery point was begun. */
  readonly pointCreated?: Date | undefined;
  readonly validation?: ValidationStatus | undefined;
  readonly created: Date;
  readonly completed?: Date | undefined;
}

export interface RestoredCluster {
  readonly name: string;
  readonly arn: string;
  readonly status: string;
  readonly encrypted: boolean;
  readonly key?: string | undefined;
  readonly host?: string | undefined;
  readonly engine: string;
  /** The verdict that an earlier invocation noted in a tag. */
  readonly verdict?: Verdict | undefined;
}

/** The instance that the validation adds to the cluster, which AWS Backup restores without any. */
export interface TestInstance {
  readonly name: string;
  readonly status: string;
}

export interface Verdict {
  readonly status: 'FAILED' | 'SUCCESSFUL';
  readonly message: string;
}

export interface Restored {
  readonly cluster?: RestoredCluster | undefined;
  readonly instance?: TestInstance | undefined;
}

/** Hours after the completion of the restore. */
export interface Limits {
  /** After these, what has not been validated has failed. */
  readonly giveUpHours: number;
  /** After these, the result is reported even if the instance is still there. */
  readonly reportHours: number;
}

export type Step =
  | { readonly do: 'nothing'; readonly because: string }
  | { readonly do: 'wait'; readonly for: string }
  /** Nothing can be validated or reported. */
  | { readonly do: 'alarm'; readonly because: string }
  | { readonly do: 'create instance'; readonly cluster: RestoredCluster }
  | { readonly do: 'validate'; readonly cluster: RestoredCluster }
  | { readonly do: 'judge'; readonly cluster: RestoredCluster; readonly verdict: Verdict }
  | { readonly do: 'delete instance'; readonly instance: TestInstance }
  | { readonly do: 'report'; readonly verdict: Verdict };

/** States from which an instance does not become available ("Viewing DB instance status", Amazon Aurora). */
const failedStates = new Set([
  'failed',
  'incompatible-create',
  'incompatible-network',
  'incompatible-option-group',
  'incompatible-parameters',
  'incompatible-restore',
  'insufficient-capacity',
  'storage-full',
]);

const hour = 3_600_000;

/** Whether the hours since the completion of a restore are over. */
export const isOver = ({ created, completed = created }: RestoreJob, hours: number, now: Date): boolean =>
  now.getTime() - completed.getTime() >= hours * hour;

/** Whether the job has its result, or will never have one. */
export const isClosed = ({ validation }: RestoreJob): boolean => validation !== undefined && validation !== 'VALIDATING';

export function nextStep(job: RestoreJob, { cluster, instance }: Restored, now: Date, limits: Limits): Step {
  if (isClosed(job)) return { do: 'nothing', because: `the result is ${job.validation}` };
  if (job.status === 'FAILED' || job.status === 'ABORTED')
    return { do: 'alarm', because: `the restore is ${job.status}: ${job.statusMessage ?? 'without a reason'}` };
  if (job.status !== 'COMPLETED') return { do: 'wait', for: 'the restore' };
  if (cluster === undefined) return { do: 'alarm', because: 'the restored cluster is gone before it was validated' };
  if (cluster.verdict !== undefined) return afterVerdict(job, cluster.verdict, instance, now, limits);
  const judge = (message: string): Step => ({ do: 'judge', cluster, verdict: { status: 'FAILED', message } });
  const waiting = (what: string, state: string): Step =>
    isOver(job, limits.giveUpHours, now)
      ? judge(`The ${what} was ${state} ${limits.giveUpHours} hours after the restore; examine its events in RDS.`)
      : { do: 'wait', for: `the ${what}, which is ${state}` };
  if (cluster.status !== 'available') return waiting('cluster', cluster.status);
  if (instance === undefined) return { do: 'create instance', cluster };
  if (failedStates.has(instance.status))
    return judge(`The instance of the restored cluster is ${instance.status}; examine its events in RDS.`);
  if (instance.status !== 'available') return waiting('instance', instance.status);
  return { do: 'validate', cluster };
}

/** The instance goes first: AWS Backup deletes the cluster after the report, and deletes none that has instances. */
function afterVerdict(job: RestoreJob, verdict: Verdict, instance: TestInstance | undefined, now: Date, { reportHours }: Limits): Step {
  if (instance === undefined || isOver(job, reportHours, now)) return { do: 'report', verdict };
  if (instance.status === 'deleting') return { do: 'wait', for: 'the deletion of the instance' };
  return { do: 'delete instance', instance };
}

/** Name of the instance of a job. AWS Backup takes no backups of what has this prefix ("Restore testing"). */
export const instancePrefix = 'awsbackup-restore-test-';
export const instanceName = (jobId: string): string => `${instancePrefix}${jobId.toLowerCase()}`;

/** Longest value of a tag in RDS. */
const longest = 256;

/** A verdict as the value of a tag, which may have few characters ("Tagging Amazon RDS resources"). */
export const tagOf = ({ status, message }: Verdict): string =>
  `${status} ${message}`
    .replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, longest);

/** The verdict in the value of a tag, if it is one. */
export function verdictIn(tag: string | undefined): Verdict | undefined {
  const [, status, message = ''] = /^(FAILED|SUCCESSFUL)(?: (.*))?$/.exec(tag ?? '') ?? [];
  return status === 'FAILED' || status === 'SUCCESSFUL' ? { status, message } : undefined;
}

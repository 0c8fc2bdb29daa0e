// One run: each restore of the plan goes as many steps as it can without waiting.
import { countedPart, damagesOf } from './damages';
import type { Restores } from './restores';
import { parseState } from './state';
import {
  instanceName,
  isClosed,
  isOver,
  type Limits,
  nextStep,
  type RestoredCluster,
  type RestoreJob,
  type Step,
  type Verdict,
} from './steps';

export interface SweepOptions extends Limits {
  readonly now: Date;
  /** ARN of the key that encrypts the data. (TOM-5.5) */
  readonly expectedKey: string;
}

/** A restore, or an instance, that is not as it should be. */
export interface Failure {
  readonly job: string;
  readonly found: string;
}

export interface Sweep {
  readonly jobs: number;
  /** Restores whose results this run reported. */
  readonly reported: readonly { readonly job: string; readonly verdict: Verdict }[];
  /** Restores that failed in the last day and a half, and instances that outlive their test. */
  readonly failures: readonly Failure[];
  /** Open restores, and for what each waits. */
  readonly waits: readonly Failure[];
  /** Hours from the start of the longest restore that was open in this run, to its result or to now. (DSS-5.5.1) */
  readonly hours?: number | undefined;
  /** All damages in full; a result has room for few. */
  readonly damages: Readonly<Record<string, readonly string[]>>;
}

const hour = 3_600_000;

/** Restores that are older than this are over, and their resources gone. */
const oldestHours = 72;
/** A failure is repeated for as long, so that one lost datapoint hides none. */
const failureHours = 36;
/** Most steps of one restore in one run: judge, delete, and report, and one more each. */
const mostSteps = 6;

interface Found {
  readonly reported: { readonly job: string; readonly verdict: Verdict }[];
  readonly failures: Failure[];
  readonly waits: Failure[];
  readonly damages: Record<string, readonly string[]>;
}

/**
 * Which event started a run does not matter: it reads all jobs of the plan, so wrong, lost and repeated events are
 * harmless. Two runs at once take the same steps, each of which may be taken twice.
 *
 * @throws the error of AWS if jobs or instances cannot be listed
 */
export async function sweep(restores: Restores, options: SweepOptions): Promise<Sweep> {
  const { now } = options;
  const jobs = await restores.jobs(new Date(now.getTime() - oldestHours * hour));
  const found: Found = { reported: [], failures: [], waits: [], damages: {} };
  const open = jobs.filter((job) => !isClosed(job));
  for (const job of open) await advance(restores, job, options, found);
  await deleteLeftovers(restores, jobs, options, found);
  for (const job of jobs)
    if (isClosed(job) && job.validation !== 'SUCCESSFUL') found.failures.push({ job: job.id, found: `the result is ${job.validation}` });
  for (const { job, verdict } of found.reported) if (verdict.status === 'FAILED') found.failures.push({ job, found: verdict.message });
  const recent = new Set(jobs.filter(({ created }) => now.getTime() - created.getTime() < failureHours * hour).map(({ id }) => id));
  const watched = open.filter(({ status }) => status !== 'FAILED' && status !== 'ABORTED');
  const hours = watched.map(({ created }) => (now.getTime() - created.getTime()) / hour);
  return {
    ...found,
    jobs: jobs.length,
    failures: found.failures.filter(({ job }) => recent.has(job) || !jobs.some(({ id }) => id === job)),
    hours: hours.length === 0 ? undefined : Math.max(...hours),
  };
}

/** Steps until there is something to wait for. What AWS refuses is tried again by the next run, until it is late. */
async function advance(restores: Restores, listed: RestoreJob, options: SweepOptions, found: Found): Promise<void> {
  let job = listed;
  const waits = (reason: string) => void found.waits.push({ job: job.id, found: reason });
  for (let steps = 0; steps < mostSteps; steps++) {
    let cluster: RestoredCluster | undefined;
    try {
      cluster = job.status === 'COMPLETED' && job.restored !== undefined ? await restores.cluster(job.restored) : undefined;
      const instance = cluster && (await restores.instances()).find(({ name }) => name === instanceName(listed.id));
      const step = nextStep(job, { cluster, instance }, options.now, options);
      if (step.do === 'nothing') return;
      if (step.do === 'alarm') return void found.failures.push({ job: job.id, found: step.because });
      if (step.do === 'wait') return waits(step.for);
      await perform(restores, job, step, options, found);
      if (step.do === 'create instance') return waits('the instance, which is being created');
      if (step.do === 'report') return;
      job = await restores.job(job.id);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      waits(message);
      if (cluster === undefined || cluster.verdict !== undefined || !isOver(job, options.giveUpHours, options.now)) return;
      const verdict = failed([`The validation did not succeed within ${options.giveUpHours} hours, the last attempt with ${message}`]);
      if (!(await note(restores, cluster, verdict))) return;
    }
  }
}

const note = (restores: Restores, cluster: RestoredCluster, verdict: Verdict): Promise<boolean> =>
  restores.note(cluster, verdict).then(
    () => true,
    () => false,
  );

async function perform(restores: Restores, job: RestoreJob, step: Step, options: SweepOptions, found: Found): Promise<void> {
  switch (step.do) {
    case 'create instance':
      return restores.createInstance(job, step.cluster);
    case 'validate':
      return restores.note(step.cluster, await judge(restores, job, step.cluster, options, found));
    case 'judge':
      return restores.note(step.cluster, step.verdict);
    case 'delete instance':
      return restores.deleteInstance(step.instance.name);
    case 'report':
      return report(restores, job, step.verdict, found);
    default:
      return undefined;
  }
}

async function judge(restores: Restores, job: RestoreJob, cluster: RestoredCluster, options: SweepOptions, found: Found): Promise<Verdict> {
  const state = parseState(await restores.read(cluster));
  const { encrypted, key } = cluster;
  // Without its instant, the point is as old as can be: as the restore.
  const facts = { pointCreated: job.pointCreated ?? job.created, encrypted, key, expectedKey: options.expectedKey };
  const damages = damagesOf(state, facts);
  if (damages.length === 0) return { status: 'SUCCESSFUL', message: `The rows of ${state.record?.night} are there. ${countedPart(state)}` };
  found.damages[job.id] = damages;
  return failed(damages, countedPart(state));
}

const failed = (damages: readonly string[], ...counted: readonly string[]): Verdict => ({
  status: 'FAILED',
  message: [
    ...(damages.length > 1 ? [`${damages.length} damages, all in the log of restore-validation.`] : []),
    ...counted,
    ...damages.slice(0, 1),
  ].join(' '),
});

/** A result cannot be changed, so a refusal is none where another run has reported. */
async function report(restores: Restores, job: RestoreJob, verdict: Verdict, found: Found): Promise<void> {
  try {
    await restores.report(job, verdict);
  } catch (error) {
    if (!isClosed(await restores.job(job.id))) throw error;
  }
  found.reported.push({ job: job.id, verdict });
}

/** Instances of no open restore are deleted. One that is still there when its restore is over is a failure. */
async function deleteLeftovers(
  restores: Restores,
  jobs: readonly RestoreJob[],
  { now, reportHours }: SweepOptions,
  found: Found,
): Promise<void> {
  const reported = new Set(found.reported.map(({ job }) => job));
  const needed = new Set(
    jobs
      .filter((job) => !isClosed(job) && !reported.has(job.id) && job.status === 'COMPLETED' && !isGone(job, found))
      .map(({ id }) => instanceName(id)),
  );
  for (const { name, status } of await restores.instances()) {
    if (needed.has(name)) continue;
    const job = jobs.find(({ id }) => instanceName(id) === name);
    if (job === undefined || isOver(job, reportHours, now))
      found.failures.push({ job: job?.id ?? name, found: `the instance ${name} is ${status}, and its restore is over; delete it` });
    if (status === 'deleting') continue;
    await restores.deleteInstance(name).catch((error) => found.waits.push({ job: job?.id ?? name, found: String(error) }));
  }
}

const isGone = ({ id }: RestoreJob, { failures }: Found): boolean => failures.some(({ job }) => job === id);

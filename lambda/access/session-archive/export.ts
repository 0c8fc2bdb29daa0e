// The export of complete days to the audit archive: one task at a time, each day once.
import type { ProbeFinding, ProbeResult } from '../../../runtime/probe';
import { completeDays, isLate } from './days';

export type TaskState = 'active' | 'completed' | 'failed';

/** An export task of one day of the log group to the archive. */
export interface ExportTask {
  readonly id: string;
  readonly day: string;
  readonly state: TaskState;
  /** The reason of a failure, as CloudWatch Logs states it. */
  readonly message: string;
}

/** The calls to AWS that the function makes. */
export interface SessionExports {
  /** When the log group was created, in milliseconds; undefined where it does not exist. */
  created(): Promise<number | undefined>;
  /** The days that have a record in the archive. */
  recordedDays(): Promise<ReadonlySet<string>>;
  /** The tasks of a day that CloudWatch Logs still lists. */
  tasksOf(day: string): Promise<readonly ExportTask[]>;
  /** Starts a task; 'busy' while another task of the account is active. */
  start(day: string): Promise<string | 'busy'>;
  /** Writes the record of a day whose task is completed. */
  record(day: string, task: string): Promise<void>;
}

export interface Surroundings {
  readonly logGroup: string;
  readonly now: Date;
  readonly lateDays: number;
  readonly reachDays: number;
  /** Milliseconds that the run may still take. */
  readonly remaining: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** Tasks that a run starts for one day, so that a failure is retried at once. */
const attemptsOfRun = 2;
const pollMilliseconds = 5000;
/** Time that a run keeps for its last calls. */
const reserveMilliseconds = 30_000;

/**
 * 'recorded': in the archive. 'failed': each attempt of this run failed. 'waiting': the task goes on after the run.
 * 'busy': another task of the account is active.
 */
interface Outcome {
  readonly day: string;
  readonly state: 'recorded' | 'failed' | 'waiting' | 'busy';
  readonly message: string;
  /** Tasks of the day that failed. */
  readonly failures: number;
}

/**
 * Exports the days that have no record, oldest first. The record is the state: it is an object of the archive, under
 * its lock, while CloudWatch Logs does not state how long it lists a task. A task without a record is awaited or
 * recorded, so a day is exported once unless its task failed. Two runs at a time do no harm: the account has one
 * active task, and the tasks of a day are read immediately before another one is started. (TOM-3.6)
 */
export async function exportSessions(exports: SessionExports, around: Surroundings): Promise<ProbeResult> {
  const outcomes: Outcome[] = [];
  let missing: readonly string[] = [];
  let examined = 0;
  try {
    const created = await exports.created();
    if (created === undefined) return { looked: { days: 0, missing: 0, failures: 0 }, findings: [withoutLog(around)], unseen: [] };
    const days = completeDays({ created, now: around.now.getTime(), reachDays: around.reachDays });
    examined = days.length;
    const recorded = await exports.recordedDays();
    missing = days.filter((day) => !recorded.has(day));
    for (const day of missing) {
      if (around.remaining() <= reserveMilliseconds) break;
      const outcome = await exportDay(day, exports, around);
      outcomes.push(outcome);
      if (outcome.state === 'busy' || outcome.state === 'waiting') break;
    }
    return resultOf(examined, missing, outcomes, [], around);
  } catch (error) {
    return resultOf(examined, missing, outcomes, [`${around.logGroup}: ${String(error)}`], around);
  }
}

async function exportDay(day: string, exports: SessionExports, around: Surroundings): Promise<Outcome> {
  const failed = new Set<string>();
  const started: string[] = [];
  let message = '';
  for (;;) {
    const tasks = await exports.tasksOf(day);
    for (const task of tasks.filter(({ state }) => state === 'failed')) {
      failed.add(task.id);
      message ||= task.message;
    }
    const outcome = (state: Outcome['state']): Outcome => ({ day, state, message, failures: failed.size });
    const completed = tasks.find(({ state }) => state === 'completed');
    if (completed !== undefined) {
      await exports.record(day, completed.id);
      return outcome('recorded');
    }
    // A task that is not listed yet is active, too.
    if (tasks.some(({ state }) => state === 'active') || started.some((id) => !tasks.some((task) => task.id === id))) {
      if (around.remaining() <= reserveMilliseconds) return outcome('waiting');
      await around.pause(pollMilliseconds);
      continue;
    }
    if (started.length === attemptsOfRun) return outcome('failed');
    const answer = await exports.start(day);
    if (answer === 'busy') return outcome('busy');
    started.push(answer);
  }
}

function resultOf(
  examined: number,
  missing: readonly string[],
  outcomes: readonly Outcome[],
  unseen: readonly string[],
  { logGroup, now, lateDays }: Surroundings,
): ProbeResult {
  const recorded = outcomes.filter(({ state }) => state === 'recorded').map(({ day }) => day);
  const left = missing.filter((day) => !recorded.includes(day));
  const findings = left.flatMap((day): readonly ProbeFinding[] => {
    const outcome = outcomes.find((one) => one.day === day);
    if (outcome?.state === 'failed') return [failedDay(logGroup, outcome)];
    return isLate(day, now.getTime(), lateDays) ? [lateDay(logGroup, day, lateDays)] : [];
  });
  const failures = outcomes.reduce((sum, outcome) => sum + outcome.failures, 0);
  return { looked: { days: examined, missing: left.length, exported: recorded.length, failures }, findings, unseen };
}

const fix = 'docs/runbook.md, "SessionsUnarchived"';

const failedDay = (logGroup: string, { day, message, failures }: Outcome): ProbeFinding => ({
  ...{ id: `failed::${day}`, resource: logGroup, found: `${failures} failed export tasks of ${day}, the last: ${message}` },
  ...{ required: `the sessions of ${day} in the audit archive`, fix },
});

const lateDay = (logGroup: string, day: string, lateDays: number): ProbeFinding => ({
  ...{ id: `late::${day}`, resource: logGroup, found: `the sessions of ${day} in the log group alone` },
  ...{ required: `an export to the audit archive within ${lateDays} days`, fix },
});

const withoutLog = ({ logGroup }: Surroundings): ProbeFinding => ({
  ...{ id: 'log-group', resource: logGroup, found: 'no log group', required: 'the log group of the session service' },
  fix: 'Find the caller of DeleteLogGroup in the audit trail, then deploy the access stack again.',
});

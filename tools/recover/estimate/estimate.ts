// The predicted time of a recovery: from the alarm to an answered hit, and to complete data. (DSS-5.5.1)
import type { Deployed } from '../../rehearse/deployed';
import { criticalPath, schedule, type Timed } from './schedule';
import { type Circumstances, milestones, type RecoveryTask, recoveryTasks } from './tasks';

/** Hours of a recovery that the document promises. (DSS-5.5.1) */
export const promisedHours = 12;
/** Hours at which Rempart aims. */
export const aimedHours = 2;

export interface Prediction {
  readonly at: Circumstances;
  /** Minutes from the alarm to a hit that is answered in the recovery region. */
  readonly answered: number;
  /** Minutes from the alarm to the last stack. */
  readonly deployed: number;
  /** Minutes from the alarm to a database with every replicated hit; infinite where the replay never ends. */
  readonly complete: number;
  /** The tasks that decide when a hit is answered, the first one first. */
  readonly path: readonly Timed<RecoveryTask>[];
  readonly timed: readonly Timed<RecoveryTask>[];
}

export function predict(deployed: Deployed, at: Circumstances): Prediction {
  const timed = schedule(recoveryTasks(deployed, at));
  const endOf = (id: string): number => timed.get(id)?.end ?? Number.POSITIVE_INFINITY;
  return {
    at,
    answered: endOf(milestones.answered.id),
    deployed: endOf(milestones.deployed.id),
    complete: endOf(milestones.complete.id),
    path: criticalPath(timed, milestones.answered.id).filter(({ task }) => task.minutes > 0),
    timed: [...timed.values()],
  };
}

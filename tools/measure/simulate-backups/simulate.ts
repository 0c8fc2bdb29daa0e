// Simulates nights of backups with faults, and compares what the function reports with what is true.
import { examine } from '../../../lambda/backup/backup-freshness/examine';
import { randomNumbers } from '../../../lambda/database/generated-data/generate';
import { Account, dataKey, stores } from './account';
import { Alarms, type Published } from './alarms';
import { planTimes } from './daylight';
import { Faults } from './faults';
import { Ledger, type Report } from './ledger';
import { sourcesOf } from './sources';
import { begin, type Obstacles } from './spells';
import { day, hour } from './vault';

export interface Settings {
  readonly nights: number;
  readonly seed: number;
  /** Runs of the plan a day. */
  readonly perDay: number;
  /** Multiplies the probability of every fault. @default 1 */
  readonly faultRate?: number;
  /** The function under test. @default - that of the deployment */
  readonly examine?: typeof examine;
}

const start = Date.UTC(2027, 0, 1);
/** Largest error of the function's clock. */
const clockError = hour / 20;

/** One simulation: an hour for each run of the function. */
export async function simulate({ nights, seed, perDay, faultRate = 1, examine: examined = examine }: Settings): Promise<Report> {
  const random = randomNumbers(seed);
  const faults = new Faults(random, faultRate);
  const account = new Account(start, faults);
  const obstacles: Obstacles = { denied: { home: 0, copies: 0, buckets: 0 }, throttled: 0, notStarted: 0 };
  let now = start;
  const sources = sourcesOf(account, obstacles, random, () => now);
  const scope = { deployment: 'production', stores, keys: [dataKey] };
  const [alarms, ledger] = [new Alarms(), new Ledger(account, clockError)];
  for (let night = 0; night < nights; night++) {
    const midnight = start + night * day;
    for (const at of planTimes(midnight, perDay)) account.at(at, () => account.runPlan(at));
    for (const [kind, hours] of faults.begun()) {
      const at = midnight + Math.floor(faults.between(0, 24)) * hour + hour / 3;
      account.at(at, () => begin(kind, { account, obstacles, faults, at, until: at + hours * hour }));
    }
    for (let step = 1; step <= 24; step++) {
      now = midnight + step * hour;
      account.advance(now);
      const published = obstacles.notStarted > 0 ? undefined : await run();
      alarms.evaluate(published);
      ledger.enter(now, published, alarms);
    }
  }
  return ledger.close({ nights, seed, perDay, faults: faults.counts });

  async function run(): Promise<Published> {
    const clock = now + (random() * 2 - 1) * clockError;
    const { ages, findings, unseen } = await examined(sources, scope, new Date(clock));
    return { ages, findings: findings.map(({ id }) => id), completed: unseen.length === 0 };
  }
}

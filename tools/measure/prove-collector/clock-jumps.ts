// The clock of the program is set under load and at restarts, and hits are followed to the stream.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from './bench';
import type { Load } from './load';
import { type ClockKind, settleMilliseconds } from './settable-clock';

/** The jumps in seconds: back by minutes and by an hour, forward by an hour. */
const jumps = [-300, -3600, 3600] as const;

export interface ClockProof {
  readonly kind: ClockKind;
  /** Jumps under load, and restarts with a wrong clock. */
  readonly jumps: number;
  readonly restarts: number;
  /** Longest time from the answer of a hit to its delivery, in seconds of this program's clock. */
  readonly longestWait: number;
  /** Largest difference of a hit's time from the time at which it was sent, in seconds. */
  readonly largestError: number;
  /** Largest difference between the age of the spool in the metrics and the time without the stream, in seconds. */
  readonly largestAgeError: number;
  /** Wrong clocks without a reason in the health or without a metric. */
  readonly unreported: number;
}

/** Most seconds of a proof that holds: a restart and the longest backoff of a call; and seconds of a Date field. */
const limits = { wait: 30, error: 5, ageError: 2.5 } as const;
/** Time without the stream before a restart, in milliseconds: more than the error of an age. */
const awayMilliseconds = 4_000;
/**
 * Longest pause of a sender, in milliseconds: a segment is then completed by its age. Under full load it would be
 * completed by its size.
 */
const calmPause = 1_000;

/** Whether no hit waited for the clock, times and ages were right, and the alarms were raised. */
export const isRightTime = ({ longestWait, largestError, largestAgeError, unreported, jumps: made, restarts }: ClockProof): boolean =>
  made > 0 &&
  restarts > 0 &&
  longestWait < limits.wait &&
  largestError < limits.error &&
  largestAgeError < limits.ageError &&
  unreported === 0;

/** Seconds of the clock of this process, which nothing sets. */
const seconds = () => performance.now() / 1000;

export async function jumpClock(bench: Bench, load: Load, log: (text: string) => void): Promise<ClockProof> {
  const { clock } = bench;
  const { pause } = load;
  load.pause = calmPause;
  const proof = { jumps: 0, restarts: 0, longestWait: 0, largestError: 0, largestAgeError: 0, unreported: 0 };
  const follow = async () => {
    const { wait, error } = await followHit(bench, load);
    proof.longestWait = Math.max(proof.longestWait, wait);
    proof.largestError = Math.max(proof.largestError, error);
  };
  for (const ahead of jumps) {
    log(`the clock is set by ${ahead} seconds under load, then at a restart (${clock.kind})`);
    clock.set(ahead);
    proof.jumps++;
    await follow();
    await sleep(settleMilliseconds);
    await follow();
    if (!(await isReported(bench, ahead))) proof.unreported++;
    clock.set(0);
    proof.jumps++;
    await follow();
    proof.largestAgeError = Math.max(proof.largestAgeError, await restartUnder(bench, ahead));
    proof.restarts++;
    await follow();
    if (!(await isReported(bench, ahead))) proof.unreported++;
    clock.set(0);
    await sleep(settleMilliseconds);
    await follow();
  }
  load.pause = pause;
  return { kind: clock.kind, ...proof };
}

/**
 * Follows the next answered hit to the stream. A hit that a kill cuts off or a full disk refuses is no evidence of the
 * clock; the one after it is followed. A hit that waits is at the limit.
 */
async function followHit(bench: Bench, load: Load): Promise<{ readonly wait: number; readonly error: number }> {
  for (const begun = seconds(); seconds() - begun < limits.wait; ) {
    const followed = await followNext(bench, load);
    if (followed) return followed;
  }
  return { wait: limits.wait, error: 0 };
}

/** Undefined if the next hit was not answered 2xx. */
async function followNext(bench: Bench, load: Load): Promise<{ readonly wait: number; readonly error: number } | undefined> {
  const number = load.outcomes.length;
  const [begun, sent] = [seconds(), Date.now()];
  const delivered = bench.deliveries.follow(number);
  while (!load.isSettled(number) && seconds() - begun < limits.wait) await sleep(10);
  if (load.outcomes[number] !== 'answered') return undefined;
  const answered = seconds();
  const received = await Promise.race([delivered, sleep(limits.wait * 1000, undefined, { ref: false })]);
  if (received === undefined) return { wait: limits.wait, error: 0 };
  return { wait: seconds() - answered, error: Math.max(0, Math.abs(received - sent) / 1000 - (answered - begun)) };
}

/**
 * Hits wait for the stream while the clock is set and the program is killed. Returns the error of their age, beyond
 * the time that the request of the metric took.
 */
async function restartUnder(bench: Bench, ahead: number): Promise<number> {
  bench.faults.fault = 'away';
  const begun = seconds();
  await sleep(awayMilliseconds);
  bench.clock.set(ahead);
  await bench.kill();
  await bench.restart();
  const before = seconds() - begun;
  const age = await bench.running.metric('collector_spool_age_seconds');
  const after = seconds() - begun;
  bench.faults.fault = 'none';
  return Math.max(0, before - age, age - after);
}

async function isReported(bench: Bench, ahead: number): Promise<boolean> {
  const { body } = await bench.running.health();
  const offset = await bench.running.metric('collector_clock_offset_seconds');
  return body.includes(`seconds ${ahead > 0 ? 'ahead' : 'behind'}`) && Math.abs(offset - ahead) < limits.error;
}

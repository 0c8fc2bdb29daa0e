// The proof: under load, the program is killed, its stream fails, its clock is set and its disk is filled; then
// answers and deliveries are compared.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomFrom } from '../collector-stand/random';
import type { Account } from './account';
import { Bench } from './bench';
import { type ClockProof, isRightTime, jumpClock } from './clock-jumps';
import { smallDisk } from './disks';
import { faults } from './faults';
import type { Load } from './load';
import type { ClockKind } from './settable-clock';

export interface Plan {
  /** Number of kills, at random times. */
  readonly kills: number;
  /** Absence of the stream, in seconds. */
  readonly awaySeconds: number;
  readonly seed: number;
  /** The full disk: a file system in memory, which requires root, or the kernel's limit of the size of a file. */
  readonly disk: 'memory' | 'limit';
  readonly connections: number;
  readonly clock: ClockKind;
  /** Called at each phase. */
  readonly log: (text: string) => void;
}

export interface Proof extends Account {
  readonly seed: number;
  readonly kills: number;
  /** The full disk that was used, and the number of refusals on it. */
  readonly disk: 'memory' | 'limit';
  readonly diskRefusals: number;
  readonly clock: ClockProof;
  /** Exit codes of the graceful stops. */
  readonly exits: readonly number[];
  readonly crashes: readonly string[];
  readonly events: Readonly<Record<string, number>>;
  readonly calls: Readonly<Record<string, number>>;
  readonly statuses: Readonly<Record<string, number>>;
}

/** Whether no hit was lost or duplicated, nothing unexpected occurred, and each phase had an effect. */
export const isProven = ({ lost, duplicated, invalid, unexpected, crashes, exits, answered, diskRefusals, clock }: Proof): boolean =>
  lost + duplicated + invalid + unexpected + crashes.length === 0 &&
  exits.every((code) => code === 0) &&
  answered > 0 &&
  diskRefusals > 0 &&
  isRightTime(clock);

const patience = 120_000;
const megabytes = 24;
/** Longest pause of a sender between two requests, in milliseconds. */
const pause = 20;

export async function prove(plan: Plan): Promise<Proof> {
  const random = randomFrom(plan.seed);
  const bench = await Bench.open(random, plan.clock);
  const exits: number[] = [];
  let unmount: (() => void) | undefined;
  try {
    await bench.start(join(bench.folder, 'spool'));
    const load = bench.load(plan.connections, pause);
    load.start();
    await killRepeatedly(bench, plan);
    await stopStream(bench, plan);
    const clock = await jumpClock(bench, load, plan.log);
    exits.push(await bench.running.stop());
    const small = join(bench.folder, 'small');
    unmount = plan.disk === 'memory' ? smallDisk(small, megabytes) : undefined;
    const disk = unmount ? 'memory' : 'limit';
    const diskRefusals = await fillDisk(bench, load, small, plan, disk);
    plan.log('the stream works again; the senders stop; the program is stopped');
    await load.stop();
    exits.push(await bench.running.stop());
    unmount?.();
    unmount = undefined;
    await bench.close();
    const { events, faults: proxy, crashes, deliveries } = bench;
    const { kills, seed } = plan;
    const counts = { events: record(events), calls: record(proxy.calls), statuses: record(load.statuses) };
    return { seed, kills, disk, diskRefusals, clock, exits, crashes, ...deliveries.account(load), ...counts };
  } finally {
    unmount?.();
    await bench.close().catch(() => undefined);
  }
}

const record = (map: ReadonlyMap<string | number, number>) => Object.fromEntries(map);

/** Kills the program at random times while the stream has one fault after the other. */
async function killRepeatedly(bench: Bench, { kills, log }: Plan): Promise<void> {
  log(`SIGKILL at ${kills} random times, under a stream with every fault`);
  for (let kill = 0; kill < kills; kill++) {
    bench.faults.fault = kill % 3 === 0 ? 'none' : (faults[Math.floor(bench.random() * faults.length)] ?? 'none');
    await sleep(100 + bench.random() * 1200);
    await bench.kill();
    await bench.restart();
  }
  bench.faults.fault = 'none';
}

/** The stream is away, the program is killed meanwhile, and hits wait on the disk. */
async function stopStream(bench: Bench, { awaySeconds, log }: Plan): Promise<void> {
  log(`the stream is away for ${awaySeconds} seconds, and the program is killed meanwhile`);
  bench.faults.fault = 'away';
  await sleep(awaySeconds * 500);
  await bench.kill();
  await bench.restart();
  await sleep(awaySeconds * 500);
  bench.faults.fault = 'none';
}

/**
 * Fills the disk while the stream is away, until hits are refused; kills the program on the full disk; lets it
 * recover.
 */
async function fillDisk(bench: Bench, load: Load, folder: string, { log }: Plan, disk: Plan['disk']): Promise<number> {
  const inMemory = disk === 'memory';
  log(inMemory ? `a disk of ${megabytes} MB is filled` : 'no small disk without root: the kernel fails writes beyond a file size');
  bench.faults.fault = 'away';
  load.padding = 2000;
  const before = load.count('refused');
  await bench.start(folder, inMemory ? {} : { SPOOL_LIMIT_BYTES: '12000000' }, inMemory ? undefined : 3000);
  await until(() => load.count('refused') - before > 50, 'hits to be refused');
  const { status, body } = await bench.running.health();
  if (inMemory && status !== 503) throw new Error(`/health: expected 503 on a full disk, got ${status} ${body}`);
  log(`refused; /health returns ${status} ${body.trim()}`);
  await bench.kill();
  await bench.restart();
  await sleep(2000);
  load.padding = 0;
  bench.faults.fault = 'none';
  const answered = load.count('answered');
  await until(() => load.count('answered') - answered > 200, 'hits to be accepted again');
  return load.count('refused') - before;
}

async function until(condition: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + patience; !condition(); await sleep(50)) {
    if (Date.now() > end) throw new Error(`proof: expected ${what} within ${patience / 1000} seconds; check the program's log`);
  }
}

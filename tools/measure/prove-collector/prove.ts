// The proof: load goes on while the program is killed, its stream fails, and its disk is filled; then the account is made.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomFrom } from '../collector-stand/random';
import type { Account } from './account';
import { Bench } from './bench';
import { smallDisk } from './disks';
import { faults } from './faults';
import type { Load } from './load';

export interface Plan {
  /** Times that the program is killed, at random. */
  readonly kills: number;
  /** How long the stream is away. */
  readonly awaySeconds: number;
  readonly seed: number;
  /** How the disk is filled: a file system in memory, which takes root, or the kernel's limit of a file's size. */
  readonly disk: 'memory' | 'limit';
  readonly connections: number;
  /** Told of each phase. */
  readonly say: (text: string) => void;
}

export interface Proof extends Account {
  readonly seed: number;
  readonly kills: number;
  /** How the disk was filled, and what the program answered then. */
  readonly disk: 'memory' | 'limit';
  readonly diskRefusals: number;
  /** Exit codes of the graceful stops. */
  readonly exits: readonly number[];
  readonly crashes: readonly string[];
  readonly events: Readonly<Record<string, number>>;
  readonly calls: Readonly<Record<string, number>>;
  readonly statuses: Readonly<Record<string, number>>;
}

/** Whether nothing was lost, nothing arrived twice, and nothing happened that nobody planned. */
export const isProven = ({ lost, duplicated, invalid, unexpected, crashes, exits, answered, diskRefusals }: Proof): boolean =>
  lost + duplicated + invalid + unexpected + crashes.length === 0 && exits.every((code) => code === 0) && answered > 0 && diskRefusals > 0;

const patience = 120_000;
const megabytes = 24;
/** Senders wait up to this long between two requests, in milliseconds. */
const pause = 20;

export async function prove(plan: Plan): Promise<Proof> {
  const random = randomFrom(plan.seed);
  const bench = await Bench.open(random);
  const exits: number[] = [];
  let unmount: (() => void) | undefined;
  try {
    await bench.start(join(bench.folder, 'spool'));
    const load = bench.load(plan.connections, pause);
    load.start();
    await killRepeatedly(bench, plan);
    await stopStream(bench, plan);
    exits.push(await bench.running.stop());
    const small = join(bench.folder, 'small');
    unmount = plan.disk === 'memory' ? smallDisk(small, megabytes) : undefined;
    const disk = unmount ? 'memory' : 'limit';
    const diskRefusals = await fillDisk(bench, load, small, plan, disk);
    plan.say('the stream is well; the senders stop; the program is stopped');
    await load.stop();
    exits.push(await bench.running.stop());
    unmount?.();
    unmount = undefined;
    await bench.close();
    const { events, faults: proxy, crashes, deliveries } = bench;
    const { kills, seed } = plan;
    const counts = { events: record(events), calls: record(proxy.calls), statuses: record(load.statuses) };
    return { seed, kills, disk, diskRefusals, exits, crashes, ...deliveries.account(load), ...counts };
  } finally {
    unmount?.();
    await bench.close().catch(() => undefined);
  }
}

const record = (map: ReadonlyMap<string | number, number>) => Object.fromEntries(map);

/** Kills the program at random while the stream fails in one way after the other. */
async function killRepeatedly(bench: Bench, { kills, say }: Plan): Promise<void> {
  say(`${kills} times SIGKILL at random, under a stream that fails in every way`);
  for (let kill = 0; kill < kills; kill++) {
    bench.faults.fault = kill % 3 === 0 ? 'none' : (faults[Math.floor(bench.random() * faults.length)] ?? 'none');
    await sleep(100 + bench.random() * 1200);
    await bench.kill();
    await bench.restart();
  }
  bench.faults.fault = 'none';
}

/** The stream is away, the program is killed in the midst of it, and hits wait on the disk. */
async function stopStream(bench: Bench, { awaySeconds, say }: Plan): Promise<void> {
  say(`the stream is away for ${awaySeconds} seconds, and the program is killed meanwhile`);
  bench.faults.fault = 'away';
  await sleep(awaySeconds * 500);
  await bench.kill();
  await bench.restart();
  await sleep(awaySeconds * 500);
  bench.faults.fault = 'none';
}

/** Fills the disk while the stream is away, until hits are refused; kills the program on the full disk; lets it recover. */
async function fillDisk(bench: Bench, load: Load, folder: string, { say }: Plan, disk: Plan['disk']): Promise<number> {
  const inMemory = disk === 'memory';
  say(inMemory ? `a disk of ${megabytes} MB is filled` : 'no small disk without root: the kernel fails writes past a size of file');
  bench.faults.fault = 'away';
  load.padding = 2000;
  const before = load.count('refused');
  await bench.start(folder, inMemory ? {} : { SPOOL_LIMIT_BYTES: '12000000' }, inMemory ? undefined : 3000);
  await until(() => load.count('refused') - before > 50, 'hits to be refused');
  const { status, body } = await bench.running.health();
  if (inMemory && status !== 503) throw new Error(`/health: expected 503 on a full disk, got ${status} ${body}`);
  say(`refused; /health says ${status} ${body.trim()}`);
  await bench.kill();
  await bench.restart();
  await sleep(2000);
  load.padding = 0;
  bench.faults.fault = 'none';
  const answered = load.count('answered');
  await until(() => load.count('answered') - answered > 200, 'hits to be taken again');
  return load.count('refused') - before;
}

async function until(condition: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + patience; !condition(); await sleep(50)) {
    if (Date.now() > end) throw new Error(`proof: expected ${what} within ${patience / 1000} seconds; look at the program's lines`);
  }
}

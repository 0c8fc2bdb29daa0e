// Requests per CPU-second of the collector, nginx and node:http, measured in turn on one core.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { request } from 'node:http';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildProgram, type ProgramFolder } from '../collector-stand/program';
import { startNginx } from './nginx';
import { startNodeHttp } from './node-http';
import { cpuSeconds, pin } from './processes';
import { type Load, load } from './wrk';

export interface BenchPlan {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  /** Folder for the spools. @default the system's for temporary files */
  readonly spool?: string | undefined;
  /** Takes each line of progress. */
  readonly log: (line: string) => void;
}

export interface Measured extends Load {
  readonly user: number;
  readonly system: number;
  /** Requests per second of CPU, in user mode and in the kernel. */
  readonly rate: number;
  /** Latency with few connections, without a queue: the share of the program itself. */
  readonly light: Load['latency'];
}

export type Subject =
  | 'durable'
  | 'durable, not forwarded'
  | 'not durable'
  | 'node:http'
  | 'node:http, JSON.parse'
  | 'nginx logs the body'
  | 'nginx return 204';

export interface BenchReport {
  readonly node: string;
  readonly rounds: { readonly [subject in Subject]: readonly Measured[] };
}

interface Running {
  readonly port: number;
  readonly pids: readonly number[];
  /** Waits until the server has processed every accepted request. */
  readonly settle: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** The core of the servers; the load and the stream run on the others. */
const serverCore = 0;
/** Longest warm-up before a measurement. */
const warmSeconds = 3;
const lightConnections = 8;
const lightSeconds = 2;

export async function bench(plan: BenchPlan): Promise<BenchReport> {
  const others = availableParallelism() > 1 ? `1-${availableParallelism() - 1}` : '0';
  const folder = buildProgram(plan.spool);
  const stream = fork(require.resolve('../collector-stand/stand-in-process.ts'), { execArgv: ['--import', 'tsx'] });
  try {
    const [streamPort] = (await once(stream, 'message')) as [number];
    const subjects: { readonly [subject in Subject]: () => Promise<Running> } = {
      durable: () => collector(folder, streamPort, {}),
      // No process listens on port 1: the hits stay on the disk.
      'durable, not forwarded': () => collector(folder, 1, {}),
      'not durable': () => collector(folder, streamPort, { DURABLE: 'off' }),
      'node:http': () => nodeHttp(false),
      'node:http, JSON.parse': () => nodeHttp(true),
      'nginx logs the body': () => nginx('loggingPort'),
      'nginx return 204': () => nginx('emptyPort'),
    };
    const rounds = Object.fromEntries(Object.keys(subjects).map((name) => [name, [] as Measured[]])) as Record<Subject, Measured[]>;
    for (let round = 1; round <= plan.rounds; round++) {
      for (const [name, start] of Object.entries(subjects) as [Subject, () => Promise<Running>][]) {
        const result = await measure(await start(), plan, others, folder.path);
        rounds[name].push(result);
        plan.log(`round ${round} of ${plan.rounds}: ${name} ${Math.round(result.rate)} per CPU-second, ${result.errors} errors`);
      }
    }
    return { node: process.version, rounds };
  } finally {
    stream.kill();
    folder.remove();
  }
}

async function measure(running: Running, { seconds, connections }: BenchPlan, cores: string, folder: string): Promise<Measured> {
  try {
    pin(running.pids, serverCore);
    const { port } = running;
    await load({ port, connections, seconds: Math.min(warmSeconds, seconds), cores, folder });
    const light = await load({ port, connections: lightConnections, seconds: Math.min(lightSeconds, seconds), cores, folder });
    await running.settle();
    const before = cpuSeconds(running.pids);
    const result = await load({ port, connections, seconds, cores, folder });
    await running.settle();
    const after = cpuSeconds(running.pids);
    const [user, system] = [after.user - before.user, after.system - before.system];
    return { ...result, user, system, rate: result.requests / (user + system), light: light.latency };
  } finally {
    await running.stop();
  }
}

async function collector(folder: ProgramFolder, streamPort: number, more: Record<string, string>): Promise<Running> {
  const { port, pid, kill, spool } = await folder.start(streamPort, more);
  const settle = async () => {
    if (streamPort === 1) return sleep(500);
    while (!/^collector_spool_bytes 0$/m.test(await metrics(port))) await sleep(100);
  };
  const stop = async () => {
    await kill();
    rmSync(spool, { recursive: true, force: true });
  };
  return { port, pids: [pid], settle, stop };
}

async function nodeHttp(parse: boolean): Promise<Running> {
  const { port, pid, close } = await startNodeHttp(parse);
  return { port, pids: [pid], settle: () => sleep(500), stop: close };
}

async function nginx(which: 'emptyPort' | 'loggingPort'): Promise<Running> {
  const { pids, close, ...ports } = await startNginx();
  return { port: ports[which], pids, settle: () => sleep(1500), stop: close };
}

function metrics(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path: '/metrics', agent: false }, async (answer) => {
      let body = '';
      for await (const part of answer) body += part;
      resolve(body);
    });
    sent.on('error', reject).end();
  });
}

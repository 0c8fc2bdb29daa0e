// A fuzz run: in process, over sockets against the real program, and hostile clients; with its memory watched.
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { parseHit } from '../../../runtime/hit';
import type { CollectorProcess } from '../collector-stand/collector';
import { buildProgram } from '../collector-stand/program';
import { randomFrom } from '../collector-stand/random';
import { startStandIn } from '../collector-stand/stand-in';
import { type Finding, Findings } from './findings';
import { beHostile, type Hostile } from './hostile';
import { fuzzInProcess } from './in-process';
import { fuzzOverSockets } from './over-sockets';

export interface FuzzPlan {
  /** Over sockets. */
  readonly requests: number;
  readonly inProcess: number;
  /** Most seconds for each of the two. */
  readonly seconds: number;
  readonly seed: number;
  readonly connections: number;
  /** Whether hostile clients come too, which takes about a minute. */
  readonly hostile: boolean;
  readonly say: (line: string) => void;
}

interface Share {
  readonly requests: number;
  readonly seconds: number;
  readonly kinds: { readonly [kind: string]: number };
  readonly statuses: { readonly [status: string]: number };
}

export interface FuzzReport {
  readonly seed: number;
  readonly inProcess: Share;
  readonly overSockets: Share;
  readonly hostile: readonly Hostile[];
  /** Resident memory of the program: medians of the second and of the last tenth of the run. */
  readonly memory: { readonly warmMegabytes: number; readonly endMegabytes: number };
  readonly delivered: number;
  /** What must not be; empty if all is well. */
  readonly findings: readonly Finding[];
}

/** More than the noise of a collector of garbage; a leak of 100 bytes a request shows in a million. */
const growthMegabytes = 64;

export async function fuzz(plan: FuzzPlan): Promise<FuzzReport> {
  const random = randomFrom(plan.seed);
  const began = Date.now();
  const inProcess = await fuzzInProcess(plan.inProcess, random, began + plan.seconds * 1000);
  const inProcessShare = share(inProcess, began);
  plan.say(`in process: ${inProcess.requests} inputs in ${inProcessShare.seconds} s`);
  const folder = buildProgram();
  let delivered = 0;
  const foreign = new Findings();
  const stream = await startStandIn((record) => {
    for (const line of record.toString().trimEnd().split('\n')) {
      delivered++;
      if (!('hit' in parseHit(Buffer.from(line), new Date())))
        foreign.found('a line on the stream that the database does not take', record);
    }
  });
  try {
    const collector = await folder.start(stream.port, { COMMIT_DELAY_MS: '1' });
    const rest = await fuzzProgram(plan, random, collector);
    const code = await collector.stop();
    if (code !== 0) foreign.found(`the program ended with ${code}, expected 0`, Buffer.alloc(0));
    const findings = [...inProcess.list, ...rest.findings, ...foreign.list];
    return { seed: plan.seed, inProcess: inProcessShare, ...rest, delivered, findings };
  } finally {
    await stream.close();
    folder.remove();
  }
}

const share = ({ requests, kinds, statuses }: Findings, began: number): Share => ({
  requests,
  seconds: Math.round((Date.now() - began) / 100) / 10,
  kinds,
  statuses,
});

async function fuzzProgram(plan: FuzzPlan, random: () => number, { port, pid }: CollectorProcess) {
  const findings = new Findings();
  const began = Date.now();
  const samples: { readonly done: number; readonly megabytes: number }[] = [];
  const progress = () => {
    const { requests: done } = findings;
    const last = samples.at(-1)?.done ?? 0;
    if (done - last < plan.requests / 200) return;
    samples.push({ done, megabytes: residentMegabytes(pid) });
    if (samples.length % 20 === 0) plan.say(`over sockets: ${done} requests, ${samples.at(-1)?.megabytes} MB`);
  };
  const { connections } = plan;
  await fuzzOverSockets({ port, requests: plan.requests, connections, random, until: began + plan.seconds * 1000, findings, progress });
  const overSockets = share(findings, began);
  const memory = growth(samples);
  if (memory.endMegabytes - memory.warmMegabytes > growthMegabytes) {
    findings.found(`memory grew from ${memory.warmMegabytes} MB to ${memory.endMegabytes} MB`, Buffer.alloc(0));
  }
  const hostile = plan.hostile ? await beHostile(port, async () => (await ask(port, '/health')).status === 200) : [];
  for (const { name, held, outcome } of hostile) if (!held) findings.found(`${name}: ${outcome}`, Buffer.alloc(0));
  const metrics = (await ask(port, '/metrics')).body;
  const unexpected = /reason="unexpected"\} (\d+)/.exec(metrics)?.[1];
  if (unexpected !== undefined) findings.found(`${unexpected} unexpected errors were answered 503`, Buffer.alloc(0));
  return { overSockets, hostile, memory, findings: findings.list };
}

function growth(samples: readonly { readonly done: number; readonly megabytes: number }[]) {
  const tenth = Math.ceil(samples.length / 10);
  return {
    warmMegabytes: median(samples.slice(tenth, 2 * tenth).map(({ megabytes }) => megabytes)),
    endMegabytes: median(samples.slice(-tenth).map(({ megabytes }) => megabytes)),
  };
}

const median = (values: readonly number[]): number => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

/** Resident memory (proc(5), `VmRSS`); 0 where there is no /proc. */
function residentMegabytes(pid: number): number {
  try {
    return Math.round(Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}

function ask(port: number, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path, agent: false }, async (answer) => {
      let body = '';
      for await (const part of answer) body += part;
      resolve({ status: answer.statusCode ?? 0, body });
    });
    asked.on('error', (error) => resolve({ status: 0, body: error.message }));
    asked.end();
  });
}

// A fuzz run: in process, over sockets against the real program, and with hostile clients; measures the program's
// memory.
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { parseHit } from '../../../runtime/hit';
import type { CollectorProcess } from '../collector-stand/collector';
import { buildProgram } from '../collector-stand/program';
import { randomFrom } from '../collector-stand/random';
import { startStandIn } from '../collector-stand/stand-in';
import { type Finding, Findings } from './findings';
import { type Hostile, runHostileClients } from './hostile';
import { fuzzInProcess } from './in-process';
import { changedValue, type SentHit } from './lax';
import { fuzzOverSockets } from './over-sockets';

export interface FuzzPlan {
  /** Requests over sockets. */
  readonly requests: number;
  readonly inProcess: number;
  /** Longest time for each of the two, in seconds. */
  readonly seconds: number;
  readonly seed: number;
  readonly connections: number;
  /** Whether hostile clients are tried too, which takes about a minute. */
  readonly hostile: boolean;
  readonly log: (line: string) => void;
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
  /** Findings; empty on success. */
  readonly findings: readonly Finding[];
}

/**
 * Largest growth of memory: above the noise of garbage collection, and below a leak of 100 bytes per request in a
 * million.
 */
const growthMegabytes = 64;

export async function fuzz(plan: FuzzPlan): Promise<FuzzReport> {
  const random = randomFrom(plan.seed);
  const began = Date.now();
  const inProcess = await fuzzInProcess(plan.inProcess, random, began + plan.seconds * 1000);
  const inProcessShare = share(inProcess, began);
  plan.log(`in process: ${inProcess.requests} inputs in ${inProcessShare.seconds} s`);
  const folder = buildProgram();
  let delivered = 0;
  const foreign = new Findings();
  const sent = new Map<string, SentHit>();
  const stream = await startStandIn((record) => {
    for (const line of record.toString().trimEnd().split('\n')) {
      delivered++;
      checkLine(line, sent, foreign);
    }
  });
  try {
    const collector = await folder.start(stream.port, { COMMIT_DELAY_MS: '1' });
    const rest = await fuzzProgram(plan, random, collector, sent);
    const code = await collector.stop();
    if (code !== 0) foreign.found(`the program ended with ${code}, expected 0`, Buffer.alloc(0));
    if (sent.size > 0) foreign.found(`${sent.size} lax hits that were sent did not arrive`, Buffer.from([...sent.keys()].join()));
    const findings = [...inProcess.list, ...rest.findings, ...foreign.list];
    return { seed: plan.seed, inProcess: inProcessShare, ...rest, delivered, findings };
  } finally {
    await stream.close();
    folder.remove();
  }
}

/** Checks a line on the stream, and removes its hit from those that were sent. */
function checkLine(line: string, sent: Map<string, SentHit>, findings: Findings): void {
  const parsed = parseHit(Buffer.from(line), new Date());
  if (!('hit' in parsed)) {
    findings.found('a line on the stream that the database refuses', Buffer.from(line));
    return;
  }
  const { visitor = '' } = parsed.hit;
  const hit = sent.get(visitor);
  const changed = hit === undefined ? undefined : changedValue(hit, line);
  if (changed !== undefined) findings.found(`neither kept nor marked: ${changed}`, Buffer.from(line));
  sent.delete(visitor);
}

const share = ({ requests, kinds, statuses }: Findings, began: number): Share => ({
  requests,
  seconds: Math.round((Date.now() - began) / 100) / 10,
  kinds,
  statuses,
});

async function fuzzProgram(plan: FuzzPlan, random: () => number, { port, pid }: CollectorProcess, sent: Map<string, SentHit>) {
  const findings = new Findings();
  const began = Date.now();
  const samples: { readonly done: number; readonly megabytes: number }[] = [];
  const progress = () => {
    const { requests: done } = findings;
    const last = samples.at(-1)?.done ?? 0;
    if (done - last < plan.requests / 200) return;
    samples.push({ done, megabytes: residentMegabytes(pid) });
    if (samples.length % 20 === 0) plan.log(`over sockets: ${done} requests, ${samples.at(-1)?.megabytes} MB`);
  };
  const { requests, connections, seconds } = plan;
  await fuzzOverSockets({ port, requests, connections, random, until: began + seconds * 1000, findings, sent, progress });
  const overSockets = share(findings, began);
  const memory = growth(samples);
  if (memory.endMegabytes - memory.warmMegabytes > growthMegabytes) {
    findings.found(`memory grew from ${memory.warmMegabytes} MB to ${memory.endMegabytes} MB`, Buffer.alloc(0));
  }
  const hostile = plan.hostile ? await runHostileClients(port, async () => (await get(port, '/health')).status === 200) : [];
  for (const { name, held, outcome } of hostile) if (!held) findings.found(`${name}: ${outcome}`, Buffer.alloc(0));
  const metrics = (await get(port, '/metrics')).body;
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

/** Resident memory (proc(5), `VmRSS`); 0 without /proc. */
function residentMegabytes(pid: number): number {
  try {
    return Math.round(Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}

function get(port: number, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve) => {
    const sent = request({ host: '127.0.0.1', port, path, agent: false }, async (answer) => {
      let body = '';
      for await (const part of answer) body += part;
      resolve({ status: answer.statusCode ?? 0, body });
    });
    sent.on('error', (error) => resolve({ status: 0, body: error.message }));
    sent.end();
  });
}

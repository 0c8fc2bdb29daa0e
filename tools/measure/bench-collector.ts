// npm run bench:collector: requests per CPU-second and latency of the collector, nginx and node:http, in one run on
// one core.
import { tmpdir } from 'node:os';
import { runTool, UsageError } from '../command-line';
import { type BenchReport, bench, type Measured, type Subject } from './bench-collector/bench';
import { isInstalled } from './bench-collector/processes';

const usage = `npm run bench:collector [-- options]

Posts hits of 1 kB with wrk to each server in turn, each bound to one core, in each round:
  durable                  the collector as deployed: answers when the hit is on the disk, and forwards it to the stream
  durable, not forwarded   the same with an unreachable stream: the difference is the cost of forwarding
  not durable              without fsync
  node:http                plain node:http: reads the body and answers 204
  node:http, JSON.parse    the same, and parses the body
  nginx logs the body      without fsync of the log
  nginx return 204         does not read the body: the upper limit
Prints the requests per second of CPU of the median round (user and kernel, of all processes and threads of the server until every hit
is forwarded, without wrk and the stream's stand-in), and quantiles of latency under that load and with 8 connections.

Requires Linux, nginx, wrk and taskset: apt-get install nginx-light wrk util-linux. Without them it prints this text and exits.

  --rounds N       number of rounds (default 5)
  --seconds N      seconds of load for each server and round (default 5)
  --connections N  open connections (default 512)
  --spool FOLDER   disk for the spool (default: ${tmpdir()})
  --json           print one JSON object instead of a table
  --help           print this text`;

const options = {
  rounds: { type: 'string', default: '5' },
  seconds: { type: 'string', default: '5' },
  connections: { type: 'string', default: '512' },
  spool: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** The aim: more than nginx that logs the body, and this share of `nginx return 204`. */
const limitShare = 0.4;

function readWholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new UsageError(`--${name}: expected a whole number of 1 or more, got ${JSON.stringify(text)}`);
  return Number(text);
}

/** The round with the median rate. */
function medianRound(rounds: readonly Measured[]): Measured {
  const sorted = rounds.toSorted((one, other) => one.rate - other.rate);
  const found = sorted[Math.floor(sorted.length / 2)];
  if (!found) throw new Error('bench: expected a round, got none');
  return found;
}

function formatReport({ node, rounds }: BenchReport): string {
  const rows = (Object.entries(rounds) as [Subject, readonly Measured[]][]).map(([name, all]) => {
    const { rate, user, system, requests, errors, latency, light } = medianRound(all);
    const micro = (seconds: number) => ((seconds / requests) * 1e6).toFixed(1);
    const quantiles = (of: Measured['latency']) => [of.p50, of.p99, of.p999].map((value) => value.toFixed(1)).join(' / ');
    return [name, String(Math.round(rate)), `${micro(user)} + ${micro(system)}`, quantiles(latency), quantiles(light), String(errors)];
  });
  const head = ['', 'per CPU-second', 'µs user + kernel', 'ms p50 / p99 / p99.9', 'with 8 connections', 'errors'];
  const widths = head.map((title, index) => Math.max(...[title, ...rows.map((row) => row[index] ?? '')].map((cell) => cell.length)));
  const lines = [head, ...rows].map((row) =>
    row.map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0))).join('  '),
  );
  const rate = (subject: Subject) => medianRound(rounds[subject]).rate;
  const share = rate('durable') / rate('nginx return 204');
  const against = rate('durable') / rate('nginx logs the body');
  const againstNode = (['node:http', 'node:http, JSON.parse'] as const).map((subject) => {
    const times = (rate('durable') / rate(subject)).toFixed(2);
    return `durable against ${subject}: ${times} times; not forwarded ${(rate('durable, not forwarded') / rate(subject)).toFixed(2)} times`;
  });
  return [
    ...lines,
    '',
    `durable against nginx that logs the body: ${against.toFixed(2)} times (aim: more than 1) ${against > 1 ? 'met' : 'MISSED'}`,
    `durable against nginx return 204: ${(share * 100).toFixed(0)} % (aim: ${limitShare * 100} %) ${share >= limitShare ? 'met' : 'MISSED'}`,
    ...againstNode,
    `Node ${node}; deployed servers run Node 24`,
  ].join('\n');
}

runTool({ usage, options }, async ({ rounds = '5', seconds = '5', connections = '512', spool, json = false }) => {
  const plan = {
    rounds: readWholeNumber('rounds', rounds),
    seconds: readWholeNumber('seconds', seconds),
    connections: readWholeNumber('connections', connections),
    spool,
  };
  const missing = [
    ['nginx', '-v'],
    ['wrk', '-v'],
    ['taskset', '-V'],
  ].filter(([program = '', flag = '']) => !isInstalled(program, flag));
  if (process.platform !== 'linux' || missing.length > 0) {
    console.log(
      `bench:collector: not run: requires Linux with nginx, wrk and taskset, missing ${missing.map(([program]) => program).join(', ')}`,
    );
    console.log('install them: apt-get install nginx-light wrk util-linux');
    return 0;
  }
  const report = await bench({ ...plan, log: (line) => console.error(line) });
  console.log(json ? JSON.stringify(report) : formatReport(report));
  return 0;
});

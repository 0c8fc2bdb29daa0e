// npm run bench:collector: requests per CPU-second and latency of the collector beside nginx, in one run on one core.
import { tmpdir } from 'node:os';
import { runTool, UsageError } from '../command-line';
import { type BenchReport, bench, type Measured, type Subject } from './bench-collector/bench';
import { isInstalled } from './bench-collector/processes';

const usage = `npm run bench:collector [-- options]

Posts hits of 1 kB by wrk to one server after the other, each bound to one core, round after round:
  durable                  the collector as it is deployed: answers when the hit is on the disk, and ships it to the stream
  durable, not forwarded   the same with a stream that is away: what shipping costs is the difference
  not durable              without fsync
  nginx logs the body      without making the log durable
  nginx return 204         reads no body: the limit
Prints requests per second of CPU (user and kernel, of all the server's processes and threads, until all is shipped; not of wrk and
not of the stream's stand-in), the median round, and quantiles of latency under that load and with 8 connections.

Needs Linux, nginx, wrk and taskset: apt-get install nginx-light wrk util-linux. Without them it says so and ends.

  --rounds N       (default 5)
  --seconds N      of load in each (default 5)
  --connections N  (default 512)
  --spool FOLDER   disk for the spool (default: ${tmpdir()})
  --json           one JSON object instead of a table
  --help           this text`;

const options = {
  rounds: { type: 'string', default: '5' },
  seconds: { type: 'string', default: '5' },
  connections: { type: 'string', default: '512' },
  spool: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** The aim: more than nginx that logs the body, and this share of nginx that answers 204. */
const limitShare = 0.4;

function readWholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new UsageError(`--${name}: expected a whole number of 1 or more, got ${JSON.stringify(text)}`);
  return Number(text);
}

/** The round whose rate is in the middle. */
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
  return [
    ...lines,
    '',
    `durable against nginx that logs the body: ${against.toFixed(2)} times (aim: more than 1) ${against > 1 ? 'met' : 'MISSED'}`,
    `durable against nginx return 204: ${(share * 100).toFixed(0)} % (aim: ${limitShare * 100} %) ${share >= limitShare ? 'met' : 'MISSED'}`,
    `Node ${node}; servers run Node 24`,
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
      `bench:collector: not run: needs Linux with nginx, wrk and taskset, missing ${missing.map(([program]) => program).join(', ')}`,
    );
    console.log('get them by: apt-get install nginx-light wrk util-linux');
    return 0;
  }
  const report = await bench({ ...plan, say: (line) => console.error(line) });
  console.log(json ? JSON.stringify(report) : formatReport(report));
  return 0;
});

// npm run fuzz:collector: random and hostile HTTP input for the collector, in process and over sockets against the
// real program.
import { runTool, UsageError } from '../command-line';
import { type FuzzReport, fuzz } from './fuzz-collector/fuzz';

const usage = `npm run fuzz:collector [-- options]

Sends requests to the deployed program, in a process of its own: valid, with corrupted octets, or hostile in structure (smuggling,
chunks, JSON and header bombs, invalid UTF-8), in pieces and pipelined; and parses further requests in process. Then tries slow clients,
bodies of 100 MB and clients that never read. Fails (exit code 1) on a crash, an answer outside 2xx, 4xx and 503, an unexpected error,
a connection neither answered nor closed, an answer that depends on the split of the octets, a hit that the database would reject,
a value that is neither kept as it was sent nor marked as repaired, and growth of memory.

  --requests N     requests over sockets (default 1000000)
  --in-process N   requests without sockets (default: as over sockets)
  --seconds N      longest time for each of the two (default 1800)
  --connections N  open connections (default 32)
  --seed N         seed of the random numbers (default: from the clock; it is printed)
  --no-hostile     without the hostile clients, which take a minute
  --json           print one JSON object instead of text
  --help           print this text`;

const options = {
  requests: { type: 'string', default: '1000000' },
  'in-process': { type: 'string' },
  seconds: { type: 'string', default: '1800' },
  connections: { type: 'string', default: '32' },
  seed: { type: 'string' },
  'no-hostile': { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

function readWholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--${name}: expected a whole number, got ${JSON.stringify(text)}`);
  return Number(text);
}

function formatReport({ seed, inProcess, overSockets, hostile, memory, delivered, findings }: FuzzReport): string {
  const share = (name: string, { requests, seconds, kinds, statuses }: FuzzReport['inProcess']) => [
    `${name}: ${requests} requests in ${seconds} s`,
    `  inputs  ${list(kinds)}`,
    `  answers ${list(statuses)}`,
  ];
  return [
    ...share('in process', inProcess),
    ...share('over sockets', overSockets),
    `memory: ${memory.warmMegabytes} MB warm, ${memory.endMegabytes} MB at the end`,
    `hits delivered: ${delivered}`,
    ...hostile.map(({ name, held, outcome }) => `${held ? 'held  ' : 'FAILED'} ${name}: ${outcome}`),
    `findings: ${findings.length}`,
    ...findings.map(({ what, input }) => `  ${what}\n    ${input}`),
    `seed ${seed}`,
  ].join('\n');
}

const list = (counts: { readonly [name: string]: number }): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

runTool({ usage, options }, async (values) => {
  const { requests = '1000000', seconds = '1800', connections = '32', seed, json = false } = values;
  const report = await fuzz({
    requests: readWholeNumber('requests', requests),
    inProcess: readWholeNumber('in-process', values['in-process'] ?? requests),
    seconds: readWholeNumber('seconds', seconds),
    connections: Math.max(1, readWholeNumber('connections', connections)),
    seed: seed === undefined ? Date.now() % 1_000_000 : readWholeNumber('seed', seed),
    hostile: values['no-hostile'] !== true,
    log: (line) => console.error(line),
  });
  console.log(json ? JSON.stringify(report) : formatReport(report));
  return report.findings.length === 0 ? 0 : 1;
});

// npm run prove:collector: kills the real collector, fails its stream, sets its clock and fills its disk under load,
// and counts lost hits.
import { runTool, UsageError } from '../command-line';
import { isProven, type Plan, type Proof, prove } from './prove-collector/prove';
import { availableClock } from './prove-collector/settable-clock';

const usage = `npm run prove:collector [-- options]

Runs the deployed program in a process of its own, under load on 127.0.0.1, with kinesalite behind a faulty proxy. The program is killed
with SIGKILL at random, its stream rejects or throttles calls, accepts part of a batch, loses responses or is unavailable, its clock is set
back by minutes and by an hour and forward by an hour, under load and at restarts, and its disk is filled.
Every hit with a 2xx response must arrive exactly once, by its id, as the ingest counts it. Exit code 1 if not,
or if a hit waits for the clock, or has a wrong time. The clock is set with libfaketime (apt-get install libfaketime), without it inside the program.

  --kills N     kills under a failing stream (default 50)
  --seconds N   time without the stream (default 60)
  --seed N      seed of the random numbers (default: from the clock; it is printed)
  --json        print one JSON object instead of text
  --help        print this text`;

const options = {
  kills: { type: 'string', default: '50' },
  seconds: { type: 'string', default: '60' },
  seed: { type: 'string' },
  json: { type: 'boolean' },
} as const;

function readWholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text))
    throw new UsageError(`--${name}: expected a whole number, got ${JSON.stringify(text)}; choose a number of at most 9 digits`);
  return value;
}

function formatReport(proof: Proof): string {
  const { sent, answered, refused, cut, delivered, deliveredUnanswered, redelivered, duplicated, lost, invalid, unexpected } = proof;
  const rows: readonly (readonly [string, number])[] = [
    ['sent', sent],
    ['answered 2xx', answered],
    ['refused with 503', refused],
    ['cut off by a kill', cut],
    ['unexpected answers', unexpected],
    ['delivered', delivered],
    ['  of these never answered', deliveredUnanswered],
    ['delivered again, same id', redelivered],
    ['duplicated', duplicated],
    ['lost', lost],
    ['invalid for the ingest', invalid],
  ];
  const lines = rows.map(([name, count]) => `${name.padEnd(28)}${String(count).padStart(9)}`);
  const detail = { kills: proof.kills, clock: proof.clock, disk: proof.disk, exits: proof.exits, events: proof.events, calls: proof.calls };
  return [...lines, `seed ${proof.seed}`, JSON.stringify(detail), ...proof.crashes].join('\n');
}

runTool({ usage, options }, async ({ kills = '50', seconds = '60', seed, json = false }) => {
  const log = (line: string) => console.error(line);
  const plan: Plan = {
    kills: readWholeNumber('kills', kills),
    awaySeconds: readWholeNumber('seconds', seconds),
    seed: seed === undefined ? Date.now() % 1_000_000 : readWholeNumber('seed', seed),
    disk: 'memory',
    connections: 32,
    clock: availableClock(),
    log,
  };
  console.error(`seed ${plan.seed}`);
  const proof = await prove(plan);
  console.log(json ? JSON.stringify(proof) : formatReport(proof));
  return isProven(proof) ? 0 : 1;
});

// npm run prove:collector: kills, starves and fills the real collector under load, and counts what it lost.
import { runTool, UsageError } from '../command-line';
import { isProven, type Plan, type Proof, prove } from './prove-collector/prove';

const usage = `npm run prove:collector [-- options]

Runs the collector as it is deployed, as a process, under load on 127.0.0.1, against kinesalite behind a proxy that fails. It is
killed with SIGKILL at random, its stream refuses, throttles, takes part of a batch, loses answers or is away, and its disk is
filled. Every hit that was answered 2xx must arrive, once after hits are told apart by id, as the ingest does. Exit code 1 if not.

  --kills N     times it is killed under a failing stream (default 50)
  --seconds N   how long the stream is away (default 60)
  --seed N      of all that is random (default: from the clock; it is printed)
  --json        one JSON object instead of text
  --help        this text`;

const options = {
  kills: { type: 'string', default: '50' },
  seconds: { type: 'string', default: '60' },
  seed: { type: 'string' },
  json: { type: 'boolean' },
} as const;

function readWholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--${name}: expected a whole number, got ${JSON.stringify(text)}`);
  return value;
}

function formatReport(proof: Proof): string {
  const { sent, answered, refused, cut, delivered, deliveredUnanswered, redelivered, duplicated, lost, invalid, unexpected } = proof;
  const rows: readonly (readonly [string, number])[] = [
    ['sent', sent],
    ['answered 2xx', answered],
    ['refused with 503', refused],
    ['cut off by a kill', cut],
    ['answered otherwise', unexpected],
    ['delivered', delivered],
    ['  of them never answered', deliveredUnanswered],
    ['delivered again, same id', redelivered],
    ['duplicated', duplicated],
    ['lost', lost],
    ['not as the ingest takes it', invalid],
  ];
  const lines = rows.map(([name, count]) => `${name.padEnd(28)}${String(count).padStart(9)}`);
  const detail = { kills: proof.kills, disk: proof.disk, exits: proof.exits, events: proof.events, calls: proof.calls };
  return [...lines, `seed ${proof.seed}`, JSON.stringify(detail), ...proof.crashes].join('\n');
}

runTool({ usage, options }, async ({ kills = '50', seconds = '60', seed, json = false }) => {
  const say = (line: string) => console.error(line);
  const plan: Plan = {
    kills: readWholeNumber('kills', kills),
    awaySeconds: readWholeNumber('seconds', seconds),
    seed: seed === undefined ? Date.now() % 1_000_000 : readWholeNumber('seed', seed),
    disk: 'memory',
    connections: 32,
    say,
  };
  console.error(`seed ${plan.seed}`);
  const proof = await prove(plan);
  console.log(json ? JSON.stringify(proof) : formatReport(proof));
  return isProven(proof) ? 0 : 1;
});

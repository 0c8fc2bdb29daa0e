// A short run of prove:collector: the real program under load, killed, without its stream, and on a full disk.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Deliveries } from '../../../../tools/measure/prove-collector/account';
import { Load } from '../../../../tools/measure/prove-collector/load';
import { isProven, type Proof, prove } from '../../../../tools/measure/prove-collector/prove';
import { projectRoot } from '../../../../tools/synthesis/synthesize';

let proof: Proof;

test('every hit that was answered 2xx arrives, once', async () => {
  const logged: string[] = [];
  proof = await prove({
    kills: 4,
    awaySeconds: 2,
    seed: 7,
    disk: 'limit',
    connections: 8,
    clock: 'injected',
    log: (text) => void logged.push(text),
  });
  const { lost, duplicated, invalid, unexpected, crashes, exits } = proof;
  expect({ lost, duplicated, invalid, unexpected, crashes, exits }).toEqual({
    ...{ lost: 0, duplicated: 0, invalid: 0, unexpected: 0, crashes: [] },
    exits: [0, 0],
  });
  expect(proof.answered).toBeGreaterThan(500);
  expect(proof.diskRefusals).toBeGreaterThan(50);
  expect(logged).toHaveLength(8);
  expect(proof.clock).toMatchObject({ kind: 'injected', jumps: 6, restarts: 3, unreported: 0 });
  // With all figures of the clock in the message.
  expect({ ...proof.clock, proven: isProven(proof) }).toEqual({ ...proof.clock, proven: true });
}, 240_000);

test.each([
  ['a lost hit', { lost: 1 }],
  ['a hit that arrived under two ids', { duplicated: 1 }],
  ['a line that the ingest rejects', { invalid: 1 }],
  ['another answer', { unexpected: 1 }],
  ['a crash', { crashes: ['Error'] }],
  ['a stop that left hits behind', { exits: [0, 3] }],
  ['no load', { answered: 0 }],
  ['a disk that was never full', { diskRefusals: 0 }],
])('%s breaks the proof', (_, part) => expect(isProven({ ...proof, ...part })).toBe(false));

test.each([
  ['a hit that waits for the clock', { longestWait: 30 }],
  ['a hit with the time of a wrong clock', { largestError: 300 }],
  ['an age by a wrong clock', { largestAgeError: 300 }],
  ['a wrong clock that health does not report', { unreported: 1 }],
  ['a clock that was never set', { jumps: 0 }],
  ['a restart that was never made', { restarts: 0 }],
])('%s breaks the proof', (_, part) => expect(isProven({ ...proof, clock: { ...proof.clock, ...part } })).toBe(false));

test('the account distinguishes lost, duplicated, redelivered and unanswered hits', () => {
  const load = new Load({ port: 1, site: 'acme', connections: 1, random: Math.random, pause: 1 });
  load.outcomes.push('answered', 'answered', 'answered', 'cut', 'refused', 'answered');
  const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
  const line = (n: number, of: number) =>
    JSON.stringify({ site: 1, id: id(n), received: new Date().toISOString(), kind: 'page', keyVersion: 1, fields: { n: String(of) } });
  const deliveries = new Deliveries();
  deliveries.take(Buffer.from(`${line(1, 0)}\n${line(1, 0)}\n\n${line(2, 1)}\n${line(3, 1)}\n${line(3, 1)}\n`));
  deliveries.take(Buffer.from(`${line(4, 3)}\nno json\n${line(5, 5)}\n`));
  expect(deliveries.account(load)).toEqual({
    ...{ sent: 6, answered: 4, refused: 1, cut: 1, unexpected: 0 },
    ...{ delivered: 4, redelivered: 2, deliveredUnanswered: 1, duplicated: 1, lost: 1, invalid: 1 },
  });
});

test('--help prints the usage, and an invalid number is refused', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', join('tools', 'measure', 'prove-collector.ts'), ...args], {
      cwd: projectRoot,
      encoding: 'utf8',
    });
  expect(run('--help').stdout).toContain('npm run prove:collector');
  expect(run('--kills', 'many')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('--kills: expected a whole number, got "many"'),
  });
});

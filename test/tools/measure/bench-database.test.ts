// A small run of the database benchmark from end to end; its figures are not tested.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { commandArguments } from '../command-arguments';

const run = (...args: string[]) => promisify(execFile)(process.execPath, commandArguments('tools/measure/bench-database.ts', ...args));

test('a small run reports reads for each number of sites, writes and ingest', async () => {
  const { stdout } = await run('--rows', '2000', '--sites', '2,4', '--rounds', '1', '--batches', '1', '--json');
  const report = JSON.parse(stdout);
  expect(report.reads.map(({ sites }: { sites: number }) => sites)).toEqual([2, 4]);
  expect(report.reads[0].queries).toHaveLength(8);
  expect(report.writes).toHaveLength(2);
  expect(report.ingest).toMatchObject({ batch: 2000, ingest: expect.any(Number), copy: expect.any(Number), named: expect.any(Number) });
}, 120_000);

test('--plans compares each read with the statistics that are kept and with those of every column', async () => {
  const { stdout } = await run('--rows', '2000', '--sites', '2', '--rounds', '1', '--plans', '--json');
  const { sites, plans } = JSON.parse(stdout);
  expect([sites, plans.length]).toEqual([2, 15]);
  expect(plans[0]).toEqual({
    name: 'one person by key',
    limited: {
      plan: expect.stringContaining('people'),
      estimated: 1,
      actual: 1,
      milliseconds: expect.any(Number),
      planning: expect.any(Number),
    },
    full: {
      plan: expect.stringContaining('people'),
      estimated: 1,
      actual: 1,
      milliseconds: expect.any(Number),
      planning: expect.any(Number),
    },
  });
}, 120_000);

test('--help prints the usage, and an invalid number is refused', async () => {
  expect((await run('--help')).stdout).toContain('npm run bench:database');
  await expect(run('--rows', 'many')).rejects.toThrow(/--rows: expected a whole number of 1 or more, got "many"/);
});

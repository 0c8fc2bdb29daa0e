// The cost of a command, including the processes that it starts.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childSeconds, measure, spread } from '../../../../tools/measure/bench/measure';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rempart-measure-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (script: string) =>
  measure({ command: process.execPath, args: ['-e', script], cwd: folder, env: process.env }, join(folder, 'log'));
const burn = 'const end = process.cpuUsage().user + 400_000; while (process.cpuUsage().user < end);';

test('the work of a grandchild counts, waiting does not', () => {
  const grandchild = run(`require('node:child_process').execFileSync(process.execPath, ['-e', ${JSON.stringify(burn)}])`);
  const idle = run('setTimeout(() => {}, 400)');
  expect(grandchild.cpu).toBeGreaterThan(0.4);
  expect(idle.wall).toBeGreaterThan(0.4);
  expect(idle.cpu).toBeLessThan(idle.wall);
  expect(grandchild.cpu - idle.cpu).toBeGreaterThan(0.2);
});

test('the exit status and the output are returned', () => {
  expect(run('console.log("out"); console.error("err"); process.exit(3)')).toMatchObject({ status: 3, output: 'out\nerr\n' });
});

test.each([
  ['bash', '0m0.001s 0m0.002s\n1m2.500s 0m0.250s\n', 62.75],
  ['dash', '0m0.000000s 0m0.010000s\n0m1.000000s 0m0.500000s\n', 1.5],
  ['a locale with decimal commas', '0m0,001s 0m0,002s\n0m1,500s 0m0,500s\n', 2],
])('the times of %s are read', (_, times, seconds) => {
  expect(childSeconds(times)).toBeCloseTo(seconds);
});

test('other text than times is an error', () => {
  expect(() => childSeconds('nothing')).toThrow("got 'nothing'");
});

test('the median of an even number of values is between two', () => {
  expect(spread([4, 1, 3, 2])).toEqual({ min: 1, median: 2.5, max: 4 });
  expect(spread([5])).toEqual({ min: 5, median: 5, max: 5 });
});

// The collector's benchmark runs from end to end with nginx and wrk installed, and names what is missing otherwise.
// Its figures are not tested.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isInstalled } from '../../../tools/measure/bench-collector/processes';
import { hit } from '../../../tools/measure/bench-collector/wrk';

const run = (environment: NodeJS.ProcessEnv, ...args: string[]) =>
  promisify(execFile)(process.execPath, ['--import', 'tsx', require.resolve('../../../tools/measure/bench-collector.ts'), ...args], {
    env: environment,
  });

test('the hit that is posted has 1,000 bytes', () => expect(Buffer.byteLength(hit)).toBe(1000));

test('without nginx and wrk it prints how to install them, and exits with 0', async () => {
  const { stdout } = await run({ PATH: '' });
  expect(stdout).toContain('missing nginx, wrk, taskset');
  expect(stdout).toContain('apt-get install nginx-light wrk util-linux');
}, 60_000);

test('--help prints the usage, and an invalid number is refused', async () => {
  expect((await run(process.env, '--help')).stdout).toContain('npm run bench:collector');
  await expect(run(process.env, '--rounds', '0')).rejects.toThrow(/--rounds: expected a whole number of 1 or more, got "0"/);
}, 60_000);

const installed =
  process.platform === 'linux' &&
  [
    ['nginx', '-v'],
    ['wrk', '-v'],
    ['taskset', '-V'],
  ].every(([program = '', flag = '']) => isInstalled(program, flag));

test('in a small run every hit is answered, provided that nginx and wrk are installed', async () => {
  if (!installed) return;
  const { stdout } = await run(process.env, '--rounds', '1', '--seconds', '1', '--connections', '8', '--json');
  const { rounds } = JSON.parse(stdout);
  expect(Object.keys(rounds)).toEqual([
    'durable',
    'durable, not forwarded',
    'not durable',
    'node:http',
    'node:http, JSON.parse',
    'nginx logs the body',
    'nginx return 204',
  ]);
  for (const [measured] of Object.values(rounds) as { requests: number; errors: number; rate: number }[][]) {
    expect(measured).toMatchObject({ errors: 0, requests: expect.any(Number), rate: expect.any(Number) });
  }
}, 300_000);

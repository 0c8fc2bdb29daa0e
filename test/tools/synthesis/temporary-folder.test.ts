// A tool removes its temporary folder in every case.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { withTemporaryFolder } from '../../../tools/synthesis/synthesize-sites';

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s removes it and ends the process with %i', async (signal, expected) => {
  const child = spawn(process.execPath, ['--import', 'tsx', require.resolve('./interrupted.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output] = await once(child.stdout, 'data');
  const folder = String(output).trim();
  expect(existsSync(folder)).toBe(true);
  child.kill(signal);
  expect((await once(child, 'close'))[0]).toBe(expected);
  expect(existsSync(folder)).toBe(false);
});

test('it is gone after work that succeeds and work that fails, and no listener stays', async () => {
  const listeners = () => ['exit', 'SIGINT', 'SIGTERM'].map((event) => process.listenerCount(event));
  const before = listeners();
  const folder = await withTemporaryFolder('ended', async (path) => path);
  expect(existsSync(folder)).toBe(false);
  let failed = '';
  await expect(
    withTemporaryFolder('ended', async (path) => {
      failed = path;
      throw new Error('broken');
    }),
  ).rejects.toThrow('broken');
  expect(failed).not.toBe('');
  expect(existsSync(failed)).toBe(false);
  expect(listeners()).toEqual(before);
});

// Works answer in their order, fail as a whole, and end with their process.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { inThreads, threadsAtATime } from '../../../../tools/develop/threads/in-threads';
import type { Input } from './example-work';

const works = (...inputs: readonly Input[]) => inputs.map((input) => ({ module: require.resolve('./example-work'), input }));

test('the answers have the order of the works, and each is passed on as it comes', async () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const passed: Record<number, string> = {};
  const answers = await inThreads<string>(works(...names.map((answer) => ({ answer }))), (answer, index) => {
    passed[index] = answer;
  });
  expect(answers).toEqual(['A', 'B', 'C', 'D', 'E']);
  expect(Object.values(passed)).toEqual(answers);
});

test('after a failure no further work starts', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'threads-')), 'beat');
  const failing = Array.from({ length: threadsAtATime() }, () => ({ fail: 'broken' }));
  await expect(inThreads(works(...failing, { beat: file }))).rejects.toThrow('broken');
  await pass(500);
  expect(existsSync(file)).toBe(false);
});

test('a work that ends without an answer is an error with the module', async () => {
  await expect(inThreads(works({ end: true }))).rejects.toThrow(/example-work.*: expected an answer, got none; the thread ended with 3/);
});

test('works that fail at the same time leave their process alive', async () => {
  const program = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'failing.ts')], { stdio: 'ignore' });
  expect(await once(program, 'exit')).toEqual([0, null]);
});

describe('works that never return to an event loop', () => {
  const folder = mkdtempSync(join(tmpdir(), 'threads-'));
  const beats = (name: string): string => join(folder, name);
  const beaten = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');

  async function started(...files: string[]): Promise<ChildProcess> {
    const program = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'beating.ts'), ...files], { stdio: 'ignore' });
    while (files.some((file) => beaten(file) === '')) await pass(50);
    return program;
  }

  test('end when another work fails', async () => {
    const file = beats('failed');
    await expect(inThreads(works({ beat: file }, { fail: 'broken' }))).rejects.toThrow('broken');
    const last = beaten(file);
    await pass(500);
    expect(beaten(file)).toBe(last);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)('end when %s ends their process', async (signal) => {
    const files = [beats(`${signal}-1`), beats(`${signal}-2`)];
    const program = await started(...files);
    program.kill(signal);
    await once(program, 'exit');
    const last = files.map(beaten);
    await pass(500);
    expect(files.map(beaten)).toEqual(last);
  });
});

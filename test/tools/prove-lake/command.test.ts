// The command line of npm run prove:lake; the search itself is in prove.test.ts.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { commandArguments } from '../command-arguments';

const script = join(__dirname, '../../../tools/prove-lake.ts');
const run = (...args: string[]) => promisify(execFile)(process.execPath, commandArguments(script, ...args));

test('--help prints the usage, and an invalid number is refused', async () => {
  expect((await run('--help')).stdout).toContain('npm run prove:lake');
  await expect(run('--tries', 'many')).rejects.toThrow(/--tries: expected a whole number of at most 8 digits, got "many"/);
}, 60_000);

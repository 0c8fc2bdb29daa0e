import { spawnSync } from 'node:child_process';
import { projectRoot } from '../../../tools/synthesis/synthesize';

const run = (...args: string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', 'tools/develop/challenge.ts', ...args], {
    cwd: projectRoot,
    encoding: 'utf8',
  });

test('--help lists the options', () => {
  const { status, stdout } = run('--help');
  expect(status).toBe(0);
  expect(stdout).toMatch(/--set <name>.*first or second or review or honest.*--unique.*--json.*--synthesized <folder>/s);
});

test.each([
  [['--set', 'third'], /^--set: expected first, second, review, honest, got third/],
  [['--set', 'first', '--unique'], /^--unique: expected all sets, got --set/],
])('%j is refused', (args, message) => {
  const { status, stderr, stdout } = run(...args);
  expect(status).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toMatch(message);
});

import { spawnSync } from 'node:child_process';
import { projectRoot } from '../../../tools/synthesis/synthesize';

const run = (...args: string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', 'tools/develop/mutate.ts', ...args], {
    cwd: projectRoot,
    encoding: 'utf8',
  });

test('--help says what there is', () => {
  const { status, stdout } = run('--help');
  expect(status).toBe(0);
  expect(stdout).toMatch(/--rule <name>.*--json.*--synthesized <folder>/s);
});

test('an unknown rule is refused, with those that there are', () => {
  const { status, stderr, stdout } = run('--rule', 'regoins');
  expect(status).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^--rule: expected one of alarms-notify, .*, got regoins/);
});

// Steps of npm run check pass, fail or are absent; none goes missing.
import { command, runSteps, type Step } from '../../../../tools/develop/check/step';

const node = (script: string) => command(process.execPath, ['-e', script]);

test('exit status 0 passes, anything else fails with all it printed', async () => {
  expect(await node('console.log("fine")')).toEqual({ status: 'passed', output: 'fine' });
  expect(await node('console.log("a"); console.error("b"); process.exit(2)')).toEqual({ status: 'failed', output: 'a\nb' });
});

test('a command that is killed has failed', async () => {
  expect(await node('process.kill(process.pid, "SIGKILL")')).toMatchObject({ status: 'failed' });
});

test('a missing command is absent where that is allowed, and an error where it is not', async () => {
  expect(await command('no-such-command', [], 'install it')).toEqual({ status: 'absent', output: 'install it' });
  await expect(command('no-such-command', [])).rejects.toThrow('ENOENT');
});

test('a step that throws has failed, and the others still run', async () => {
  const steps: readonly Step[] = [
    { name: 'throws', run: () => Promise.reject(new Error('broken')) },
    { name: 'passes', run: () => Promise.resolve({ status: 'passed', output: '' }) },
  ];
  const told: string[] = [];
  const results = await runSteps(steps, 1, ({ name }) => told.push(name));
  expect(results).toMatchObject([
    { name: 'throws', status: 'failed', output: 'Error: broken' },
    { name: 'passes', status: 'passed' },
  ]);
  expect(told).toEqual(['throws', 'passes']);
});

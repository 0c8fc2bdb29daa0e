// Each step of npm run check passes, fails or is absent; none is lost.
import { command, runSteps, type Step } from '../../../../tools/develop/check/step';

const node = (script: string) => command(process.execPath, ['-e', script]);

test('exit status 0 passes, any other status fails with the whole output', async () => {
  expect(await node('console.log("fine")')).toEqual({ status: 'passed', output: 'fine' });
  expect(await node('console.log("a"); console.error("b"); process.exit(2)')).toEqual({ status: 'failed', output: 'a\nb' });
});

test('a command that is killed has failed', async () => {
  expect(await node('process.kill(process.pid, "SIGKILL")')).toMatchObject({ status: 'failed' });
});

test('a missing command is absent if that is allowed, and an error otherwise', async () => {
  expect(await command('no-such-command', [], 'install it')).toEqual({ status: 'absent', output: 'install it' });
  await expect(command('no-such-command', [])).rejects.toThrow('ENOENT');
});

test('a step that throws has failed, and the others still run', async () => {
  const steps: readonly Step[] = [
    { name: 'throws', run: () => Promise.reject(new Error('broken')) },
    { name: 'passes', run: () => Promise.resolve({ status: 'passed', output: '' }) },
  ];
  const reported: string[] = [];
  const results = await runSteps(steps, 1, ({ name }) => reported.push(name));
  expect(results).toMatchObject([
    { name: 'throws', status: 'failed', output: 'Error: broken' },
    { name: 'passes', status: 'passed' },
  ]);
  expect(reported).toEqual(['throws', 'passes']);
});

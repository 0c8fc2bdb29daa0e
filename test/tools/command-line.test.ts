// All tools handle --help and unknown flags in the same way.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../../tools/synthesis/synthesize';

const run = (tool: string, flag: string) =>
  spawnSync(process.execPath, ['--import', 'tsx', join('tools/develop', `${tool}.ts`), flag], { cwd: projectRoot, encoding: 'utf8' });

describe.each(['docs', 'schema'])('npm run %s', (tool) => {
  test('prints its usage for --help', () => {
    const { status, stdout, stderr } = run(tool, '--help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(`npm run ${tool} [-- options]`);
  });

  test('refuses an unknown flag with exit code 2 and its usage', () => {
    const { status, stdout, stderr } = run(tool, '--chek');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('--chek');
    expect(stderr).toContain(`npm run ${tool} [-- options]`);
  });
});

test('npm run schema reports an unchanged file', () => {
  expect(run('schema', '--check')).toMatchObject({ status: 0, stdout: 'config/schema.json is up to date\n', stderr: '' });
});

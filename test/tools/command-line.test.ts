// All tools handle --help and errors of the command line in the same way.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { optionValues } from '../../tools/command-line';
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
    expect(stderr).toMatch(/^command line: expected --check or --help, got --chek; did you mean --check\?\n/);
    expect(stderr).toContain(`npm run ${tool} [-- options]`);
  });
});

test('npm run schema reports an unchanged file', () => {
  expect(run('schema', '--check')).toMatchObject({ status: 0, stdout: 'config/schema.json is up to date\n', stderr: '' });
});

describe('the options of a command line', () => {
  const options = { out: { type: 'string' }, json: { type: 'boolean', default: false } } as const;

  test('have their values and defaults', () => {
    expect(optionValues(options, ['--out', 'a.json'])).toEqual({ out: 'a.json', json: false });
    expect(optionValues(options, ['--out=--json', '--json'])).toEqual({ out: '--json', json: true });
    expect(optionValues(options, ['--out', '-'])).toEqual({ out: '-', json: false });
  });

  test.each([
    [['--nonsense'], 'command line: expected --out, --json or --help, got --nonsense; remove it'],
    [['--jsn'], 'command line: expected --out, --json or --help, got --jsn; did you mean --json?'],
    [['-o', 'a'], 'command line: expected --out, --json or --help, got -o; remove it'],
    [['--no-json'], 'command line: expected --out, --json or --help, got --no-json; did you mean --json?'],
    [['a.json'], 'command line: expected options only, got "a.json"; remove it'],
    [['--json', '--', '--out'], 'command line: expected options only, got "--out"; remove it'],
    [['--json=yes'], '--json: expected no value, got "yes"; remove the value'],
    [['--out'], '--out: expected a value, got none; add it after the option'],
    [['--out', '--json'], '--out: expected a value, got the option --json; add the value, or write --out=--json'],
  ])('%j are refused with the allowed options', (args, message) => {
    expect(() => optionValues(options, args)).toThrow(message);
  });
});

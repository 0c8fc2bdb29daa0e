// npm run twin:lake as people run it: on a twin that runs, and with wrong options.
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { commandArguments } from '../../command-arguments';
import { RunningTwin } from '../running-twin';

jest.setTimeout(400_000);

const script = join(__dirname, '../../../../tools/twin-lake.ts');
const run = (...args: string[]) => promisify(execFile)(process.execPath, commandArguments(script, ...args));

test('a running twin has a lake, until it stops', async () => {
  const base = mkdtempSync(join(tmpdir(), 'rempart-twin-lake-test-'));
  chmodSync(base, 0o755);
  const twin = RunningTwin.start('--folder', join(base, 'kept'), '--keep');
  try {
    const { folder } = await twin.ready();
    expect(statSync(join(folder, 'places.json')).mode & 0o777).toBe(0o600);
    const lake = async (command: string, ...args: string[]) => {
      const { stdout, stderr } = await run(command, '--folder', folder, ...args);
      expect(stderr).toBe('');
      return JSON.parse(stdout);
    };
    expect(await lake('fill', '--hits', '4', '--days', '9')).toEqual({ stored: 99 });
    expect(await lake('export')).toMatchObject({ days: 12, rows: 22, objects: 12 });
    // The lake has days that are over for ten days, and not those of the four days before.
    const { dropped, waiting } = await lake('leave', '--hot-days', '6');
    expect([dropped.length > 0, waiting.length]).toEqual([true, 4]);
    await expect(run('play', '--folder', folder)).rejects.toThrow(/fill: expected the window to have days from .* start another twin/);
    const read = await lake('read', '--site', 'gazette', '--rows', '1');
    expect(read).toMatchObject({ rows: 36, shown: [{ site_id: 1 }] });
    expect(await lake('check')).toMatchObject({ files: 12, rows: 22, problems: [] });
    const { visitor } = read.shown[0];
    expect((await lake('export-person', '--site', 'gazette', '--visitor', visitor)).lines).toBeGreaterThan(0);
    expect(await lake('erase-person', '--site', 'gazette', '--visitor', visitor)).toMatchObject({ isFinished: true });
    expect(await lake('check')).toMatchObject({ problems: [] });
    twin.signal('SIGINT');
    expect(await twin.ended).toBe(0);
    expect(existsSync(join(folder, 'places.json'))).toBe(false);
    await expect(run('check', '--folder', folder)).rejects.toThrow(`--folder: expected the folder of a running twin, got ${folder}`);
  } finally {
    twin.signal('SIGKILL');
    await twin.ended;
    rmSync(base, { recursive: true, force: true });
  }
});

test.each([
  [['play'], '--folder: expected a value, got none'],
  [
    ['reads'],
    'command line: expected fill, export, leave, read, export-person, erase-person, check or play, got "reads"; did you mean read?',
  ],
  [['fill', '--folder', '/x', '--days', '60'], '--days: expected a whole number from 1 to 28, got "60"'],
  [['export', '--folder', '/x', '--day', 'today'], '--day: expected a date as 2026-11-30, got "today"'],
])('%p is refused', async (args, message) => {
  await expect(run(...args)).rejects.toThrow(message);
});

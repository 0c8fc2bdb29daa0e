// Files that cannot be a configuration are refused fast, without blocking and without being read whole.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSite } from '../../../../lib/config/load';
import { problemsIn, problemsOf, settingsOf, shortest, withFolder } from '../folder';

const where = 'config/production.yaml';

test('64 kB are read, one byte more is not', () => {
  const padded = (length: number) => `${shortest}#${'x'.repeat(length - shortest.length - 1)}`;
  expect(settingsOf(padded(64 * 1024)).owner).toBe('platform-team');
  expect(problemsOf(padded(64 * 1024 + 1))).toEqual([
    { where, expected: 'at most 64 kB', got: 'more', todo: 'keep nothing but configuration in this file' },
  ]);
});

test('10 GB are refused without reading them', () => {
  withFolder({ production: '' }, (directory) => {
    truncateSync(join(directory, 'production.yaml'), 10_000_000_000);
    expect(problemsIn(directory)).toMatchObject([{ where, expected: 'at most 64 kB' }]);
  });
});

describe('paths without a regular file', () => {
  const inPlaceOf = (make: (path: string) => void) =>
    withFolder({ production: shortest }, (directory) => {
      const path = join(directory, 'production.yaml');
      rmSync(path);
      make(path);
      return problemsIn(directory);
    });

  test('a folder', () => {
    expect(inPlaceOf((path) => mkdirSync(path))).toMatchObject([{ where, expected: 'a regular file' }]);
  });

  test('a pipe without a writer does not block', () => {
    // In a process of its own: a loader that blocks could not be stopped in this one.
    const load = join(__dirname, '../../../../lib/config/load');
    const run = withFolder({}, (directory) => {
      execFileSync('sh', ['-c', 'mkfifo "$0"', join(directory, 'production.yaml')]);
      const script = `require(${JSON.stringify(load)}).loadSite({ directory: ${JSON.stringify(directory)} })`;
      const options = { encoding: 'utf8', cwd: join(__dirname, '../../../..'), timeout: 20_000 } as const;
      return spawnSync(process.execPath, ['--import', 'tsx', '--eval', script], options);
    });
    expect(run.stderr).toContain('config/production.yaml: expected a regular file, got a folder, pipe or device');
    expect(run.signal).toBeNull();
  }, 30_000);

  test('an endless device', () => {
    expect(inPlaceOf((path) => symlinkSync('/dev/zero', path))).toMatchObject([{ where, expected: 'a regular file' }]);
  });

  test('a link that leads nowhere, and one that leads in a circle', () => {
    expect(inPlaceOf((path) => symlinkSync('nowhere', path))).toMatchObject([
      { where, expected: 'a file that can be read', got: 'ENOENT' },
    ]);
    expect(inPlaceOf((path) => symlinkSync('production.yaml', path))).toMatchObject([{ where, got: 'ELOOP' }]);
  });

  test('a link to a file is as good as the file', () => {
    withFolder({ production: shortest }, (directory) => {
      writeFileSync(join(directory, 'other'), shortest);
      symlinkSync('other', join(directory, 'linked.yaml'));
      expect(loadSite({ directory, deployment: 'linked' }).settings.owner).toBe('platform-team');
    });
  });

  test('a file without permission is a problem, except for root, who has it', () => {
    const problems = withFolder({ production: shortest }, (directory) => {
      chmodSync(join(directory, 'production.yaml'), 0);
      return problemsIn(directory);
    });
    expect(problems.map(({ got }) => got)).toEqual(process.getuid?.() === 0 ? [] : ['EACCES']);
  });
});

test.each([
  ['a byte that UTF-8 does not have', Buffer.from([...Buffer.from(shortest), 0xff])],
  ['a sequence that is cut off', Buffer.from([...Buffer.from(shortest), 0xe2, 0x82])],
  ['an overlong form', Buffer.from([...Buffer.from(shortest), 0xc0, 0xaf])],
  ['UTF-16', Buffer.from(`\uFEFF${shortest}`, 'utf16le')],
])('%s is not text', (_, bytes) => {
  expect(problemsOf(bytes)).toEqual([
    { where, expected: 'text in UTF-8', got: 'bytes that are not', todo: 'save the file again with the encoding UTF-8' },
  ]);
});

// The profile of a test run: seconds by file and folder, in tests and outside of them.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { profileText } from '../../../../tools/measure/profile-tests/print';
import { type JestReport, profileOf } from '../../../../tools/measure/profile-tests/profile';
import { projectRoot } from '../../../../tools/synthesis/synthesize';

const file = (name: string, startTime: number, endTime: number, ...durations: (number | null)[]) => ({
  ...{ name, startTime, endTime },
  assertionResults: durations.map((duration) => ({ duration })),
});

const report: JestReport = {
  startTime: 1000,
  testResults: [
    file('/project/test/lib/edge/a.test.ts', 2000, 5000, 1000, 500),
    file('/project/test/lib/data/b.test.ts', 2000, 12_000, 9000, null),
    file('/project/test/database/c.test.ts', 5000, 8000, 4000),
  ],
};

test('a run has its length, the seconds of its processes, and those in which one file ran alone', () => {
  const { wall, tail, whole } = profileOf(report, '/project', 2);
  expect({ wall, tail, whole }).toEqual({
    ...{ wall: 11, tail: 4 },
    whole: { path: 'all', files: 3, tests: 5, seconds: 16, around: 2.5 },
  });
});

test('files are listed with the seconds outside their tests, the slowest first', () => {
  expect(profileOf(report, '/project', 2).files.map(({ path, seconds, around }) => [path, seconds, around])).toEqual([
    ['test/lib/data/b.test.ts', 10, 1],
    ['test/lib/edge/a.test.ts', 3, 1.5],
    // Concurrent tests last longer than their file.
    ['test/database/c.test.ts', 3, 0],
  ]);
});

test.each([
  [1, { test: 16 }],
  [2, { 'test/lib': 13, 'test/database': 3 }],
  [9, { 'test/lib/data': 10, 'test/lib/edge': 3, 'test/database': 3 }],
])('folders are added up to a depth of %d', (depth, expected) => {
  const { folders } = profileOf(report, '/project', depth);
  expect(Object.fromEntries(folders.map(({ path, seconds }) => [path, seconds]))).toEqual(expected);
});

test('the text has the run, the folders and the slowest files', () => {
  const text = profileText(profileOf(report, '/project', 2), 1);
  expect(text).toContain('3 files with 5 tests in 11 s; 16 s of test processes');
  expect(text).toMatch(/13\.0 +2\.5 +2 +4 +test\/lib$/m);
  expect(text).toContain('the slowest 1 files: 10 s');
  expect(text).not.toContain('a.test.ts');
});

describe('npm run profile:tests', () => {
  const folder = mkdtempSync(join(tmpdir(), 'profile-tests-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'tools/measure/profile-tests.ts', ...args], { cwd: projectRoot, encoding: 'utf8' });

  test('reads what jest wrote', () => {
    writeFileSync(join(folder, 'results.json'), JSON.stringify(report));
    const { status, stdout } = run('--results', join(folder, 'results.json'), '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout).whole.seconds).toBe(16);
  });

  test('reports a file without results', () => {
    writeFileSync(join(folder, 'empty.json'), '{}');
    const { status, stderr } = run('--results', join(folder, 'empty.json'));
    expect(status).toBe(1);
    expect(stderr).toContain('got no results; run the tests');
  });
});

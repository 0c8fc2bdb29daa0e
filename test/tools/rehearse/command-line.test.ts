// npm run rehearse: the table, the options and the exit codes.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Row } from '../../../tools/rehearse/row';
import { rehearsalTable } from '../../../tools/rehearse/table';
import { projectRoot, reviewedSites, siteLabel } from '../../../tools/synthesis/synthesize';
import { synthesized } from '../../synthesized/synthesized';

const rows: readonly Row[] = [
  { part: 'order', subject: 'data/Schema', outcome: 'refused', detail: 'before its policy', fix: 'addDependency' },
  { part: 'calls', subject: 'data/Role', outcome: 'ok', detail: 's3:GetObject' },
  { part: 'calls', subject: 'data/Role', outcome: 'refused', detail: 's3:PutObject' },
];

test('the table has a line for each part in its order, then what is not in order', () => {
  expect(rehearsalTable(rows, { all: false }).split('\n')).toEqual([
    'calls          2 rehearsed     1 not in order',
    'order          1 rehearsed     1 not in order',
    'refused: order: data/Schema: before its policy',
    '  addDependency',
    'refused: calls: data/Role: s3:PutObject',
  ]);
  expect(rehearsalTable(rows, { all: true })).toContain('ok: calls: data/Role: s3:GetObject');
  expect(rehearsalTable([], { all: true })).toBe('');
});

const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', 'tools/rehearse.ts', ...args], {
    cwd: projectRoot,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });

describe('npm run rehearse', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rempart-rehearse-'));
    for (const { deployment, site } of reviewedSites)
      symlinkSync(synthesized(deployment, site).folder, join(folder, siteLabel({ deployment, site })));
  }, 240_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('prints the table, and exits with 0 where everything would work', () => {
    const { status, stdout } = run('--synthesized', folder, '--part', 'order, values');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^order +\d+ rehearsed +0 not in order\nvalues +\d+ rehearsed +0 not in order\n$/);
  }, 60_000);

  test('prints rows as JSON', () => {
    const found = JSON.parse(run('--synthesized', folder, '--part', 'values', '--json').stdout) as readonly Row[];
    expect(found.every(({ part, outcome }) => part === 'values' && outcome === 'ok')).toBe(true);
    expect(new Set(found.map(({ subject }) => subject.split(':')[0]))).toEqual(new Set(reviewedSites.map(siteLabel)));
  }, 60_000);

  test('prints its usage, and refuses other parts and options with 2', () => {
    expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('npm run rehearse [-- options]') });
    expect(run('--part', 'orders')).toMatchObject({ status: 2, stderr: expect.stringMatching(/^--part: expected calls, .*, got orders/) });
    expect(run('--al')).toMatchObject({ status: 2, stderr: expect.stringContaining('did you mean --all?') });
  });
});

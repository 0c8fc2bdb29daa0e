// npm run recover as people run it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../../tools/synthesis/synthesize';

const folder = mkdtempSync(join(tmpdir(), 'rempart-recover-'));
afterAll(() => rmSync(folder, { recursive: true }));
const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', 'tools/recover.ts', ...args], { cwd: projectRoot, encoding: 'utf8' });

test('the estimate is printed as JSON, and its timetable is a picture', () => {
  const picture = join(folder, 'recovery.svg');
  const { status, stdout, stderr } = run('--estimate', '--json', '--svg', picture);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const value = JSON.parse(stdout) as { answeredMinutes: number; path: readonly { type?: string }[]; others: readonly unknown[] };
  expect(value.answeredMinutes).toBeLessThanOrEqual(120);
  expect(value.path.map(({ type }) => type)).toContain('AWS::RDS::DBCluster');
  expect(value.others).toHaveLength(6);
  expect(readFileSync(picture, 'utf8')).toMatch(/^<svg [\s\S]*DatabaseCluster[\s\S]*<\/svg>\n$/);
});

test('without --estimate, the command refuses and prints its usage', () => {
  const { status, stderr } = run();
  expect(status).toBe(2);
  expect(stderr).toContain('command line: expected --estimate, got nothing; add it');
});

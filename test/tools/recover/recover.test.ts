// npm run recover as people run it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
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

test.each([
  [['--apply'], '--erasures: expected a list of the erasures since the recovery point, got none; add it, or --without erasures'],
  [['--apply', '--erasures', 'x', '--without', 'erasures'], '--without erasures: expected no --erasures beside it, got one'],
  [['--without', 'checks'], '--without: expected erasures or lake, got checks'],
  [['--accept-age', '0'], '--accept-age: expected a number of hours from 1 to 744, got 0'],
  [['--snapshot', 'snap-1'], '--snapshot: expected the ARN of a snapshot of a database cluster, got snap-1'],
])('%j is refused before anything is read', (args, message) => {
  const { status, stderr } = run(...args);
  expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
});

test('a plan without credentials says what to do, prints the critical path, and changes nothing', () => {
  const out = join(folder, 'log');
  const { AWS_ACCESS_KEY_ID: _key, AWS_PROFILE: _profile, ...env } = process.env;
  const args = ['--import', 'tsx', 'tools/recover.ts', '--deployment', 'staging', '--without', 'erasures', '--json', '--out', out];
  const offline = { ...env, AWS_EC2_METADATA_DISABLED: 'true', AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_CONFIG_FILE: '/dev/null' };
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: projectRoot, encoding: 'utf8', env: offline });
  const plan = JSON.parse(stdout) as { steps: { step: string; reason?: string }[]; estimate: { path: unknown[] } };
  expect(status).toBe(1);
  expect(plan.steps[0]).toMatchObject({ step: 'account', stops: true, reason: expect.stringContaining('sign in with aws sso login') });
  expect(plan.estimate.path.length).toBeGreaterThan(10);
  expect(existsSync(out)).toBe(false);
});

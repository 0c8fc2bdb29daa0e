// The simulation runs on the settings that production would be deployed with.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../../tools/synthesis/synthesize';
import { commandArguments } from '../command-arguments';

const run = (...args: string[]) =>
  spawnSync(process.execPath, commandArguments('tools/measure/simulate-scaling.ts', ...args), { cwd: projectRoot, encoding: 'utf8' });

test('a day with a spot is played on the fleet of production, and drawn', () => {
  const folder = mkdtempSync(join(tmpdir(), 'scaling-'));
  try {
    const { status, stdout, stderr } = run('--scenario', 'tv-spot', '--json', '--svg', folder);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { settings, path, results } = JSON.parse(stdout);
    expect(settings.minimum).toBeGreaterThanOrEqual(2);
    expect(settings.targetPerMinute).toBeGreaterThan(0);
    expect(settings.stepScaling).not.toEqual([]);
    expect(results).toHaveLength(1);
    expect(results[0].hits).toBeGreaterThan(0);
    // Twenty times the traffic waits for the stream, and every hit of it is stored in time.
    expect(path.ingest.maxAgeSeconds).toBeGreaterThan(results[0].worst.whole);
    expect(results[0].worst.spool).toBeGreaterThan(0);
    expect(results[0].bottlenecks.length).toBeGreaterThan(0);
    expect(results[0].balance).toMatchObject({ deadLetters: 0 });
    expect(results[0].balance.stored).toBeCloseTo(results[0].balance.accepted, 0);
    expect(readFileSync(join(folder, 'tv-spot.svg'), 'utf8')).toContain('</svg>');
    expect(existsSync(join(folder, 'million.svg'))).toBe(false);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);

test.each([
  [['--scenario', 'flood'], '--scenario: expected tv-spot, million or all, got flood'],
  [['--capacity', '0'], '--capacity: expected a whole number of 1 or more, got 0'],
  [['--shards', '0'], '--shards: expected a whole number of 1 or more, got 0'],
  [['--rows-per-acu', 'many'], '--rows-per-acu: expected a whole number of 1 or more, got many'],
  [['--boot', 'soon'], '--boot: expected a whole number of 0 or more, got soon'],
])('%j is refused with exit code 2 and the usage', (args, message) => {
  const { status, stdout, stderr } = run(...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).toContain('npm run simulate:scaling');
});

test('--help explains', () => {
  expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--scenario tv-spot|million|all') });
});

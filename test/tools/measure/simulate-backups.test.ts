// The simulation of nights: nothing is missed by the function, and much is by a function that is broken on purpose.
import { spawnSync } from 'node:child_process';
import type { RecoveryPointByBackupVault } from '@aws-sdk/client-backup';
import { examine } from '../../../lambda/backup/backup-freshness/examine';
import type { Region } from '../../../lambda/backup/backup-freshness/sources';
import { offset, planTimes } from '../../../tools/measure/simulate-backups/daylight';
import { simulate } from '../../../tools/measure/simulate-backups/simulate';
import { projectRoot } from '../../../tools/synthesis/synthesize';
import { commandArguments } from '../command-arguments';

const run = (...args: string[]) =>
  spawnSync(process.execPath, commandArguments('tools/measure/simulate-backups.ts', ...args), { cwd: projectRoot, encoding: 'utf8' });

test.each([7, 8])(
  '40 nights of faults, seed %d: every gap is alarmed, every wrong found, and nothing reported that is not so',
  async (seed) => {
    const report = await simulate({ nights: 40, seed, perDay: 2 });
    expect(report.misses).toEqual([]);
    expect(report.falseFindings).toEqual([]);
    expect(Object.keys(report.faults).length).toBeGreaterThan(12);
    expect(Object.values(report.gaps).reduce((sum, { all }) => sum + all, 0)).toBeGreaterThan(5);
  },
  60_000,
);

test('a quiet month with two backups a day raises no alarm, through the change of daylight time', async () => {
  const report = await simulate({ nights: 40, seed: 1, perDay: 2, faultRate: 0 });
  expect(report).toMatchObject({ runs: 960, alarmHours: {}, found: {}, falseAlarmHours: 0, falseFindings: [], misses: [] });
}, 60_000);

test('one backup a day cannot keep 24 hours: each ends after the data of the one before is older', async () => {
  const { gaps, misses } = await simulate({ nights: 10, seed: 1, perDay: 1, faultRate: 0 });
  expect(gaps['production-copies']?.all).toBeGreaterThan(5);
  expect(misses).toEqual([]);
});

/** A function whose reading of the points of each vault is changed. */
const reading = (change: (points: RecoveryPointByBackupVault[]) => RecoveryPointByBackupVault[]): typeof examine => {
  const changed = (region: Region): Region => ({ ...region, points: async () => change(await region.points()) });
  return (sources, scope, now) =>
    examine({ ...sources, home: changed(sources.home), ...(sources.copies ? { copies: changed(sources.copies) } : {}) }, scope, now);
};
const each = (change: (point: RecoveryPointByBackupVault) => RecoveryPointByBackupVault) => reading((points) => points.map(change));

const broken: readonly (readonly [name: string, broken: typeof examine])[] = [
  ['takes a partial point for a good one', each((point) => ({ ...point, ...(point.Status === 'PARTIAL' ? { Status: 'COMPLETED' } : {}) }))],
  [
    'counts from the completion',
    each(({ InitiationDate: _, ...point }) => ({ ...point, ...(point.CompletionDate ? { CreationDate: point.CompletionDate } : {}) })),
  ],
  ['takes any key', async (sources, scope, now) => examine(sources, { ...scope, keys: [...scope.keys, strangeKey] }, now)],
  ['does not read the copies', ({ copies: _, ...sources }, scope, now) => examine(sources, scope, now)],
  ['forgets a store', (sources, scope, now) => examine(sources, { ...scope, stores: scope.stores.slice(1) }, now)],
  [
    'takes what it cannot read for good',
    async (sources, scope, now) => {
      const { ages, ...rest } = await examine(sources, scope, now);
      return { ...rest, ages: { 'production-backups': 1, 'production-copies': 1, ...ages }, unseen: [] };
    },
  ],
  [
    'trusts a continuous backup without events',
    (sources, scope, now) => {
      const state = async () => ({ versioned: true, reportsEvents: true });
      return examine({ ...sources, buckets: { ...sources.buckets, state } }, scope, now);
    },
  ],
  [
    'rounds to days',
    async (sources, scope, now) => {
      const { ages, ...rest } = await examine(sources, scope, now);
      return { ...rest, ages: Object.fromEntries(Object.entries(ages).map(([vault, hours]) => [vault, 24 * Math.floor(hours / 24)])) };
    },
  ],
  ['does not see what is gone', reading((points) => points.filter(({ Status }) => Status !== 'EXPIRED'))],
];
const strangeKey = 'arn:aws:kms:eu-west-3:999999999999:key/theirs';

test.each(broken)(
  'a function that %s is caught',
  async (_, examined) => {
    const { misses } = await simulate({ nights: 60, seed: 7, perDay: 2, examine: examined });
    expect(misses.length).toBeGreaterThan(0);
  },
  60_000,
);

test('the clocks of Paris change on the last Sundays of March and October', () => {
  expect([offset(Date.UTC(2027, 2, 28, 0, 59)), offset(Date.UTC(2027, 2, 28, 1))]).toEqual([1, 2]);
  expect([offset(Date.UTC(2027, 9, 31, 0, 59)), offset(Date.UTC(2027, 9, 31, 1))]).toEqual([2, 1]);
  expect(planTimes(Date.UTC(2027, 6, 1), 2)).toEqual([Date.UTC(2027, 6, 1, 2), Date.UTC(2027, 6, 1, 14)]);
});

test('the command prints nights, faults, alarms and misses, as JSON too', () => {
  const { status, stdout, stderr } = run('--nights', '12', '--seed', '3', '--json');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ nights: 12, seed: 3, perDay: 2, misses: [] });
  expect(run('--nights', '3').stdout).toContain('misses: 0');
}, 60_000);

test.each([
  [['--nights', '0'], '--nights: expected a whole number of 1 or more, got 0'],
  [['--per-day', '5'], '--per-day: expected 1, 2, 3, 4 or 6, got 5'],
])('%j is refused with exit code 2 and the usage', (args, message) => {
  const { status, stdout, stderr } = run(...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
});

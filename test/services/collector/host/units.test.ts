// The units as systemd reads them, and what they share with the construct and the scripts.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drainSeconds, serverMetrics, spoolFolder, stopSeconds } from '../../../../lib/collection/contract';
import { hostFolder } from './machine';

const read = (name: string): string => readFileSync(join(hostFolder, name), 'utf8');
const names = readdirSync(hostFolder);
const units = names.filter((name) => /\.(service|timer)$/.test(name));
const scripts = names.filter((name) => name.endsWith('.sh'));

/** Values of a setting in a unit, in order. */
const valuesOf = (unit: string, setting: string): string[] =>
  [...read(unit).matchAll(new RegExp(`^${setting}=(.*)$`, 'gm'))].map(([, value]) => value ?? '');

test.each(scripts)('%s is bash', (script) => {
  expect(spawnSync('bash', ['-n', join(hostFolder, script)], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
});

test.each(scripts.filter((script) => script !== 'metadata.sh'))('%s stops at the first error', (script) => {
  expect(read(script)).toContain('set -euo pipefail');
});

test('systemd understands every unit, where it is installed', () => {
  if (spawnSync('systemd-analyze', ['--version']).status !== 0) {
    console.log('systemd-analyze is not installed: the units are not verified');
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'rempart-units-'));
  try {
    // What they start is on a server and not here.
    for (const unit of units) writeFileSync(join(folder, unit), read(unit).replace(/^ExecStart=\S+/gm, 'ExecStart=/bin/true'));
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...units.map((unit) => join(folder, unit))], {
      env: { ...process.env, SYSTEMD_UNIT_PATH: `${folder}:` },
      encoding: 'utf8',
    });
    const ours = `${stdout}${stderr}`.split('\n').filter((line) => units.some((unit) => line.includes(unit)));
    expect({ status, ours }).toEqual({ status: 0, ours: [] });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/**
 * Exposure that systemd-analyze may find, from 0 to 10: from 5 on it rates a unit MEDIUM, from 7.5 on EXPOSED
 * (systemd 252, analyze-security.c).
 */
const mostExposure = 4.9;

test('systemd rates no unit as exposed, where it is installed', () => {
  const services = units.filter((unit) => unit.endsWith('.service'));
  if (spawnSync('systemd-analyze', ['--version']).status !== 0) {
    console.log('systemd-analyze is not installed: the exposure of the units is not measured');
    return;
  }
  const levels = services.map((unit) => {
    const { stdout } = spawnSync('systemd-analyze', ['security', '--offline=true', '--no-pager', join(hostFolder, unit)], {
      encoding: 'utf8',
    });
    return [unit, Number(/Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1] ?? Number.NaN)] as const;
  });
  expect(levels.filter(([, level]) => !(level <= mostExposure))).toEqual([]);
});

test('no unit may gain privileges, and those of disks and patches alone have capabilities', () => {
  const services = units.filter((unit) => unit.endsWith('.service'));
  expect(services.filter((unit) => valuesOf(unit, 'NoNewPrivileges').join() !== 'yes')).toEqual([]);
  expect(services.filter((unit) => valuesOf(unit, 'CapabilityBoundingSet').join() !== '')).toEqual([
    'patches.service',
    'spool-disks.service',
  ]);
});

test('the spool is mounted for the whole server: its unit has no file systems of its own', () => {
  const own =
    /^(?:Protect(?:System|Home|KernelTunables|KernelModules|KernelLogs|ControlGroups|Proc|Clock|Hostname)|Private\w+|(?:ReadOnly|ReadWrite|Inaccessible)Paths|ProcSubset|DynamicUser)=/m;
  expect(read('spool-disks.service')).not.toMatch(own);
});

test('each unit starts what is brought to the server', () => {
  const commands = units.flatMap((unit) => valuesOf(unit, 'ExecStart')).map((command) => command.split(' '));
  for (const [path = '', argument = ''] of commands) {
    const own = [path, argument].filter((part) => part.startsWith('/opt/rempart/')).map((part) => part.slice('/opt/rempart/'.length));
    for (const name of own) expect([...names, 'collector.cjs']).toContain(name);
    if (own.length === 0) expect(path).toBe('/usr/bin/journalctl');
  }
});

test('the watch looks at the mirror when it has come up or failed to, not before', () => {
  expect(valuesOf('array-watch.service', 'After')[0]?.split(' ')).toContain('spool-disks.service');
});

describe('the collector', () => {
  const unit = 'collector.service';

  test('has its own user, and nothing of the machine but its spool', () => {
    expect(valuesOf(unit, 'User')).toEqual(['collector']);
    expect(valuesOf(unit, 'ReadWritePaths')).toEqual([spoolFolder]);
    for (const [setting, value] of [
      ['NoNewPrivileges', 'yes'],
      ['CapabilityBoundingSet', ''],
      ['ProtectSystem', 'strict'],
      ['ProtectHome', 'yes'],
      ['PrivateTmp', 'yes'],
      ['PrivateDevices', 'yes'],
      ['RestrictNamespaces', 'yes'],
      ['SystemCallArchitectures', 'native'],
    ]) {
      expect([setting, valuesOf(unit, setting ?? '')]).toEqual([setting, [value]]);
    }
    expect(valuesOf(unit, 'SystemCallFilter')).toEqual(['@system-service', '~@privileged']);
  });

  test('never writes hits to the root disk', () => {
    expect(valuesOf(unit, 'AssertPathIsMountPoint')).toEqual([spoolFolder]);
    expect(valuesOf(unit, 'Requires')).toEqual(['spool-disks.service']);
  });

  test('is stopped before its spool is unmounted, whose unit systemd names by the folder', () => {
    expect(valuesOf(unit, 'After')[0]?.split(' ')).toContain(`${spoolFolder.slice(1).replaceAll('/', '-')}.mount`);
  });

  test('is given longer to stop than it takes, and starts again whatever happens', () => {
    expect(Number(valuesOf(unit, 'TimeoutStopSec')[0])).toBeGreaterThan(stopSeconds);
    expect(drainSeconds).toBeGreaterThan(10 * stopSeconds);
    expect(valuesOf(unit, 'Restart')).toEqual(['always']);
    expect(valuesOf(unit, 'StartLimitIntervalSec')).toEqual(['0']);
  });
});

test('script and collector report the array in one unit, as alarms behave unpredictably over two', () => {
  const units = new Set([...read('array-watch.sh').matchAll(/MetricName=ArrayDegraded,.*?Unit=(\w+)/g)].map(([, unit]) => unit));
  const own = /metric\('ArrayDegraded', .*, '(\w+)'\)/.exec(readFileSync(join(hostFolder, '../cloudwatch.ts'), 'utf8'));
  expect([...units]).toEqual([own?.[1] ?? 'none found']);
});

test('scripts publish the metrics that alarms watch', () => {
  expect(read('array-watch.sh')).toContain(`MetricName=${serverMetrics.arrayDegraded},`);
  expect(read('lifecycle.sh')).toContain(`MetricName=${serverMetrics.hitsLeft},`);
  expect(read('packages.sh')).toContain(`MetricName=${serverMetrics.packagesDiffer},`);
  expect(read('patches.sh')).toContain(`MetricName=${serverMetrics.patchesMissing},`);
  expect(readFileSync(join(hostFolder, '../cloudwatch.ts'), 'utf8')).toContain(`'${serverMetrics.spoolAge}'`);
});

// The command line of prove:server, its steps, and when it holds. The server itself boots by `npm run prove:server`
// alone.
import { spawnSync } from 'node:child_process';
import { dataDisks } from '../../../../tools/measure/prove-server/bench';
import { differences } from '../../../../tools/measure/prove-server/differences';
import { FleetStandIn } from '../../../../tools/measure/prove-server/fleet';
import { optionsOf } from '../../../../tools/measure/prove-server/options';
import { holds, type Proof } from '../../../../tools/measure/prove-server/prove';
import { figuresIn } from '../../../../tools/measure/prove-server/region';
import { failing, steps } from '../../../../tools/measure/prove-server/steps';
import { projectRoot } from '../../../../tools/synthesis/synthesize';
import { commandArguments } from '../../command-arguments';

const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, commandArguments('tools/measure/prove-server.ts', ...args), {
    cwd: projectRoot,
    encoding: 'utf8',
  });

test('prints its usage, and the differences of its server', () => {
  expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('npm run prove:server') });
  const { stdout } = run('--differences');
  for (const { what } of differences) expect(stdout).toContain(what);
  expect(JSON.parse(run('--differences', '--json').stdout)).toEqual(differences);
});

test.each([
  [['--fast'], 'command line: expected --folder, --kvm, --keep, --differences, --json or --help, got --fast; remove it'],
  [['--folder', ''], '--folder: expected a folder outside of the repository, got ""'],
  [['--folder', 'image'], '--folder: expected a folder outside of the repository, got "image"'],
])('refuses %j', (args, message) => {
  const { status, stderr } = run(...args);
  expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(message) });
});

test('emulates in software and removes its run, unless options change that', () => {
  expect(optionsOf({ folder: '/images' })).toEqual({ folder: '/images', acceleration: 'tcg', keep: false });
  expect(optionsOf({ folder: '/images', kvm: true, keep: true })).toEqual({ folder: '/images', acceleration: 'kvm', keep: true });
});

describe('the proof', () => {
  const all = [...steps, failing].map(({ name, proves }) => ({ name, proves, seconds: 1, seen: ['seen'] }));
  const proof: Proof = { steps: all, seconds: 7, refused: [], folders: [] };

  test('has the steps of the promise, in this order', () => {
    expect(all.map(({ name }) => name)).toEqual(['boot', 'hits', 'power cut', 'disk lost', 'one disk', 'drain', 'failed boot']);
  });

  test('holds when every step does', () => expect(holds(proof)).toBe(true));

  test.each<[string, Partial<Proof>]>([
    ['a step that fails', { steps: all.map((step, index) => (index === 3 ? { ...step, failure: 'no' } : step)) }],
    ['a step that was not run', { steps: all.slice(0, -1) }],
    ['a call that no stand-in answers', { refused: ['GET sts'] }],
  ])('does not hold with %s', (_, change) => expect(holds({ ...proof, ...change })).toBe(false));
});

describe('the stand-in of the fleet', () => {
  const call = (verb: string, hook: string, instance = 'i-1') =>
    new URLSearchParams({ Action: verb, LifecycleHookName: hook, InstanceId: instance, LifecycleActionResult: 'CONTINUE' });

  test('accepts a completion while the hook waits, once, and of its server only', () => {
    const fleet = new FleetStandIn('i-1');
    expect(fleet.take(call('CompleteLifecycleAction', 'ready'))[1]).toContain('No active Lifecycle Action found with instance ID i-1');
    fleet.begin('ready');
    expect(fleet.take(call('CompleteLifecycleAction', 'ready', 'i-2'))[0]).toBe(400);
    expect(fleet.take(call('RecordLifecycleActionHeartbeat', 'ready'))[0]).toBe(200);
    expect(fleet.results('ready')).toEqual([]);
    expect(fleet.take(call('CompleteLifecycleAction', 'ready'))[0]).toBe(200);
    expect(fleet.take(call('CompleteLifecycleAction', 'ready'))[0]).toBe(400);
    expect(fleet.results('ready')).toEqual(['CONTINUE']);
  });
});

test('figures are read as the AWS CLI sends them', () => {
  const group = 'MetricData.member.1.Dimensions.member.1.Name=AutoScalingGroupName&MetricData.member.1.Dimensions.member.1.Value=a';
  const form = new URLSearchParams(`MetricData.member.1.MetricName=ArrayDegraded&MetricData.member.1.Value=1.0&${group}`);
  expect(figuresIn(form)).toEqual([{ name: 'ArrayDegraded', value: 1, by: 'script', dimensions: ['AutoScalingGroupName'] }]);
});

test('data disks are read as the scripts read them', () => {
  const settings = new Map([['DISKS', '"sdf sdg sdh sdi"']]);
  expect(dataDisks({ region: '', userData: '', files: [], settings })).toEqual(['sdf', 'sdg', 'sdh', 'sdi']);
});

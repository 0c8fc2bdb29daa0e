// The state of the mirror, as sysfs has it, becomes a metric. The metadata service and the AWS CLI are stubs.
import { join } from 'node:path';
import { hostFolder, Machine, metadata } from './machine';

const script = join(hostFolder, 'array-watch.sh');
let machine: Machine;

beforeEach(() => {
  machine = new Machine({ curl: metadata, aws: '[[ ! -e "$root/refused" ]]' });
  machine.write('metadata/instance-id', 'i-0a1b');
});
afterEach(() => machine.remove());

const array = (state: string, degraded: number, disks = 2) => {
  const folder = 'sys/block/md127/md';
  machine.write(`${folder}/array_state`, `${state}\n`);
  machine.write(`${folder}/degraded`, `${degraded}\n`);
  machine.write(`${folder}/raid_disks`, `${disks}\n`);
};

const told = (value: number) =>
  `aws cloudwatch put-metric-data --namespace Rempart/example --metric-data ` +
  `MetricName=ArrayDegraded,Value=${value},Unit=Count,Dimensions=[{Name=AutoScalingGroupName,Value=example-collectors}] ` +
  `MetricName=ArrayDegraded,Value=${value},Unit=Count,Dimensions=[{Name=AutoScalingGroupName,Value=example-collectors},{Name=InstanceId,Value=i-0a1b}]`;

test.each(['clean', 'active', 'active-idle', 'write-pending', 'read-auto'])(
  'a whole array that is %s is told as whole, of the fleet and of the server',
  (state) => {
    array(state, 0);
    const { status, calls } = machine.run(script);
    expect(status).toBe(0);
    expect(calls.at(-1)).toBe(told(0));
  },
);

test.each<[string, string, number, number]>([
  ['lacks a disk', 'clean', 1, 2],
  ['does not run', 'inactive', 0, 2],
  ['is broken', 'broken', 0, 2],
  ['takes no writes', 'readonly', 0, 2],
  ['has one disk by design', 'clean', 0, 1],
])('an array that %s is told as degraded', (_, state, degraded, disks) => {
  array(state, degraded, disks);
  const { status, calls, output } = machine.run(script);
  expect(status).toBe(0);
  expect(calls.at(-1)).toBe(told(1));
  expect(output).toContain('array-watch: expected');
});

test('a server without an array is reported as degraded', () => {
  expect(machine.run(script).calls.at(-1)).toBe(told(1));
});

test('a report that fails makes the unit fail, which the journal shows', () => {
  array('clean', 0);
  machine.write('refused', '');
  expect(machine.run(script).status).not.toBe(0);
});

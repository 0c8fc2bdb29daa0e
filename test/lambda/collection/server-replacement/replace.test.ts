// The choice of the server to replace. The fleet is a mock with the SDK's types.
import type { AutoScalingGroup, Instance } from '@aws-sdk/client-auto-scaling';
import fc from 'fast-check';
import { type Fleet, replaceOne } from '../../../../lambda/collection/server-replacement/replace';

const server = (id: string, rest: Partial<Instance> = {}): Instance => ({
  InstanceId: id,
  LifecycleState: 'InService',
  HealthStatus: 'Healthy',
  AvailabilityZone: 'eu-west-3a',
  ProtectedFromScaleIn: false,
  ...rest,
});

function groupOf(instances: Instance[], rest: Partial<AutoScalingGroup> = {}): AutoScalingGroup {
  return {
    AutoScalingGroupName: 'example-collectors',
    MinSize: 3,
    MaxSize: 40,
    DesiredCapacity: 3,
    DefaultCooldown: 300,
    AvailabilityZones: ['eu-west-3a'],
    HealthCheckType: 'ELB',
    CreatedTime: new Date(0),
    Instances: instances,
    ...rest,
  };
}

/** A mock of the fleet in which these servers report a degraded array. */
function mockOf(group: AutoScalingGroup | undefined, ...degraded: string[]) {
  const marked: string[] = [];
  const asked: (readonly string[])[] = [];
  const fleet: Fleet = {
    describe: async () => group,
    degraded: async (instances) => {
      asked.push(instances);
      return new Set(degraded);
    },
    markUnhealthy: async (instance) => void marked.push(instance),
  };
  return { fleet, marked, asked };
}

const three = [server('i-1'), server('i-2'), server('i-3')];

test('a server with a degraded array is marked unhealthy, with the reason', async () => {
  const { fleet, marked, asked } = mockOf(groupOf(three), 'i-2');
  await expect(replaceOne(fleet)).resolves.toEqual({
    replaced: 'i-2',
    because: 'its array is degraded, and all 3 servers are in service',
  });
  expect(marked).toEqual(['i-2']);
  expect(asked).toEqual([['i-1', 'i-2', 'i-3']]);
});

test('of two degraded servers one is replaced, and the other follows', async () => {
  const { fleet, marked } = mockOf(groupOf(three), 'i-3', 'i-1');
  await expect(replaceOne(fleet)).resolves.toMatchObject({ replaced: 'i-1', because: expect.stringContaining('i-3 will follow') });
  expect(marked).toEqual(['i-1']);
});

test('a fleet without a degraded array is left alone', async () => {
  const { fleet, marked } = mockOf(groupOf(three));
  await expect(replaceOne(fleet)).resolves.toEqual({ because: 'no server reports a degraded array' });
  expect(marked).toEqual([]);
});

test.each<[string, Instance]>([
  ['is being started', server('i-4', { LifecycleState: 'Pending:Wait' })],
  ['is being drained', server('i-4', { LifecycleState: 'Terminating:Wait', HealthStatus: 'Unhealthy' })],
  ['was marked a moment ago', server('i-4', { HealthStatus: 'Unhealthy' })],
])('no server is replaced while another %s', async (_, other) => {
  const { fleet, marked } = mockOf(groupOf([...three, other]), 'i-1');
  await expect(replaceOne(fleet)).resolves.toMatchObject({
    because: expect.stringMatching(/^i-1 degraded, but i-4 is \S+ and \w+: one server at a time$/),
  });
  expect(marked).toEqual([]);
});

test.each(['Warmed:Stopped', 'Warmed:Pending:Wait', 'Standby', 'Detached', 'Terminating:Retained'] as const)(
  'one that is %s does not count',
  async (LifecycleState) => {
    const { fleet, marked } = mockOf(groupOf([...three, server('i-4', { LifecycleState })]), 'i-1');
    await replaceOne(fleet);
    expect(marked).toEqual(['i-1']);
  },
);

test.each<[string, Partial<AutoScalingGroup>]>([
  ['the minimum', { MinSize: 4 }],
  ['what it should have', { DesiredCapacity: 5 }],
])('a fleet below %s is left alone', async (_, rest) => {
  const { fleet, marked } = mockOf(groupOf(three, rest), 'i-1');
  await expect(replaceOne(fleet)).resolves.toMatchObject({ because: expect.stringContaining('only 3 of') });
  expect(marked).toEqual([]);
});

test('reports of terminated servers are ignored', async () => {
  const { fleet, marked } = mockOf(groupOf(three), 'i-9');
  await expect(replaceOne(fleet)).resolves.toEqual({ because: 'no server reports a degraded array' });
  expect(marked).toEqual([]);
});

test('a missing group is an error', async () => {
  await expect(replaceOne(mockOf(undefined).fleet)).rejects.toThrow('GROUP: expected an auto scaling group, got none');
});

const seed = 20_264;
test(`whatever the fleet, at most one is marked, and never where fewer than the minimum would be whole (seed ${seed})`, async () => {
  const state = fc.constantFrom('InService', 'Pending', 'Pending:Wait', 'Terminating', 'Terminating:Wait', 'Standby', 'Warmed:Stopped');
  const instance = fc.record({ LifecycleState: state, HealthStatus: fc.constantFrom('Healthy', 'Unhealthy'), degraded: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(instance, { maxLength: 8 }), fc.integer({ min: 2, max: 6 }), async (drawn, MinSize) => {
      const instances = drawn.map((one, index) => server(`i-${index}`, one));
      const degraded = drawn.flatMap((one, index) => (one.degraded ? [`i-${index}`] : []));
      const { fleet, marked } = mockOf(groupOf(instances, { MinSize, DesiredCapacity: MinSize }), ...degraded);
      await replaceOne(fleet);
      expect(marked.length).toBeLessThanOrEqual(1);
      const whole = instances.filter(({ LifecycleState, HealthStatus }) => LifecycleState === 'InService' && HealthStatus === 'Healthy');
      if (marked.length > 0) expect(whole.length).toBeGreaterThanOrEqual(MinSize);
      for (const id of marked) expect(degraded).toContain(id);
    }),
    { seed, numRuns: 300 },
  );
});

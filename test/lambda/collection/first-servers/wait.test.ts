// Waits as long as it may, and not longer; what it found last is what it says.
import type { TargetHealthDescription, TargetHealthStateEnum } from '@aws-sdk/client-elastic-load-balancing-v2';
import { waitForServers } from '../../../../lambda/collection/first-servers/wait';

const target = (Id: string, State: TargetHealthStateEnum, Reason?: 'Target.Timeout'): TargetHealthDescription => ({
  Target: { Id, Port: 8080 },
  TargetHealth: { State, ...(Reason ? { Reason } : {}) },
});

/** A mock of the load balancer that gives these answers one after the other, the last one for ever, within this time. */
function mockOf(milliseconds: number, ...answers: readonly (readonly TargetHealthDescription[] | Error)[]) {
  let now = 0;
  let asked = 0;
  const surroundings = {
    async targets() {
      const answer = answers[Math.min(asked++, answers.length - 1)] ?? [];
      if (answer instanceof Error) throw answer;
      return answer;
    },
    remaining: () => milliseconds - now,
    async pause(pause: number) {
      now += pause;
    },
  };
  return { surroundings, asked: () => asked, waited: () => now };
}

const healthy = [target('i-1', 'healthy'), target('i-2', 'healthy')];

test('two healthy servers are enough, at once', async () => {
  const { surroundings, asked } = mockOf(60_000, healthy);
  await expect(waitForServers(surroundings, 2)).resolves.toBe(2);
  expect(asked()).toBe(1);
});

test('it asks again until they are', async () => {
  const { surroundings, waited } = mockOf(
    60_000,
    [],
    [target('i-1', 'initial')],
    [target('i-1', 'healthy'), target('i-2', 'initial')],
    healthy,
  );
  await expect(waitForServers(surroundings, 2)).resolves.toBe(2);
  expect(waited()).toBe(30_000);
});

test.each<[string, readonly TargetHealthDescription[], string]>([
  ['no server registers', [], 'got 0 of 0 registered;'],
  ['one is too few', [target('i-1', 'healthy')], 'got 1 of 1 registered: i-1 healthy;'],
  [
    'they are unhealthy',
    [target('i-1', 'unhealthy', 'Target.Timeout'), target('i-2', 'draining')],
    'got 0 of 2 registered: i-1 unhealthy Target.Timeout, i-2 draining;',
  ],
])('fails in time where %s, and says what it found', async (_, found, said) => {
  const { surroundings, waited } = mockOf(60_000, found);
  const wait = waitForServers(surroundings, 2);
  await expect(wait).rejects.toThrow(`expected 2 healthy servers behind the load balancer, ${said} read the log group`);
  expect(waited()).toBeLessThan(60_000);
});

test('a refusal of AWS is not the end, and is said if it stays', async () => {
  const denied = new Error('AccessDenied');
  await expect(waitForServers(mockOf(60_000, denied, healthy).surroundings, 2)).resolves.toBe(2);
  await expect(waitForServers(mockOf(30_000, denied).surroundings, 2)).rejects.toThrow('got no answer of the load balancer: AccessDenied;');
});

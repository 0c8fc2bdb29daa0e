// The wait ends within its time limit, with its last result.
import type { TargetHealthDescription, TargetHealthStateEnum } from '@aws-sdk/client-elastic-load-balancing-v2';
import { waitForServers } from '../../../../lambda/collection/first-servers/wait';

const target = (Id: string, State: TargetHealthStateEnum, Reason?: 'Target.Timeout'): TargetHealthDescription => ({
  Target: { Id, Port: 8080 },
  TargetHealth: { State, ...(Reason ? { Reason } : {}) },
});

/** A mock of the load balancer with these results in sequence, the last one repeated, within this time. */
function mockOf(milliseconds: number, ...answers: readonly (readonly TargetHealthDescription[] | Error)[]) {
  let now = 0;
  let asked = 0;
  const parts = {
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
  return { parts, asked: () => asked, waited: () => now };
}

const healthy = [target('i-1', 'healthy'), target('i-2', 'healthy')];

test('two healthy servers end the wait at once', async () => {
  const { parts, asked } = mockOf(60_000, healthy);
  await expect(waitForServers(parts, 2)).resolves.toBe(2);
  expect(asked()).toBe(1);
});

test('the wait repeats its request until two servers are healthy', async () => {
  const { parts, waited } = mockOf(60_000, [], [target('i-1', 'initial')], [target('i-1', 'healthy'), target('i-2', 'initial')], healthy);
  await expect(waitForServers(parts, 2)).resolves.toBe(2);
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
  const { parts, waited } = mockOf(60_000, found);
  const wait = waitForServers(parts, 2);
  await expect(wait).rejects.toThrow(`expected 2 healthy servers behind the load balancer, ${said} read the log group`);
  expect(waited()).toBeLessThan(60_000);
});

test('a rejected request is repeated, and reported at the end of the time', async () => {
  const denied = new Error('AccessDenied');
  await expect(waitForServers(mockOf(60_000, denied, healthy).parts, 2)).resolves.toBe(2);
  await expect(waitForServers(mockOf(30_000, denied).parts, 2)).rejects.toThrow(
    'got no response from Elastic Load Balancing: AccessDenied;',
  );
});

// The wait for a first datapoint, with a clock and a CloudWatch of the test's.
import type { FirstDatapointProperties } from '../../../../lambda/alarms/first-datapoint/env';
import { firstDatapoint, longestWait, type WaitParts } from '../../../../lambda/alarms/first-datapoint/wait';

const properties: FirstDatapointProperties = {
  Namespace: 'AWS/Lambda',
  MetricName: 'Invocations',
  Statistic: 'Sum',
  Dimensions: [{ Name: 'FunctionName', Value: 'example-database-upkeep' }],
  AtLeast: '1',
  Invoke: 'example-database-upkeep',
};

function world(values: readonly (number | undefined)[]) {
  const invoked: string[] = [];
  let time = 0;
  let reads = 0;
  const parts: WaitParts = {
    invoke: async (name) => {
      invoked.push(name);
    },
    newest: async () => values[Math.min(reads++, values.length - 1)],
    pause: async (milliseconds) => {
      time += milliseconds;
    },
    now: () => time,
  };
  return { parts, invoked, time: () => time };
}

const { signal } = new AbortController();

beforeEach(() => {
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(() => {
  jest.restoreAllMocks();
});

test('invokes the function once, and ends when CloudWatch has the metric', async () => {
  const { parts, invoked, time } = world([undefined, undefined, 1]);
  await expect(firstDatapoint(properties, parts, signal)).resolves.toEqual({ Datapoint: 'there' });
  expect(invoked).toEqual(['example-database-upkeep']);
  expect(time()).toBe(30_000);
});

test('a value below the minimum does not end the wait', async () => {
  const { parts, time } = world([2, 2, 3]);
  await firstDatapoint({ ...properties, AtLeast: '3' }, parts, signal);
  expect(time()).toBe(30_000);
});

test('without a function it invokes none', async () => {
  const { Invoke: _, ...rest } = properties;
  const { parts, invoked } = world([1]);
  await firstDatapoint(rest, parts, signal);
  expect(invoked).toEqual([]);
});

test('gives up in time, and the deployment continues', async () => {
  const { parts, time } = world([undefined]);
  const { Datapoint } = await firstDatapoint(properties, parts, signal);
  expect(Datapoint).toBe(
    'Invocations: expected at least 1 within 13 minutes, got no datapoint; read the logs of its source, and deploy again',
  );
  expect(time()).toBe(longestWait);
  expect(console.warn).toHaveBeenCalled();
});

test('a refused call fails no deployment', async () => {
  const refusing = { ...world([1]).parts, invoke: () => Promise.reject(new Error('AccessDenied')) };
  await expect(firstDatapoint(properties, refusing, signal)).resolves.toEqual({ Datapoint: 'AccessDenied' });
});

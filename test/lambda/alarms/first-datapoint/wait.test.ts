// The wait for a first datapoint, with a clock and a CloudWatch of the test's.
import type { FirstDatapointProperties } from '../../../../lambda/alarms/first-datapoint/env';
import {
  firstDatapoint,
  longestWait,
  type Newest,
  newestOf,
  requestFor,
  type WaitParts,
} from '../../../../lambda/alarms/first-datapoint/wait';

const properties: FirstDatapointProperties = {
  Namespace: 'AWS/Lambda',
  MetricName: 'Invocations',
  Statistic: 'Sum',
  Dimensions: [{ Name: 'FunctionName', Value: 'example-database-upkeep' }],
  AtLeast: '1',
  Invoke: 'example-database-upkeep',
};

/** A time at the beginning of a minute. */
const begun = Date.UTC(2026, 10, 28, 4, 15);

/** Values as CloudWatch shows them one after the other, each of the minute in which it is read. */
function world(values: readonly (number | undefined)[]) {
  const invoked: string[] = [];
  let time = begun;
  let reads = 0;
  const parts: WaitParts = {
    invoke: async (name) => {
      invoked.push(name);
    },
    newest: async () => {
      const value = values[Math.min(reads++, values.length - 1)];
      return value === undefined ? undefined : { value, minute: time - (time % 60_000) };
    },
    pause: async (milliseconds) => {
      time += milliseconds;
    },
    now: () => time,
    elapsed: () => time,
  };
  return { parts, invoked, time: () => time - begun };
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

/** A function whose first runs fail, each in the minute of its invocation; CloudWatch shows a run a minute later. */
function failing(runs: number) {
  const { parts, ...rest } = world([]);
  const shown: Newest[] = [];
  const invocations: number[] = [];
  return {
    ...rest,
    invocations,
    parts: {
      ...parts,
      invoke: async () => {
        invocations.push(rest.time());
        shown.push({ value: invocations.length > runs ? 1 : 0, minute: parts.now() - (parts.now() % 60_000) });
      },
      newest: async () => shown.findLast(({ minute }) => parts.now() - minute >= 60_000),
    },
  };
}

test('invokes the function again after a run that failed, and ends when one has succeeded', async () => {
  const { parts, invocations } = failing(2);
  await expect(firstDatapoint(properties, parts, signal)).resolves.toEqual({ Datapoint: 'there' });
  expect(invocations).toEqual([0, 150_000, 300_000]);
});

test('invokes a function that fails four times at most', async () => {
  const { parts, invocations, time } = failing(99);
  const { Datapoint } = await firstDatapoint(properties, parts, signal);
  expect(Datapoint).toContain('expected at least 1 within 13 minutes, got 0;');
  expect(invocations).toHaveLength(4);
  expect(time()).toBe(longestWait);
});

test('a run that failed before the invocation is no reason for another', async () => {
  const { parts, invoked } = world([undefined]);
  await firstDatapoint(properties, { ...parts, newest: async () => ({ value: 0, minute: begun - 60_000 }) }, signal);
  expect(invoked).toHaveLength(1);
});

/** Rejects so many times before the call is made. */
function refusing<Input, Output>(times: number, call: (input: Input) => Promise<Output>): (input: Input) => Promise<Output> {
  let left = times;
  return async (input) => {
    if (left-- > 0) throw new Error('AccessDenied');
    return await call(input);
  };
}

test('a refused invocation or query is repeated: a policy that is seconds old is not in force everywhere', async () => {
  const { parts, invoked, time } = world([1]);
  const late = { ...parts, invoke: refusing(3, parts.invoke), newest: refusing(5, parts.newest) };
  await expect(firstDatapoint(properties, late, signal)).resolves.toEqual({ Datapoint: 'there' });
  expect(invoked).toEqual(['example-database-upkeep']);
  expect(time()).toBe(75_000);
});

test('calls that are refused to the end fail no deployment, and the reason is in the answer', async () => {
  const { parts, time } = world([undefined]);
  const { Datapoint } = await firstDatapoint(properties, { ...parts, invoke: refusing(99, parts.invoke) }, signal);
  expect(Datapoint).toContain('got no datapoint, AccessDenied; read the logs');
  expect(time()).toBe(longestWait);
});

test('an aborted wait ends', async () => {
  const { parts } = world([undefined]);
  const pause = () => Promise.reject(new Error('aborted'));
  await expect(firstDatapoint(properties, { ...parts, pause }, signal)).resolves.toEqual({ Datapoint: 'aborted' });
});

test('a run that failed is no success: failures are subtracted, and a minute without them has no value', () => {
  const { MetricDataQueries: queries = [] } = requestFor({ ...properties, Failures: 'Errors' }, new Date(begun));
  expect(queries.filter(({ ReturnData }) => ReturnData)).toEqual([{ Id: 'succeeded', Expression: 'metric - failures', ReturnData: true }]);
  const { Namespace, Dimensions } = properties;
  expect(queries.filter(({ ReturnData }) => !ReturnData)).toEqual(
    Object.entries({ metric: 'Invocations', failures: 'Errors' }).map(([Id, MetricName]) => ({
      Id,
      MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: 60, Stat: 'Sum' },
      ReturnData: false,
    })),
  );
});

test('the newest value comes first, with its minute', () => {
  const Timestamps = [new Date(begun), new Date(begun - 60_000)];
  expect(newestOf({ MetricDataResults: [{ Values: [0, 1], Timestamps }] })).toEqual({ value: 0, minute: begun });
  expect(newestOf({ MetricDataResults: [{ Values: [], Timestamps: [] }] })).toBeUndefined();
});

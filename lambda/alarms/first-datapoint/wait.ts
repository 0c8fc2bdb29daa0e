// Waits until CloudWatch has the first datapoint of a metric, after it has invoked the function that publishes it.
import type { GetMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';
import type { FirstDatapointProperties } from './env';

/** What the wait needs of AWS, and of time. */
export interface WaitParts {
  /** Invokes a function asynchronously: Lambda repeats what fails, and what fails again goes to its dead letters. */
  invoke(functionName: string): Promise<void>;
  /** The newest value of the metric, if there is one. */
  newest(properties: FirstDatapointProperties): Promise<number | undefined>;
  /** Resolves after so many milliseconds, or rejects when the signal is aborted. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Milliseconds of any clock that only goes forward. */
  now(): number;
}

export interface Waited {
  /** `there`, or why it is not. */
  readonly Datapoint: string;
}

/** Longest wait, in milliseconds: Lambda ends the function after 15 minutes. */
export const longestWait = 13 * 60_000;

/** CloudWatch shows what is published within a minute or two. */
const interval = 15_000;

/**
 * Never throws: without a datapoint the alarm that waits for it is created and raised, which is its purpose.
 */
export async function firstDatapoint(properties: FirstDatapointProperties, parts: WaitParts, signal: AbortSignal): Promise<Waited> {
  try {
    if (properties.Invoke !== undefined) await parts.invoke(properties.Invoke);
    await datapoint(properties, parts, signal);
    return { Datapoint: 'there' };
  } catch (error) {
    console.warn(error);
    return { Datapoint: error instanceof Error ? error.message : String(error) };
  }
}

async function datapoint(properties: FirstDatapointProperties, parts: WaitParts, signal: AbortSignal): Promise<void> {
  const { MetricName, AtLeast } = properties;
  const begun = parts.now();
  for (;;) {
    const newest = await parts.newest(properties);
    if (newest !== undefined && newest >= Number(AtLeast)) return;
    if (parts.now() - begun >= longestWait) {
      const wanted = `${MetricName}: expected at least ${AtLeast} within ${longestWait / 60_000} minutes, got ${newest ?? 'no datapoint'}`;
      throw new Error(`${wanted}; read the logs of what publishes it, and deploy again`);
    }
    await parts.pause(interval, signal);
  }
}

/** The request for the newest value: datapoints of a minute, of the last hour, the newest first. */
export function requestFor(properties: FirstDatapointProperties, now: Date): GetMetricDataCommandInput {
  const { Namespace, MetricName, Dimensions, Statistic } = properties;
  return {
    StartTime: new Date(now.getTime() - 3_600_000),
    EndTime: now,
    ScanBy: 'TimestampDescending',
    MetricDataQueries: [
      {
        Id: 'metric',
        MetricStat: { Metric: { Namespace, MetricName, Dimensions: [...Dimensions] }, Period: 60, Stat: Statistic },
      },
    ],
  };
}

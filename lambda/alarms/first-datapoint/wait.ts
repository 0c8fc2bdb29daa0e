// Waits for the first datapoint of a metric in CloudWatch, after the invocation of the function that publishes it.
import type { GetMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';
import type { FirstDatapointProperties } from './env';

/** Calls to AWS and the clock. */
export interface WaitParts {
  /** Invokes a function asynchronously: Lambda retries failures and then sends them to the dead-letter queue. */
  invoke(functionName: string): Promise<void>;
  /** The latest value of the metric, if there is one. */
  newest(properties: FirstDatapointProperties): Promise<number | undefined>;
  /** Resolves after so many milliseconds, or rejects when the signal is aborted. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Milliseconds of a monotonic clock. */
  now(): number;
}

export interface Waited {
  /** `there`, or the error. */
  readonly Datapoint: string;
}

/** Longest wait, in milliseconds: Lambda ends the function after 15 minutes. */
export const longestWait = 13 * 60_000;

/** Interval between requests, in milliseconds. CloudWatch returns a datapoint within two minutes. */
const interval = 15_000;

/**
 * Invokes the function and waits for the datapoint. Never throws: without a datapoint the alarm is created and raised,
 * which is its purpose.
 */
export async function firstDatapoint(properties: FirstDatapointProperties, parts: WaitParts, signal: AbortSignal): Promise<Waited> {
  try {
    if (properties.Invoke !== undefined) await parts.invoke(properties.Invoke);
    await waitForDatapoint(properties, parts, signal);
    return { Datapoint: 'there' };
  } catch (error) {
    console.warn(error);
    return { Datapoint: error instanceof Error ? error.message : String(error) };
  }
}

async function waitForDatapoint(properties: FirstDatapointProperties, parts: WaitParts, signal: AbortSignal): Promise<void> {
  const { MetricName, AtLeast } = properties;
  const begun = parts.now();
  for (;;) {
    const newest = await parts.newest(properties);
    if (newest !== undefined && newest >= Number(AtLeast)) return;
    if (parts.now() - begun >= longestWait) {
      const wanted = `${MetricName}: expected at least ${AtLeast} within ${longestWait / 60_000} minutes, got ${newest ?? 'no datapoint'}`;
      throw new Error(`${wanted}; read the logs of its source, and deploy again`);
    }
    await parts.pause(interval, signal);
  }
}

/** The request for the latest value: datapoints of a minute in the last hour, the latest first. */
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

// Waits for the first datapoint of a metric in CloudWatch, after the invocation of the function that publishes it.
import type { GetMetricDataCommandInput, GetMetricDataCommandOutput, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { FirstDatapointProperties } from './env';

/** The latest value of a metric, and the start of its minute in milliseconds since 1970. */
export interface Newest {
  readonly value: number;
  readonly minute: number;
}

/** Calls to AWS and the clock. */
export interface WaitParts {
  /** Invokes a function asynchronously: Lambda retries failures and then sends them to the dead-letter queue. */
  invoke(functionName: string): Promise<void>;
  /** The latest value of the metric, if there is one. */
  newest(properties: FirstDatapointProperties): Promise<Newest | undefined>;
  /** Resolves after so many milliseconds, or rejects when the signal is aborted. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Milliseconds since 1970, which are compared with the minutes of CloudWatch. */
  now(): number;
  /** Milliseconds of a clock that cannot be set, for durations. */
  elapsed(): number;
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
 * Most invocations, and the milliseconds between two of them: Lambda itself repeats a run that fails after one minute.
 */
const mostInvocations = 4;
const betweenInvocations = 150_000;

/**
 * Never throws: without a datapoint the alarm is created and raised, which is its purpose. A request that AWS denies
 * is repeated until the longest wait is over, because a policy takes effect only seconds after its creation.
 */
export async function firstDatapoint(properties: FirstDatapointProperties, parts: WaitParts, signal: AbortSignal): Promise<Waited> {
  try {
    await waitForDatapoint(properties, parts, signal);
    return { Datapoint: 'there' };
  } catch (error) {
    console.warn(error);
    return { Datapoint: messageOf(error) };
  }
}

async function waitForDatapoint(properties: FirstDatapointProperties, parts: WaitParts, signal: AbortSignal): Promise<void> {
  const { MetricName, AtLeast } = properties;
  const begun = parts.elapsed();
  const invocations = new Invocations(properties.Invoke, parts);
  let newest: Newest | undefined;
  for (;;) {
    const refusals: string[] = [];
    const refused = (error: unknown): undefined => void refusals.push(messageOf(error));
    await invocations.next(newest, Number(AtLeast)).catch(refused);
    newest = await parts.newest(properties).catch(refused);
    if (newest !== undefined && newest.value >= Number(AtLeast)) return;
    if (parts.elapsed() - begun >= longestWait) {
      const got = [newest?.value ?? 'no datapoint', ...refusals].join(', ');
      const wanted = `${MetricName}: expected at least ${AtLeast} within ${longestWait / 60_000} minutes, got ${got}`;
      throw new Error(`${wanted}; read the logs of its source, and deploy again`);
    }
    await parts.pause(interval, signal);
  }
}

/** Invokes a function until Lambda accepts one invocation, and again after a run that failed. */
class Invocations {
  private accepted = 0;
  private last = { time: 0, moment: 0 };

  constructor(
    private readonly functionName: string | undefined,
    private readonly parts: WaitParts,
  ) {}

  async next(newest: Newest | undefined, atLeast: number): Promise<void> {
    if (this.functionName === undefined || !(this.accepted === 0 || this.hasFailed(newest, atLeast))) return;
    await this.parts.invoke(this.functionName);
    this.accepted++;
    this.last = { time: this.parts.now(), moment: this.parts.elapsed() };
  }

  /** Whether a run since the last invocation has failed. The minute of a run is that of its start. */
  private hasFailed(newest: Newest | undefined, atLeast: number): boolean {
    const { time, moment } = this.last;
    if (newest === undefined || newest.value >= atLeast || newest.minute < time - (time % 60_000)) return false;
    return this.accepted < mostInvocations && this.parts.elapsed() - moment >= betweenInvocations;
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The request for the latest value: datapoints of a minute in the last hour, the latest first. */
export function requestFor(properties: FirstDatapointProperties, now: Date): GetMetricDataCommandInput {
  return {
    StartTime: new Date(now.getTime() - 3_600_000),
    EndTime: now,
    ScanBy: 'TimestampDescending',
    MetricDataQueries: queries(properties),
  };
}

/**
 * Lambda publishes `Errors` for every run, 0 for one that succeeds. The difference has no FILL: a minute whose
 * failures CloudWatch does not show yet has no value, and no run counts as successful too early.
 */
function queries({ Namespace, MetricName, Dimensions, Statistic, Failures }: FirstDatapointProperties): MetricDataQuery[] {
  const query = (Id: string, name: string): MetricDataQuery => ({
    Id,
    MetricStat: { Metric: { Namespace, MetricName: name, Dimensions: [...Dimensions] }, Period: 60, Stat: Statistic },
    ReturnData: Failures === undefined,
  });
  if (Failures === undefined) return [query('metric', MetricName)];
  return [{ Id: 'succeeded', Expression: 'metric - failures', ReturnData: true }, query('metric', MetricName), query('failures', Failures)];
}

/** The newest value of the one metric or expression that the answer returns. */
export function newestOf({ MetricDataResults }: Pick<GetMetricDataCommandOutput, 'MetricDataResults'>): Newest | undefined {
  const { Values: [value] = [], Timestamps: [minute] = [] } = MetricDataResults?.[0] ?? {};
  return value === undefined || minute === undefined ? undefined : { value, minute: minute.getTime() };
}

// Publishes the metrics of alarms and scaling to CloudWatch, once a minute.
import { CloudWatchClient, PutMetricDataCommand, type StandardUnit } from '@aws-sdk/client-cloudwatch';
import { DatedRequests, withRenewal } from './aws';
import type { Clock } from './clock/clock';
import type { Report } from './report';

/** Values to publish. Counts are totals since the start of the program; their increase is published. */
export interface Figures {
  /** Wait of the oldest hit for the stream, in seconds. The fleet scales on it. (TOM-6.9) */
  readonly spoolAge: number;
  readonly spoolBytes: number;
  /** Hits answered 503. */
  readonly refused: number;
  readonly requests: number;
  /** Whether the array lacks a disk. (TOM-6.2) */
  readonly arrayDegraded: boolean;
  /** Difference of the clock from the time of AWS, in seconds, never negative. */
  readonly clockOffset: number;
}

export interface PublisherOptions {
  readonly client: Pick<CloudWatchClient, 'send'>;
  readonly namespace: string;
  /**
   * Name of the auto scaling group. The server is not a dimension: each server would be a billed metric and end with
   * the server.
   */
  readonly group: string | undefined;
  readonly figures: () => Figures;
  readonly report: Report;
}

const intervalMilliseconds = 60_000;

export class Publisher {
  private published = { requests: 0, refused: 0 };
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly options: PublisherOptions) {
    this.timer = setInterval(() => void this.publish(), intervalMilliseconds);
    this.timer.unref();
  }

  close(): void {
    clearInterval(this.timer);
  }

  /** Never rejects. After a failure the counts are published with the next minute. */
  async publish(): Promise<void> {
    const { spoolAge, spoolBytes, refused, requests, arrayDegraded, clockOffset } = this.options.figures();
    const { group } = this.options;
    const dimensions = group === undefined ? {} : { Dimensions: [{ Name: 'AutoScalingGroupName', Value: group }] };
    const metric = (MetricName: string, Value: number, Unit: StandardUnit) => ({ MetricName, Value, Unit, ...dimensions });
    const MetricData = [
      metric('SpoolAge', spoolAge, 'Seconds'),
      metric('SpoolBytes', spoolBytes, 'Bytes'),
      metric('Refused', refused - this.published.refused, 'Count'),
      metric('Requests', requests - this.published.requests, 'Count'),
      // The unit that array-watch.sh uses: an alarm evaluates a single unit.
      metric('ArrayDegraded', arrayDegraded ? 1 : 0, 'Count'),
      metric('ClockOffset', clockOffset, 'Seconds'),
    ];
    try {
      await this.options.client.send(new PutMetricDataCommand({ Namespace: this.options.namespace, MetricData }));
      this.published = { requests, refused };
    } catch (error) {
      this.options.report('metrics-not-published', { error: String(error) });
    }
  }
}

/** The client that publishes. */
export const cloudWatch = (region: string, clock: Clock) =>
  withRenewal(new CloudWatchClient({ region, requestHandler: new DatedRequests(clock) }));

// The alarm on a sweep of the landing bucket that does not run: it is in a stack after the wait for first datapoints.
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { alarmOnSilence } from '../alarms/alarm';
import type { Site } from '../config/site';
import type { ControlFunction } from '../functions/control-function';
import type { FirstDatapoints } from '../functions/first-datapoint';
import { serves } from '../labels/labels';
import { oldestRawMetric } from './log-redaction';

export interface LogSweepAlarmProps {
  readonly site: Site;
  /** The function that sweeps the landing bucket. */
  readonly redaction: ControlFunction;
  readonly firstDatapoints: FirstDatapoints;
  /** Notifies people. (TOM-3.4) */
  readonly alarmTopic: ITopic;
}

/** Each sweep publishes an age of 0 or more, so only missing data raises the alarm. (TOM-3.4) */
export class LogSweepAlarm extends Construct {
  constructor(scope: Construct, id: string, { site, redaction, firstDatapoints, alarmTopic }: LogSweepAlarmProps) {
    super(scope, id);
    serves(this, 'TOM-3.4', 'TOM-4.13');
    const metric = oldestRawMetric(site, Duration.minutes(15));
    alarmOnSilence(this, 'EdgeLogSweepOverdue', {
      ...{ site, alarmTopic },
      metric,
      below: 0,
      periods: 2,
      firstDatapoint: firstDatapoints.of(this, 'FirstSweep', { metric, atLeast: 0, invokes: redaction }),
      description:
        'The landing bucket has not been swept for 30 minutes: logs of the load balancer whose notice was lost would stay there unseen.',
      severity: 'ticket',
    });
  }
}

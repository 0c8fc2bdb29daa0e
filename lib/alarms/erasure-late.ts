// The alarm on an erasure that waits: raised while there is time to end it within the day that is promised.
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { metricsNamespace } from '../config/metrics';
import type { AlarmId } from '../config/names';
import type { Site } from '../config/site';
import { alarmAbove } from './alarm';

/**
 * Hours after which an erasure that has not ended is late: half of the day that is promised. In the lake it takes two
 * runs, and an hour between them. (DSS-4.2)
 */
export const lateErasureHours = 12;

export interface ErasureLateProps {
  readonly site: Site;
  /** Log of a function whose runs write `oldestErasureHours`, 0 without an erasure. */
  readonly logGroup: ILogGroup;
  /** Place of the rows, as in the name of the metric. */
  readonly place: 'Lake' | 'Window';
  readonly description: string;
  /** Notifies people. (TOM-3.4) */
  readonly alarmTopic: ITopic;
}

/** The state remains until the next run: a run that is missing has its own alarm. */
export function alarmOnLateErasure(
  scope: Construct,
  id: AlarmId,
  { site, logGroup, place, description, alarmTopic }: ErasureLateProps,
): void {
  const filter = new MetricFilter(scope, 'OldestErasure', {
    logGroup,
    filterPattern: FilterPattern.numberValue('$.message.oldestErasureHours', '>=', 0),
    metricNamespace: metricsNamespace(site),
    metricName: `${place}OldestErasure`,
    metricValue: '$.message.oldestErasureHours',
  });
  alarmAbove(scope, id, {
    ...{ site, alarmTopic, description, keepsState: true },
    metric: filter.metric({ statistic: Stats.MAXIMUM, period: Duration.hours(1) }),
    // The whole hours are rounded down.
    above: lateErasureHours - 1,
    severity: 'page',
  });
}

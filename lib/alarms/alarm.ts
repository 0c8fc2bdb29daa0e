// Alarms that people are told of, when they begin and when they are over.
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { alsoServes } from '../labels/labels';

export interface AlarmOnProps {
  readonly metric: IMetric;
  /** More than this is an alarm. */
  readonly above: number;
  /** What is wrong, and what to do, in a sentence or two. */
  readonly description: string;
  /** Periods of the metric in a row. @default 1 */
  readonly periods?: number;
  readonly topic: ITopic;
}

/** Silence is no alarm: of these metrics there is none while nothing goes wrong, or nothing comes in. (TOM-3.4) */
export function alarmAbove(scope: Construct, id: string, { metric, above, description, periods = 1, topic }: AlarmOnProps): Alarm {
  const alarm = new Alarm(scope, id, {
    metric,
    threshold: above,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: periods,
    alarmDescription: description,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  tell(alarm, topic);
  return alarm;
}

/** Tells the topic of the alarm's beginning and end. (TOM-3.4) */
export function tell(alarm: Alarm, topic: ITopic): void {
  alarm.addAlarmAction(new SnsAction(topic));
  alarm.addOkAction(new SnsAction(topic));
  alsoServes(alarm, 'TOM-3.4');
}

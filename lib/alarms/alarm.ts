// Alarms that people are told of, when they begin and when they are over.
import { Alarm, ComparisonOperator, type IMetric, MathExpression, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Duration } from 'aws-cdk-lib/core';
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

export interface AlarmUnlessRunProps {
  /** What a schedule starts. */
  readonly function: IFunction;
  /** Time in which it succeeds at least once; so many of these in a row without are an alarm. */
  readonly period: Duration;
  readonly periods: number;
  /** What is wrong, and what to do, in a sentence or two. */
  readonly description: string;
  readonly topic: ITopic;
}

/** Silence is an alarm: a schedule that starts nothing leaves no metric. (TOM-3.4) */
export function alarmUnlessRun(
  scope: Construct,
  id: string,
  { function: lambda, period, periods, description, topic }: AlarmUnlessRunProps,
): void {
  const alarm = new Alarm(scope, id, {
    metric: new MathExpression({
      expression: 'FILL(runs, 0) - FILL(failed, 0)',
      usingMetrics: {
        runs: lambda.metricInvocations({ period, statistic: Stats.SUM }),
        failed: lambda.metricErrors({ period, statistic: Stats.SUM }),
      },
      label: 'Runs that succeeded',
      period,
    }),
    threshold: 1,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: periods,
    alarmDescription: description,
    treatMissingData: TreatMissingData.BREACHING,
  });
  tell(alarm, topic);
}

/** Tells the topic of the alarm's beginning and end. (TOM-3.4) */
export function tell(alarm: Alarm, topic: ITopic): void {
  alarm.addAlarmAction(new SnsAction(topic));
  alarm.addOkAction(new SnsAction(topic));
  alsoServes(alarm, 'TOM-3.4');
}

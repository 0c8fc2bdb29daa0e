// The alarms of the deployment: each has a fixed name, a severity and a runbook entry, and notifies people when its
// state becomes ALARM or OK.
import {
  Alarm,
  ComparisonOperator,
  type IAlarmAction,
  type IMetric,
  MathExpression,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Duration } from 'aws-cdk-lib/core';
import type { Construct, IDependable } from 'constructs';
import { type AlarmId, alarmName } from '../config/names';
import type { Site } from '../config/site';
import { serves } from '../labels/labels';
import { alarmDescription, type Severity } from './description';

export interface AlarmOptions {
  readonly site: Site;
  readonly metric: IMetric;
  /** The failure, in one or two sentences. Severity and runbook entry are appended. */
  readonly description: string;
  /** Number of consecutive periods that breach. @default 1 */
  readonly periods?: number;
}

export interface NotifyingAlarmOptions extends AlarmOptions {
  /** `page`: act now, hits or people are at risk. `ticket`: act within a working day. */
  readonly severity: Exclude<Severity, 'none'>;
  /** Notifies people. (TOM-3.4) */
  readonly alarmTopic: ITopic;
}

export interface AlarmAboveProps extends NotifyingAlarmOptions {
  /** A higher value raises the alarm. */
  readonly above: number;
  /**
   * Whether missing data maintains the alarm state: a failed task has failed until it succeeds.
   * @default - false: missing data counts as not breaching
   */
  readonly keepsState?: boolean;
}

export interface AlarmAtLeastProps extends NotifyingAlarmOptions {
  /** This value or a higher one raises the alarm. */
  readonly atLeast: number;
}

export interface AlarmBelowProps extends NotifyingAlarmOptions {
  /** A lower value raises the alarm. */
  readonly below: number;
}

export interface AlarmOnSilenceProps extends AlarmBelowProps {
  /** The first datapoint, or the wait for it: without it, the alarm is raised at its creation. */
  readonly firstDatapoint: IDependable;
}

export interface AlarmUnlessRunProps extends Omit<AlarmOnSilenceProps, 'metric' | 'below' | 'periods'> {
  /** The scheduled function. */
  readonly function: IFunction;
  /** Time in which at least one run succeeds; `periods` of these in a row without one raise the alarm. */
  readonly period: Duration;
  readonly periods: number;
}

export interface ScalingAlarmProps extends AlarmOptions {
  readonly atLeast: number;
  /** The scaling policy that the alarm starts. */
  readonly action: IAlarmAction;
}

/** Missing data counts as not breaching: these metrics have datapoints only at a failure. (TOM-3.4) */
export function alarmAbove(scope: Construct, id: AlarmId, { above, keepsState = false, ...props }: AlarmAboveProps): Alarm {
  const missing = keepsState ? TreatMissingData.IGNORE : TreatMissingData.NOT_BREACHING;
  const comparison = { threshold: above, operator: ComparisonOperator.GREATER_THAN_THRESHOLD, missing };
  return notifyingAlarm(scope, id, props, comparison);
}

/** Like `alarmAbove`, for metrics with whole numbers, as in `1 when a disk is lost`. (TOM-3.4) */
export function alarmAtLeast(scope: Construct, id: AlarmId, { atLeast, ...props }: AlarmAtLeastProps): Alarm {
  const operator = ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD;
  return notifyingAlarm(scope, id, props, { threshold: atLeast, operator, missing: TreatMissingData.NOT_BREACHING });
}

/**
 * Missing data maintains the alarm state, for metrics that are published rarely, or that end with their resource.
 * (TOM-3.4)
 */
export function alarmBelow(scope: Construct, id: AlarmId, { below, ...props }: AlarmBelowProps): Alarm {
  const operator = ComparisonOperator.LESS_THAN_THRESHOLD;
  return notifyingAlarm(scope, id, props, { threshold: below, operator, missing: TreatMissingData.IGNORE });
}

/** Missing data raises the alarm, for metrics that are published continuously without a failure. (TOM-3.4) */
export function alarmOnSilence(scope: Construct, id: AlarmId, { below, firstDatapoint, ...props }: AlarmOnSilenceProps): Alarm {
  const operator = ComparisonOperator.LESS_THAN_THRESHOLD;
  const alarm = notifyingAlarm(scope, id, props, { threshold: below, operator, missing: TreatMissingData.BREACHING });
  alarm.node.addDependency(firstDatapoint);
  return alarm;
}

/** Raised when no run of a function succeeds, or when the schedule starts none: then there is no metric. (TOM-3.4) */
export function alarmUnlessRun(scope: Construct, id: AlarmId, { function: lambda, period, ...props }: AlarmUnlessRunProps): Alarm {
  const metric = new MathExpression({
    expression: 'FILL(runs, 0) - FILL(failed, 0)',
    usingMetrics: {
      runs: lambda.metricInvocations({ period, statistic: Stats.SUM }),
      failed: lambda.metricErrors({ period, statistic: Stats.SUM }),
    },
    label: 'Runs that succeeded',
    period,
  });
  return alarmOnSilence(scope, id, { ...props, metric, below: 1 });
}

/**
 * Starts a scaling policy, without a notification. Its description also has a runbook entry, for operators who find it
 * raised. (TOM-6.9)
 */
export function scalingAlarm(scope: Construct, id: AlarmId, { atLeast, action, ...props }: ScalingAlarmProps): Alarm {
  const operator = ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD;
  const alarm = createAlarm(scope, id, { ...props, severity: 'none' }, { threshold: atLeast, operator, missing: TreatMissingData.IGNORE });
  alarm.addAlarmAction(action);
  return alarm;
}

interface Comparison {
  readonly threshold: number;
  readonly operator: ComparisonOperator;
  readonly missing: TreatMissingData;
}

/** An alarm that publishes to the topic when its state becomes ALARM or OK. */
function notifyingAlarm(scope: Construct, id: AlarmId, props: NotifyingAlarmOptions, comparison: Comparison): Alarm {
  const alarm = createAlarm(scope, id, props, comparison);
  alarm.addAlarmAction(new SnsAction(props.alarmTopic));
  alarm.addOkAction(new SnsAction(props.alarmTopic));
  serves(alarm, 'TOM-3.4');
  return alarm;
}

function createAlarm(
  scope: Construct,
  id: AlarmId,
  { site, metric, description, periods = 1, severity }: AlarmOptions & { readonly severity: Severity },
  { threshold, operator, missing }: Comparison,
): Alarm {
  return new Alarm(scope, id, {
    alarmName: alarmName(site, id),
    alarmDescription: alarmDescription(site, id, severity, description),
    metric,
    threshold,
    comparisonOperator: operator,
    evaluationPeriods: periods,
    treatMissingData: missing,
  });
}

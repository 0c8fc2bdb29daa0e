// Alarms on the figures that functions report: on a finding, on missed runs. Rules that require a probe require both.
import { probeMetrics } from '../../config/metrics';
import { type Break, type Guard, guardsWhere, remove, replace, set } from '../rule';
import { type Assembly, isObject, listOf, type Resource } from '../template/assembly';
import { alarmType } from '../template/resource-types';

/** A metric of a function of the deployment. */
interface Figure {
  readonly metric: string;
  readonly statistic: 'Maximum' | 'Minimum';
  /** Name under which a probe reports. @default - the metric has the dimension of the deployment alone */
  readonly report?: string;
}

/** Whether an alarm monitors a figure of the deployment, with enabled actions. */
export function monitors(alarm: Resource, { metric, statistic, report }: Figure, { facts }: Assembly): boolean {
  const dimensions = listOf(alarm.at('Dimensions')).map((dimension) =>
    isObject(dimension) ? `${String(dimension.Name)}=${String(dimension.Value)}` : '',
  );
  return (
    alarm.at('Namespace') === probeMetrics.namespace &&
    alarm.at('MetricName') === metric &&
    alarm.at('Statistic') === statistic &&
    dimensions.sort().join() === [`Deployment=${facts.deployment}`, ...(report === undefined ? [] : [`Probe=${report}`])].join() &&
    alarm.at('ActionsEnabled') !== false
  );
}

/** Whether an alarm is raised by the first finding. */
export const isFindingsAlarm = (alarm: Resource, report: string, assembly: Assembly): boolean =>
  monitors(alarm, { metric: probeMetrics.findings, statistic: 'Maximum', report }, assembly) &&
  alarm.at('ComparisonOperator') === 'GreaterThanThreshold' &&
  alarm.at('Threshold') === 0 &&
  alarm.at('EvaluationPeriods') === 1;

/** Whether an alarm is raised after at most `gap` seconds without a completed run. */
export const isMissedRunAlarm = (alarm: Resource, control: string, gap: number, assembly: Assembly): boolean =>
  monitors(alarm, { metric: probeMetrics.completed, statistic: 'Maximum', report: control }, assembly) &&
  alarm.at('ComparisonOperator') === 'LessThanThreshold' &&
  alarm.at('Threshold') === 1 &&
  alarm.at('TreatMissingData') === 'breaching' &&
  Number(alarm.at('EvaluationPeriods')) * Number(alarm.at('Period')) <= gap;

export const findingsAlarmGuards = (report: string): readonly Guard[] =>
  alarmGuards((alarm, assembly) => isFindingsAlarm(alarm, report, assembly), {
    'Properties.Threshold': [remove, replace(10)],
    'Properties.EvaluationPeriods': [remove, replace(3)],
  });

export const missedRunAlarmGuards = (control: string, gap: number): readonly Guard[] =>
  alarmGuards((alarm, assembly) => isMissedRunAlarm(alarm, control, gap, assembly), {
    'Properties.Threshold': [remove, replace(0)],
    'Properties.EvaluationPeriods': [remove, replace(1000)],
    'Properties.TreatMissingData': [remove, replace('notBreaching')],
  });

/** What an alarm loses in a mutation; `more` has what a kind of alarm loses besides. */
export const alarmGuards = (where: NonNullable<Guard['where']>, more: Readonly<Record<string, readonly Break[]>>): readonly Guard[] =>
  guardsWhere(alarmType, where, {
    '': [remove],
    'Properties.Namespace': [remove, replace('Elsewhere')],
    'Properties.MetricName': [remove, replace('Another')],
    'Properties.Dimensions': [remove, replace([{ Name: 'Deployment', Value: 'another' }])],
    'Properties.Statistic': [remove, replace('Average')],
    'Properties.ComparisonOperator': [remove, replace('LessThanOrEqualToThreshold')],
    'Properties.ActionsEnabled': [set(false)],
    ...more,
  });

// Alarms on metrics that the servers of a fleet publish about themselves, as rules about their software require them.
import { type Finding, finding, type Guard, guardWhere, remove, replace, set } from '../../rule';
import { alarmsOn, notifiesTopic } from '../../template/alarms';
import type { Assembly, Resource } from '../../template/assembly';
import { fleetDimension } from '../../template/fleets';
import { alarmType } from '../../template/resource-types';

export interface HostMetric {
  readonly name: string;
  /** Longest time, in seconds, before a value raises the alarm: servers publish that often. */
  readonly longestDelay: number;
}

/** A finding unless the fleet has an alarm that a value of 1 on one server raises, and that notifies a topic. */
export function hostAlarmFindings(fleet: Resource, { name, longestDelay }: HostMetric, assembly: Assembly): readonly Finding[] {
  const isRaised = (alarm: Resource): boolean =>
    alarm.at('Namespace') === `Rempart/${assembly.facts.deployment}` &&
    alarm.at('Statistic') === 'Maximum' &&
    alarm.at('ComparisonOperator') === 'GreaterThanOrEqualToThreshold' &&
    Number(alarm.at('Threshold')) <= 1 &&
    Number(alarm.at('Period')) * Number(alarm.at('EvaluationPeriods')) <= longestDelay;
  if (alarmsOn(fleet, name, fleetDimension, assembly).some((alarm) => isRaised(alarm) && notifiesTopic(alarm, assembly))) return [];
  const required = `an alarm on ${name} of at least 1 within ${longestDelay} seconds that notifies a topic`;
  return [finding(fleet, `alarm::${name}`, 'the alarms of the fleet', required, 'Create the alarm with FleetAlarms.')];
}

export function hostAlarmGuards({ name }: HostMetric): readonly Guard[] {
  const isOn = (alarm: Resource): boolean => alarm.at('MetricName') === name;
  return [
    guardWhere(alarmType, isOn, '', remove),
    ...['MetricName', 'Namespace', 'Dimensions', 'AlarmActions', 'Statistic', 'ComparisonOperator', 'Threshold', 'Period'].map((property) =>
      guardWhere(alarmType, isOn, `Properties.${property}`, remove),
    ),
    guardWhere(alarmType, isOn, 'Properties.Threshold', replace(2)),
    guardWhere(alarmType, isOn, 'Properties.EvaluationPeriods', replace(60)),
    guardWhere(alarmType, isOn, 'Properties.ActionsEnabled', set(false)),
  ];
}

// Alarms on single events of the audit trail: what rules about them have in common.
import type { ReadPath } from '../../rule';
import { type Assembly, listOf } from '../../template/assembly';
import { alarmType, metricFilterType } from '../../template/resource-types';
import { renderText } from '../../template/texts';

/** Whether an alarm that notifies people has the count of a metric filter, from the first event on. */
export function isAlarmed(assembly: Assembly, isFilter: (pattern: string) => boolean): boolean {
  const metrics = assembly
    .ofType(metricFilterType)
    .filter((filter) => isFilter(renderText(filter.at('FilterPattern')) ?? ''))
    .map((filter) => filter.at('MetricTransformations.0.MetricName'));
  return assembly
    .ofType(alarmType)
    .some(
      (alarm) => metrics.includes(alarm.at('MetricName')) && alarm.at('Threshold') === 0 && listOf(alarm.at('AlarmActions')).length > 0,
    );
}

export const trailAlarmReads: readonly ReadPath[] = [
  { type: metricFilterType, path: 'Properties' },
  { type: alarmType, path: 'Properties' },
];

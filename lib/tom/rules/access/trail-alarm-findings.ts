// Alarms on single events of the audit trail: what rules about them have in common.
import type { ReadPath } from '../../rule';
import { notifiesTopic } from '../../template/alarms';
import { type Assembly, isObject, type JsonObject, listOf, type Resource } from '../../template/assembly';
import { alarmType, logGroupType, metricFilterType, trailType } from '../../template/resource-types';
import { renderText } from '../../template/texts';

/**
 * Whether an alarm notifies people from the first event on that a pattern of the trail's log group counts. The account
 * of a pattern is `${AWS.AccountId}`.
 */
export function isAlarmed(assembly: Assembly, isFilter: (pattern: string) => boolean): boolean {
  const { account } = assembly.facts.settings;
  const patternOf = (filter: Resource): string => {
    const text = renderText(filter.at('FilterPattern')) ?? '';
    return account === undefined ? text : text.replaceAll(account, '${AWS.AccountId}');
  };
  const counts = assembly
    .ofType(metricFilterType)
    .filter((filter) => isOfTrail(filter, assembly) && isFilter(patternOf(filter)))
    .flatMap((filter) => listOf(filter.at('MetricTransformations')).filter(isObject).filter(isCount));
  return assembly.ofType(alarmType).some((alarm) => counts.some((count) => isRaisedBy(alarm, count)) && notifiesTopic(alarm, assembly));
}

/** Whether a filter reads the log group of a trail. */
function isOfTrail(filter: Resource, assembly: Assembly): boolean {
  const groups = assembly.ofType(trailType).map((trail) => assembly.target(trail.at('CloudWatchLogsLogGroupArn'), trail.stack));
  const name = filter.at('LogGroupName');
  return groups.some((group) => group !== undefined && (assembly.refersTo(name, filter, group) || isNameOf(group, name)));
}

const isNameOf = (group: Resource, name: unknown): boolean => name !== undefined && name === group.at('LogGroupName');

/** Whether each event counts one, without dimensions, by which an alarm would see a part of them. */
const isCount = ({ MetricValue, DefaultValue = 0, Dimensions }: JsonObject): boolean =>
  String(MetricValue) === '1' && Number(DefaultValue) >= 0 && Dimensions === undefined;

/** The form of an alarm that one event in one period raises. */
const form: JsonObject = { ComparisonOperator: 'GreaterThanThreshold', Statistic: 'Sum', Threshold: 0 };

function isRaisedBy(alarm: Resource, { MetricName, MetricNamespace }: JsonObject): boolean {
  const needed = Number(alarm.at('DatapointsToAlarm') ?? alarm.at('EvaluationPeriods'));
  const isSame = typeof MetricName === 'string' && alarm.at('MetricName') === MetricName && alarm.at('Namespace') === MetricNamespace;
  return (
    isSame && needed === 1 && alarm.at('Dimensions') === undefined && Object.entries(form).every(([key, value]) => alarm.at(key) === value)
  );
}

export const trailAlarmReads: readonly ReadPath[] = [
  { type: metricFilterType, path: 'Properties' },
  { type: alarmType, path: 'Properties' },
  { type: trailType, path: 'Properties.CloudWatchLogsLogGroupArn' },
  { type: logGroupType, path: 'Properties.LogGroupName' },
];

// Alarms in the templates: the metric and resource that they monitor, and the topics that they notify.

import { type Assembly, isObject, type Json, listOf, type Resource } from './assembly';
import { alarmType, topicType } from './resource-types';

// For rules that still import it from here.
export { alarmType } from './resource-types';

/**
 * Whether an alarm on a metric of a resource notifies a topic of the deployment. `dimension` is the one dimension of
 * the alarm.
 */
export function hasAlarm(
  resource: Resource,
  metric: string,
  dimension: string,
  assembly: Assembly,
  isRaised: (alarm: Resource) => boolean = () => true,
): boolean {
  return alarmsOn(resource, metric, dimension, assembly).some((alarm) => isRaised(alarm) && tellsTopic(alarm, assembly));
}

/**
 * The alarms on a metric whose one dimension names the resource: by reference, or by the name that the resource is
 * given.
 */
export function alarmsOn(resource: Resource, metric: string, dimension: string, assembly: Assembly): readonly Resource[] {
  return assembly.ofType(alarmType).filter((alarm) => alarm.at('MetricName') === metric && isAlarmOn(alarm, resource, dimension, assembly));
}

function isAlarmOn(alarm: Resource, resource: Resource, name: string, assembly: Assembly): boolean {
  const dimensions = listOf(alarm.at('Dimensions')).filter(isObject);
  const isNamed = (value: Json | undefined): boolean =>
    assembly.refersTo(value, alarm, resource) || (typeof value === 'string' && value === resource.at(name));
  return dimensions.length === 1 && dimensions.some(({ Name, Value }) => Name === name && isNamed(Value));
}

/** Whether an alarm notifies a topic of the deployment. */
export function tellsTopic(alarm: Resource, assembly: Assembly): boolean {
  const topics = listOf(alarm.at('AlarmActions')).map((action) => assembly.target(action, alarm.stack));
  return alarm.at('ActionsEnabled') !== false && topics.some((topic) => topic?.type === topicType);
}

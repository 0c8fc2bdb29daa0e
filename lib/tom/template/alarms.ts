// Alarms as the templates have them: what they watch, and whom they tell.
import { type Assembly, isObject, listOf, type Resource } from './assembly';

export const alarmType = 'AWS::CloudWatch::Alarm';

/** Whether an alarm watches a metric of a resource, told by the one dimension that names it, and tells a topic of the deployment. */
export function isWatched(
  resource: Resource,
  metric: string,
  dimension: string,
  assembly: Assembly,
  isRaised: (alarm: Resource) => boolean = () => true,
): boolean {
  return alarmsOn(resource, metric, dimension, assembly).some((alarm) => isRaised(alarm) && tellsTopic(alarm, assembly));
}

/** The alarms on a metric of a resource. */
export function alarmsOn(resource: Resource, metric: string, dimension: string, assembly: Assembly): readonly Resource[] {
  return assembly.ofType(alarmType).filter((alarm) => alarm.at('MetricName') === metric && isAlarmOn(alarm, resource, dimension, assembly));
}

function isAlarmOn(alarm: Resource, resource: Resource, name: string, assembly: Assembly): boolean {
  const dimensions = listOf(alarm.at('Dimensions')).filter(isObject);
  return dimensions.length === 1 && dimensions.some(({ Name, Value }) => Name === name && assembly.refersTo(Value, alarm, resource));
}

/** Whether an alarm tells a topic of the deployment. */
export function tellsTopic(alarm: Resource, assembly: Assembly): boolean {
  const topics = listOf(alarm.at('AlarmActions')).map((action) => assembly.target(action, alarm.stack));
  return alarm.at('ActionsEnabled') !== false && topics.some((topic) => topic?.type === 'AWS::SNS::Topic');
}

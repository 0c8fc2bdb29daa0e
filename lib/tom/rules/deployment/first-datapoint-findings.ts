// The part of `alarms-notify` on alarms that missing data raises: each waits for the first datapoint of its own
// metrics.
import { firstDatapointType } from '../../../config/custom-resource-types';
import { type Finding, finding, type Guard, guard, guardWhere, remove, replace } from '../../rule';
import { type Assembly, isObject, type Json, type JsonObject, listOf, type Resource } from '../../template/assembly';

/**
 * An alarm that missing data raises is raised by its creation, unless it waits for the first datapoint of each of its
 * metrics.
 */
export function firstDatapointFindings(alarm: Resource, assembly: Assembly): readonly Finding[] {
  const waits = listOf(alarm.json.DependsOn)
    .map((id) => (typeof id === 'string' ? assembly.resource(alarm.stack.name, id) : undefined))
    .filter((resource) => resource?.type === firstDatapointType);
  const awaited = new Set(waits.flatMap((wait) => (wait ? awaitedMetrics(wait) : [])));
  const metrics = metricsOf(alarm);
  if (metrics.length > 0 && metrics.every((metric) => awaited.has(metric))) return [];
  const required = `a ${firstDatapointType} for each metric of the alarm: its namespace, name and dimensions`;
  const fix = 'Build the alarm with alarmOnSilence or alarmUnlessRun, and its firstDatapoint for the same metric.';
  return [finding(alarm, 'first-datapoint', 'DependsOn', required, fix)];
}

export const firstDatapointGuards: readonly Guard[] = [
  guard(firstDatapointType, 'Properties.Namespace', remove, replace('Elsewhere')),
  guard(firstDatapointType, 'Properties.MetricName', remove, replace('Another')),
  guard(firstDatapointType, 'Properties.Failures', remove, replace('Another')),
  // A metric may have no dimensions.
  guardWhere(firstDatapointType, (wait) => listOf(wait.at('Dimensions')).length > 0, 'Properties.Dimensions', remove, replace([])),
  guard(firstDatapointType, 'Properties.Dimensions.*', remove),
  guard(firstDatapointType, 'Properties.Dimensions.*.Name', remove, replace('Another')),
  guard(firstDatapointType, 'Properties.Dimensions.*.Value', remove, replace('another')),
];

/** The metrics of an alarm: its own, or those of its expression. */
function metricsOf(alarm: Resource): readonly string[] {
  const own = alarm.at('MetricName') === undefined ? [] : [identity(alarm.properties, alarm.at('MetricName'))];
  const ofExpression = listOf(alarm.at('Metrics')).flatMap((query) => {
    const stat = isObject(query) ? query.MetricStat : undefined;
    return isObject(stat) && isObject(stat.Metric) ? [identity(stat.Metric, stat.Metric.MetricName)] : [];
  });
  return [...own, ...ofExpression];
}

/** The metric that a wait is for, and the one of failures that it subtracts. */
function awaitedMetrics({ properties }: Resource): readonly string[] {
  const { MetricName, Failures } = properties;
  return [MetricName, Failures].flatMap((name) => (name === undefined ? [] : [identity(properties, name)]));
}

/** One text for a metric: dimensions have no order. */
function identity({ Namespace, Dimensions }: JsonObject, name: Json | undefined): string {
  const dimensions = listOf(Dimensions).map((dimension) => (isObject(dimension) ? [dimension.Name, dimension.Value] : dimension));
  return JSON.stringify([Namespace, name, dimensions.map((dimension) => JSON.stringify(dimension)).sort()]);
}

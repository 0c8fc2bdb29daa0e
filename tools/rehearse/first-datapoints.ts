// Part 3 of the rehearsal, order: an alarm that missing data raises is created after its first data.
import { type Assembly, isObject, type Json, type JsonObject, listOf, type Resource, valueAt } from '../../lib/tom/template/assembly';
import { canonicalResource } from '../../lib/tom/template/canonical';
import { nameOf } from '../../lib/tom/template/names';
import type { CreationOrder } from './creation-order';
import type { Row } from './row';

/**
 * A row for each alarm with `TreatMissingData: breaching`: before its creation a custom resource has waited for data
 * of each of its metrics. Otherwise it rings on the first day, for nothing ("Configuring how CloudWatch alarms treat
 * missing data").
 */
export function firstDatapointRows(assembly: Assembly, graph: CreationOrder): readonly Row[] {
  const waits = assembly.resources.filter(
    (resource) => resource.at('ServiceToken') !== undefined && resource.at('MetricName') !== undefined,
  );
  return assembly
    .ofType('AWS::CloudWatch::Alarm')
    .filter((alarm) => alarm.at('TreatMissingData') === 'breaching')
    .map((alarm): Row => {
      const subject = nameOf(alarm, assembly.facts);
      const produced = waits.filter((wait) => graph.isBefore(wait, alarm)).flatMap((wait) => metricsOf(wait, assembly));
      const missing = metricsOf(alarm, assembly).filter((metric) => !produced.includes(metric));
      if (missing.length === 0) return { part: 'order', subject, outcome: 'ok', detail: 'is created after the first data of its metrics' };
      const detail = `rings for missing data: expected the first data of ${missing.join(', ')} before it, got no wait for them`;
      return {
        part: 'order',
        subject,
        outcome: 'refused',
        detail,
        fix: 'run once at deployment, and wait for the datapoint before the alarm',
      };
    });
}

/** The metrics of an alarm, of its expressions, and those that a custom resource waits for: one text for each. */
function metricsOf(resource: Resource, assembly: Assembly): readonly string[] {
  const properties = (canonicalResource(resource, assembly).Properties ?? {}) as JsonObject;
  const queried = listOf(properties.Metrics).flatMap((query) => valueAt(query, 'MetricStat.Metric') ?? []);
  return [...[properties.MetricName, properties.Failures].map((name) => ({ ...properties, MetricName: name })), ...queried]
    .filter(isObject)
    .flatMap(({ Namespace, MetricName, Dimensions }) =>
      MetricName === undefined ? [] : [`${String(Namespace)} ${String(MetricName)} (${dimensionsOf(Dimensions)})`],
    );
}

/** Dimensions have no order. */
const dimensionsOf = (dimensions: Json | undefined): string =>
  listOf(dimensions)
    .map((dimension) => `${String(valueAt(dimension, 'Name'))} ${String(valueAt(dimension, 'Value'))}`)
    .toSorted()
    .join(', ');

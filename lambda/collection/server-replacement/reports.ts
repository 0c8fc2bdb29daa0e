// Reads the servers' reports on their arrays from CloudWatch.
import type { GetMetricDataCommandInput, MetricDataQuery, MetricDataResult } from '@aws-sdk/client-cloudwatch';
import type { ServerReplacementEnvironment } from './env';

/** Maximum number of metrics in one request ("GetMetricData": 500). */
const metricsPerRequest = 500;
/** Age limit of a report in minutes. Servers report every minute; an older report may be outdated. */
const windowMinutes = 5;

/** Requests for the last reports of these servers. */
export function metricRequests(
  { GROUP, NAMESPACE, METRIC }: ServerReplacementEnvironment,
  instances: readonly string[],
  now: Date,
): readonly GetMetricDataCommandInput[] {
  const queries = instances.map(
    (instance, index): MetricDataQuery => ({
      Id: `server${index}`,
      Label: instance,
      MetricStat: {
        Metric: {
          Namespace: NAMESPACE,
          MetricName: METRIC,
          Dimensions: [
            { Name: 'AutoScalingGroupName', Value: GROUP },
            { Name: 'InstanceId', Value: instance },
          ],
        },
        Period: 60,
        Stat: 'Maximum',
      },
    }),
  );
  const window = { StartTime: new Date(now.getTime() - windowMinutes * 60_000), EndTime: now, ScanBy: 'TimestampDescending' as const };
  return Array.from({ length: Math.ceil(queries.length / metricsPerRequest) }, (_, index) => ({
    ...window,
    MetricDataQueries: queries.slice(index * metricsPerRequest, (index + 1) * metricsPerRequest),
  }));
}

/** The servers whose last two reports both state a degraded array; after one report the disk may have returned. */
export function degradedServers(results: readonly MetricDataResult[]): ReadonlySet<string> {
  const degraded = results.filter(({ Values = [] }) => Values.length >= 2 && Values.slice(0, 2).every((value) => value >= 1));
  return new Set(degraded.flatMap(({ Label }) => (Label === undefined ? [] : [Label])));
}

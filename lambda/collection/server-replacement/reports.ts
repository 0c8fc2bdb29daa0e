// Reads from CloudWatch which servers report a degraded array.
import type { GetMetricDataCommandInput, MetricDataQuery, MetricDataResult } from '@aws-sdk/client-cloudwatch';
import type { ServerReplacementEnvironment } from './env';

/** Most metrics of one request ("GetMetricData": 500). */
const most = 500;
/** Servers report every minute; older reports may be of a server as it was before. */
const minutes = 5;

/** The requests for the last reports of these servers. */
export function requestsFor(
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
  const window = { StartTime: new Date(now.getTime() - minutes * 60_000), EndTime: now, ScanBy: 'TimestampDescending' as const };
  return Array.from({ length: Math.ceil(queries.length / most) }, (_, index) => ({
    ...window,
    MetricDataQueries: queries.slice(index * most, (index + 1) * most),
  }));
}

/** The servers whose last two reports both say so; one report may be of a disk that came back. */
export function degradedIn(results: readonly MetricDataResult[]): ReadonlySet<string> {
  const degraded = results.filter(({ Values = [] }) => Values.length >= 2 && Values.slice(0, 2).every((value) => value >= 1));
  return new Set(degraded.flatMap(({ Label }) => (Label === undefined ? [] : [Label])));
}

// Metrics of the last day.
import { type CloudWatchClient, type Datapoint, GetMetricStatisticsCommand, type Statistic } from '@aws-sdk/client-cloudwatch';

/** A metric of a database proxy ("Monitoring RDS Proxy metrics with Amazon CloudWatch"). */
export interface ProxyMetric {
  readonly proxy: string;
  readonly metric: string;
  readonly statistic: Statistic;
}

/** The hours of the last day that have data. */
export async function lastDay(client: CloudWatchClient, { proxy, metric, statistic }: ProxyMetric): Promise<readonly Datapoint[]> {
  const [StartTime, EndTime] = lastDayInterval();
  const { Datapoints = [] } = await client.send(
    new GetMetricStatisticsCommand({
      Namespace: 'AWS/RDS',
      MetricName: metric,
      Dimensions: [{ Name: 'ProxyName', Value: proxy }],
      StartTime,
      EndTime,
      Period: 3600,
      Statistics: [statistic],
    }),
  );
  return Datapoints;
}

/** The command that shows the same. */
export function lastDayCommand({ proxy, metric, statistic }: ProxyMetric, region: string): string {
  const [start, end] = lastDayInterval().map((time) => time.toISOString());
  return (
    `aws cloudwatch get-metric-statistics --namespace AWS/RDS --metric-name ${metric} --dimensions Name=ProxyName,Value=${proxy} ` +
    `--start-time ${start} --end-time ${end} --period 3600 --statistics ${statistic} --region ${region}`
  );
}

const lastDayInterval = (): readonly [Date, Date] => [new Date(Date.now() - 86_400_000), new Date()];

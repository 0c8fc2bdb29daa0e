// Replaces a server whose array is degraded: when the alarm starts, and then on a schedule for further servers.
import { AutoScalingClient, DescribeAutoScalingGroupsCommand, SetInstanceHealthCommand } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient, GetMetricDataCommand, type MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { readEnvironment } from './env';
import { type Fleet, type Outcome, replaceOne } from './replace';
import { degradedServers, metricRequests } from './reports';

const autoScaling = new AutoScalingClient({});
const cloudWatch = new CloudWatchClient({});

export async function handler(): Promise<Outcome> {
  const environment = readEnvironment(process.env);
  const { GROUP: group } = environment;
  const fleet: Fleet = {
    async describe() {
      const { AutoScalingGroups: found } = await autoScaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] }));
      return found?.[0];
    },
    async degraded(instances) {
      const results: MetricDataResult[] = [];
      for (const request of metricRequests(environment, instances, new Date())) {
        const { MetricDataResults: found } = await cloudWatch.send(new GetMetricDataCommand(request));
        results.push(...(found ?? []));
      }
      return degradedServers(results);
    },
    async markUnhealthy(instance) {
      await autoScaling.send(
        new SetInstanceHealthCommand({ InstanceId: instance, HealthStatus: 'Unhealthy', ShouldRespectGracePeriod: false }),
      );
    },
  };
  const outcome = await replaceOne(fleet);
  console.log(JSON.stringify({ event: 'server-replacement', group, ...outcome }));
  return outcome;
}

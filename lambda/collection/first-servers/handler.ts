// Custom resource of the collection stack: its creation succeeds when enough servers are healthy at the load balancer.
import { DescribeTargetHealthCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { answerCloudFormation, type CustomResourceEvent, createsOrChanges, type InvocationContext } from '../../../runtime/custom-resource';
import { readEnvironment } from './env';
import { waitForServers } from './wait';

const loadBalancing = new ElasticLoadBalancingV2Client({});

/** Reserved time for the report, in milliseconds. */
const reportTime = 20_000;

export function handler(event: CustomResourceEvent, context: InvocationContext): Promise<void> {
  return answerCloudFormation(event, context, async (signal) => {
    // An instance refresh, which waits by itself, replaces the servers of an unchanged target group. The function
    // waits for another target group, also in a rollback: it is then the former one, to which the servers return.
    if (!createsOrChanges(event, 'TargetGroup')) return {};
    const { TARGET_GROUP: group, SERVERS: servers } = readEnvironment(process.env);
    const healthy = await waitForServers(
      {
        async targets() {
          const command = new DescribeTargetHealthCommand({ TargetGroupArn: group });
          const { TargetHealthDescriptions: found } = await loadBalancing.send(command, { abortSignal: signal });
          return found ?? [];
        },
        remaining: () => context.getRemainingTimeInMillis() - reportTime,
        pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      },
      Number(servers),
    );
    return { Healthy: healthy };
  });
}

// Custom resource of the collection stack: is there only when the load balancer finds enough servers healthy.
import { DescribeTargetHealthCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { answerCloudFormation, type CustomResourceEvent, createsOrChanges, type InvocationContext } from '../../../runtime/custom-resource';
import { readEnvironment } from './env';
import { waitForServers } from './wait';

const loadBalancing = new ElasticLoadBalancingV2Client({});

/** Milliseconds kept back to say what was found. */
const timeToTell = 20_000;

export function handler(event: CustomResourceEvent, context: InvocationContext): Promise<void> {
  return answerCloudFormation(event, context, async (signal) => {
    // An instance refresh, which waits by itself, replaces servers of an unchanged target group. Another target group is waited for,
    // in a rollback too: it is then the former one, to which the servers return.
    if (!createsOrChanges(event, 'TargetGroup')) return {};
    const { TARGET_GROUP: group, SERVERS: servers } = readEnvironment(process.env);
    const healthy = await waitForServers(
      {
        async targets() {
          const command = new DescribeTargetHealthCommand({ TargetGroupArn: group });
          const { TargetHealthDescriptions: found } = await loadBalancing.send(command, { abortSignal: signal });
          return found ?? [];
        },
        left: () => context.getRemainingTimeInMillis() - timeToTell,
        pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      },
      Number(servers),
    );
    return { Healthy: healthy };
  });
}

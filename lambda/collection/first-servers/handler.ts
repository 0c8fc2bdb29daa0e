// Custom resource of the collection stack: is there only when the load balancer finds enough servers healthy.
import { DescribeTargetHealthCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { answerCloudFormation, type CustomResourceEvent, type InvocationContext } from '../../../runtime/custom-resource';
import { readEnvironment } from './env';
import { waitForServers } from './wait';

const loadBalancing = new ElasticLoadBalancingV2Client({});

/** Milliseconds kept back to say what was found. */
const timeToTell = 20_000;

export function handler(event: CustomResourceEvent, context: InvocationContext): Promise<void> {
  return answerCloudFormation(event, context, async (signal) => {
    // What runs already is replaced by an instance refresh, which waits by itself; a rollback must not wait for what failed.
    if (event.RequestType !== 'Create') return {};
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

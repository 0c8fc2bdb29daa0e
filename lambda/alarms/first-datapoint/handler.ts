// Custom resource for alarms on missing data: they are created after the first datapoint of their metric.
import { setTimeout } from 'node:timers/promises';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { answerCloudFormation, type CustomResourceEvent, type InvocationContext } from '../../../runtime/custom-resource';
import { readProperties } from './env';
import { firstDatapoint, requestFor, type WaitParts } from './wait';

const cloudWatch = new CloudWatchClient({});
const lambda = new LambdaClient({});

const parts: WaitParts = {
  async invoke(FunctionName) {
    await lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: Buffer.from('{}') }));
  },
  async newest(properties) {
    const { MetricDataResults: found } = await cloudWatch.send(new GetMetricDataCommand(requestFor(properties, new Date())));
    return found?.[0]?.Values?.[0];
  },
  async pause(milliseconds, signal) {
    await setTimeout(milliseconds, undefined, { signal });
  },
  now: () => performance.now(),
};

export function handler(event: CustomResourceEvent, context: InvocationContext): Promise<void> {
  return answerCloudFormation(event, context, async (signal) => {
    // At an update the alarm exists, and it is deleted with the stack: no wait is needed.
    if (event.RequestType !== 'Create') return {};
    return { ...(await firstDatapoint(readProperties(event.ResourceProperties), parts, signal)) };
  });
}

// Custom resource for alarms on missing data: they are created after the first datapoint of their metric.
import { setTimeout } from 'node:timers/promises';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { answerCloudFormation, type CustomResourceEvent, createsOrChanges, type InvocationContext } from '../../../runtime/custom-resource';
import { readProperties } from './env';
import { firstDatapoint, newestOf, requestFor, type WaitParts } from './wait';

const cloudWatch = new CloudWatchClient({});
const lambda = new LambdaClient({});

const parts: WaitParts = {
  async invoke(FunctionName) {
    await lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: Buffer.from('{}') }));
  },
  async newest(properties) {
    return newestOf(await cloudWatch.send(new GetMetricDataCommand(requestFor(properties, new Date()))));
  },
  async pause(milliseconds, signal) {
    await setTimeout(milliseconds, undefined, { signal });
  },
  now: () => Date.now(),
  elapsed: () => performance.now(),
};

export function handler(event: CustomResourceEvent, context: InvocationContext): Promise<void> {
  return answerCloudFormation(event, context, async (signal) => {
    // The alarm of an unchanged metric has its datapoints, and a deletion deletes the alarm: no wait is needed.
    if (!createsOrChanges(event, 'Namespace', 'MetricName', 'Dimensions', 'Invoke')) return {};
    return { ...(await firstDatapoint(readProperties(event.ResourceProperties), parts, signal)) };
  });
}

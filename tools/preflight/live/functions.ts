// Queues of dead letters: no queue may name one as its own.
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Deployment } from '../deployment';
import { type Check, type Line, laterLine } from '../line';
import { ofType, type Resource } from '../templates';

const permissionOf = (policy: unknown): string =>
  (policy as { readonly redrivePermission?: string } | undefined)?.redrivePermission ?? 'allowAll';

/** Without the attribute any queue of the account may choose the queue for its dead letters ("RedriveAllowPolicy"). */
export function queueCheck({ account: { sqs, region }, resources, deployed }: Deployment): Check {
  const lineOf = async (queue: Resource): Promise<Line> => {
    const check = `redrive permission of ${queue.logicalId} of ${queue.stack}`;
    const wanted = permissionOf(queue.properties.RedriveAllowPolicy);
    const QueueUrl = await deployed.find(queue);
    if (QueueUrl === undefined) return laterLine(check, wanted);
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['RedriveAllowPolicy'] }));
    const found = permissionOf(JSON.parse(Attributes?.RedriveAllowPolicy ?? '{}'));
    const command = `aws sqs get-queue-attributes --queue-url ${QueueUrl} --attribute-names RedriveAllowPolicy --region ${region}`;
    return { check, verdict: found === wanted ? 'ready' : 'change', found, wanted, command };
  };
  return { name: 'redrive permissions of queues', run: () => Promise.all(ofType(resources, 'AWS::SQS::Queue').map(lineOf)) };
}

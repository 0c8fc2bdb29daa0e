// Calls contract between construct and handler: the AWS calls of the function, each with its resource. Requests under
// the deployment's key are among those of every function.
import type { Call } from '../../../runtime/calls';

export const calls: readonly Call[] = [
  { actions: ['s3:DeleteObject', 's3:GetObject'], resources: ['${account/EdgeLogLanding.Arn}/*'] },
  { actions: ['s3:ListBucket'], resources: ['${account/EdgeLogLanding.Arn}'] },
  {
    actions: ['s3:GetObject', 's3:PutObject'],
    resources: ['${account/EdgeLogs.Arn}/pseudonymous/*', '${account/EdgeLogs.Arn}/whole/*'],
  },
  {
    actions: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
    resources: ['${account/EdgeLogRedactionNotices.Arn}'],
    by: 'Lambda, which reads the queue for the role',
  },
];

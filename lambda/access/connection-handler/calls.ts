// Calls contract between construct and handler: the AWS calls of the function, each with its resource.
import type { Call } from '../../../runtime/calls';

export const calls: readonly Call[] = [
  { actions: ['s3:GetObject'], resources: ['${access/VpnRegistry.Arn}/certificates.json'] },
  {
    actions: ['s3:ListBucket'],
    resources: ['${access/VpnRegistry.Arn}'],
    by: 'S3, which answers 403 instead of 404 without it while the object does not exist',
  },
];

// Calls contract between construct and handler: the AWS calls of the function, each with its resource.
import { type Call, keyThrough, signIns } from '../../../runtime/calls';

export const calls: readonly Call[] = [
  // No context key: the function reads the list of sites, and enters none.
  signIns('rempart_maintenance'),
  { actions: ['s3:GetObject', 's3:PutObject'], resources: ['${data/Settings.Arn}/sites.json'] },
  {
    actions: ['s3:ListBucket'],
    resources: ['${data/Settings.Arn}'],
    by: 'S3, which answers 403 instead of 404 without it while the object does not exist',
  },
  keyThrough('s3', 'S3', 'kms:Decrypt', 'kms:GenerateDataKey'),
];

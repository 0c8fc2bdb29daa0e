// Calls contract between construct and handler: the AWS calls of the function, each with its resource.
import { type Call, databaseCalls, keyThrough, streamReads } from '../../../runtime/calls';

const deadLetters = 'arn:aws:s3:::<deployment>-dead-letters-${AWS::AccountId}-<region>/*';

export const calls: readonly Call[] = [
  ...databaseCalls('rempart_application'),
  ...streamReads('Lambda'),
  // Lambda writes discarded batches with this role, as the function writes the records that it sets aside.
  { actions: ['s3:GetObject', 's3:PutObject'], resources: [deadLetters] },
  {
    actions: ['s3:ListBucket'],
    resources: ['${data/DeadLetters.Arn}'],
    by: 'Lambda, which checks the bucket of discarded batches; S3, which answers 403 instead of 404 without it',
  },
  keyThrough('s3', 'S3', 'kms:Decrypt', 'kms:GenerateDataKey'),
];

// Calls contract between construct and handler: the AWS calls of the function, each with its resource.
import { type Call, databaseCalls, keyThrough, lakeSessions } from '../../../runtime/calls';

export const calls: readonly Call[] = [
  ...databaseCalls('rempart_application'),
  { actions: ['s3:PutObject'], resources: ['${data/Archive.Arn}/exports/*'] },
  keyThrough('s3', 'S3', 'kms:GenerateDataKey'),
  lakeSessions('lake-reader'),
];

// Calls contract between construct and handler: the AWS calls of the function, each with its resource.
import type { Call } from '../../../runtime/calls';

export const calls: readonly Call[] = [
  // A restored cluster has a resource id that nobody can name before. The role may call two functions of the database,
  // and the network of this function leads to restored clusters alone.
  { actions: ['rds-db:connect'], resources: ['arn:aws:rds-db:<region>:${AWS::AccountId}:dbuser:*/rempart_validation'] },
];

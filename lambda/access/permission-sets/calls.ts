// Calls contract between construct and handler: the AWS calls of the function, each with its resource.
import type { Call } from '../../../runtime/calls';

export const calls: readonly Call[] = [
  // The list of roles cannot be limited to a path.
  { actions: ['iam:ListRoles'], resources: ['*'] },
  // The list has no boundaries ("ListRoles"). AWS reserves the path.
  { actions: ['iam:GetRole'], resources: ['arn:aws:iam::${AWS::AccountId}:role/aws-reserved/sso.amazonaws.com/*'] },
];

// Calls contract between construct and handler: the AWS calls of the function, each with its resource.
import type { Call } from '../../../runtime/calls';

export const calls: readonly Call[] = [
  // The password policy belongs to the account and has no ARN; the list of policies does not either.
  {
    actions: ['iam:DeleteAccountPasswordPolicy', 'iam:GetAccountPasswordPolicy', 'iam:ListPolicies', 'iam:UpdateAccountPasswordPolicy'],
    resources: ['*'],
  },
  // The claims of all deployments of the account, each at the boundary of its deployment.
  { actions: ['iam:ListPolicyTags'], resources: ['arn:aws:iam::${AWS::AccountId}:policy/*-boundary-*'] },
  {
    actions: ['iam:TagPolicy', 'iam:UntagPolicy'],
    resources: ['arn:aws:iam::${AWS::AccountId}:policy/<deployment>-boundary-<region>'],
  },
];

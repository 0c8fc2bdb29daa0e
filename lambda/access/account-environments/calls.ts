// Calls contract between construct and handler: the AWS calls of the function, each with its resource.
import type { Call } from '../../../runtime/calls';

export const calls: readonly Call[] = [
  // The list of policies has no ARN.
  { actions: ['iam:ListPolicies'], resources: ['*'] },
  // The markers of all deployments of the account, each at the boundary of its deployment.
  { actions: ['iam:ListPolicyTags'], resources: ['arn:aws:iam::${AWS::AccountId}:policy/*-boundary-*'] },
  {
    actions: ['iam:TagPolicy', 'iam:UntagPolicy'],
    resources: ['arn:aws:iam::${AWS::AccountId}:policy/<deployment>-boundary-<region>'],
  },
  // The action only reads, and cannot be limited to one VPC; it is limited to the regions of the deployment.
  {
    actions: ['ec2:DescribeVpcs'],
    resources: ['*'],
    conditions: { StringEquals: { 'aws:RequestedRegion': ['<region>', '<recoveryRegion>'] } },
  },
];

// Calls contract between construct and handler: the AWS calls of the function, each with its resource.
import type { Call } from '../../../runtime/calls';

export const calls: readonly Call[] = [
  {
    actions: ['cloudtrail:GetTrailStatus'],
    resources: ['arn:aws:cloudtrail:<region>:${AWS::AccountId}:trail/<deployment>-trail-<region>'],
  },
  // The ARN of a log group ends with its streams.
  {
    actions: ['logs:DescribeSubscriptionFilters'],
    resources: ['arn:aws:logs:<region>:${AWS::AccountId}:log-group:/rempart/<deployment>/trail:*'],
  },
  // Its boundary; npm run bootstrap creates both.
  { actions: ['iam:GetRole'], resources: ['arn:aws:iam::${AWS::AccountId}:role/cdk-hnb659fds-cfn-exec-role-${AWS::AccountId}-<region>'] },
  // The action only reads, and does not support resource-level permissions.
  { actions: ['ec2:DescribeFlowLogs'], resources: ['*'], conditions: { StringEquals: { 'ec2:Region': '<region>' } } },
];

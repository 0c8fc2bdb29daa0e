// Calls contract between construct and handler: the AWS calls of the function, each with its resource.
import type { Call } from '../../../runtime/calls';

export const calls: readonly Call[] = [
  // The wildcard is the id that AWS assigns to the group; the name after it identifies the group.
  {
    actions: ['autoscaling:SetInstanceHealth'],
    resources: ['arn:aws:autoscaling:<region>:${AWS::AccountId}:autoScalingGroup:*:autoScalingGroupName/<deployment>-collectors'],
  },
  // The actions only read, and do not support resource-level permissions.
  { actions: ['autoscaling:DescribeAutoScalingGroups', 'cloudwatch:GetMetricData'], resources: ['*'] },
];

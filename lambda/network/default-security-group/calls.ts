// Calls contract between construct and handler: the AWS calls of the function, each with its resource.
import type { Call } from '../../../runtime/calls';

export const calls: readonly Call[] = [
  {
    actions: ['ec2:RevokeSecurityGroupEgress', 'ec2:RevokeSecurityGroupIngress'],
    resources: ['arn:aws:ec2:<region>:${AWS::AccountId}:security-group/${network/Vpc.DefaultSecurityGroup}'],
  },
  // The action only reads and cannot be limited to one resource; it is limited to the region.
  { actions: ['ec2:DescribeSecurityGroups'], resources: ['*'], conditions: { StringEquals: { 'ec2:Region': '<region>' } } },
];

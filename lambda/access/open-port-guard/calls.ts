// Calls contract between construct and handler: the AWS calls of the function, each with its resource.
import type { Call } from '../../../runtime/calls';

export const calls: readonly Call[] = [
  // Every security group of the VPC, which a person may have created.
  {
    actions: ['ec2:RevokeSecurityGroupIngress'],
    resources: ['arn:aws:ec2:<region>:${AWS::AccountId}:security-group/*'],
    conditions: { ArnEquals: { 'ec2:Vpc': 'arn:aws:ec2:<region>:${AWS::AccountId}:vpc/${network/Vpc}' } },
  },
  // The actions only read, and cannot be limited to the groups of one VPC; they are limited to the region.
  {
    actions: ['ec2:DescribeSecurityGroupRules', 'ec2:DescribeSecurityGroups'],
    resources: ['*'],
    conditions: { StringEquals: { 'ec2:Region': '<region>' } },
  },
  // A rule can name any list: one of the account, of AWS, or of another account that shares it.
  {
    actions: ['ec2:GetManagedPrefixListEntries'],
    resources: ['arn:aws:ec2:<region>:*:prefix-list/*'],
  },
];

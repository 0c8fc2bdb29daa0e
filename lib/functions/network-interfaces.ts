// Permissions that Lambda requires in a function's role to connect the function to the VPC, denied to its code.
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ArnFormat, type Stack } from 'aws-cdk-lib/core';

/** The list of "Giving Lambda functions access to resources in an Amazon VPC", required IAM permissions. (TOM-3.5) */
const actions = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * Describe actions do not support resource-level permissions, and deletion must be allowed on all interfaces, whose
 * ids AWS generates.
 */
export function manageNetworkInterfaces(): PolicyStatement {
  return new PolicyStatement({ actions: [...actions], resources: ['*'] });
}

/**
 * Lambda calls EC2 with the role outside of an execution; a call by the code has the function's ARN. The condition has
 * a wildcard, because the function refers to this policy, which cannot refer to the function. (TOM-3.5)
 */
export function denyNetworkInterfacesToCode(stack: Stack): PolicyStatement {
  const functions = stack.formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return new PolicyStatement({
    effect: Effect.DENY,
    actions: [...actions],
    resources: ['*'],
    conditions: { ArnLike: { 'lambda:SourceFunctionArn': functions } },
  });
}

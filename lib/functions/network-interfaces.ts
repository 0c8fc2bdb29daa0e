// What Lambda needs of a function's role to bring the function into the VPC, and how it is kept from the function itself.
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

/** Describing knows no resource, and deleting has to be allowed on all, as the interfaces get their ids when they are made. */
export function manageNetworkInterfaces(): PolicyStatement {
  return new PolicyStatement({ actions: [...actions], resources: ['*'] });
}

/**
 * Lambda calls EC2 with the role before there is an execution; a call by the code bears the function's ARN. Functions are named by the
 * wildcard, since the function refers to this policy and cannot be referred to by it. (TOM-3.5)
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

// The service-linked role by which EC2 Auto Scaling starts the deployment's servers, with the data key on their disks.
import { CfnServiceLinkedRole } from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { fleetServiceRoleSuffix } from '../config/names';
import type { Site } from '../config/site';
import { serves } from '../labels/labels';

export interface FleetServiceRoleProps {
  readonly site: Site;
}

/**
 * The account's common role (`AWSServiceRoleForAutoScaling`) has no right to a customer-managed key, and a right for
 * it would be one for every group of the account. A role with a suffix is the deployment's own: its key admits that
 * one alone. ("Service-linked roles for Amazon EC2 Auto Scaling"; "Required AWS KMS key policy for use with encrypted
 * volumes".) (TOM-5.5)
 */
export class FleetServiceRole extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { site }: FleetServiceRoleProps) {
    super(scope, id);
    serves(this, 'TOM-7.3');
    new CfnServiceLinkedRole(this, 'Role', {
      awsServiceName: 'autoscaling.amazonaws.com',
      customSuffix: fleetServiceRoleSuffix(site),
      description: `Starts the servers of ${site.deployment} at its ${site.name} site`,
    });
    this.arn = fleetServiceRoleArn(Stack.of(this), site);
  }
}

/** The role by its name: what is known before the role is. */
function fleetServiceRoleArn(stack: Stack, site: Site): string {
  return stack.formatArn({
    service: 'iam',
    region: '',
    resource: 'role',
    resourceName: `aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling_${fleetServiceRoleSuffix(site)}`,
  });
}

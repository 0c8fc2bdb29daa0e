// The service-linked role with which EC2 Auto Scaling launches servers whose disks the data key encrypts.
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
 * The default role of the account (`AWSServiceRoleForAutoScaling`) has no permission for a customer managed key, and a
 * permission for it would apply to every group of the account. A role with a suffix belongs to one deployment, and the
 * data key allows only this role. ("Service-linked roles for Amazon EC2 Auto Scaling"; "Required AWS KMS key policy
 * for use with encrypted volumes".) (TOM-5.5, TOM-7.3)
 */
export class FleetServiceRole extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { site }: FleetServiceRoleProps) {
    super(scope, id);
    serves(this, 'TOM-7.3');
    new CfnServiceLinkedRole(this, 'Role', {
      awsServiceName: 'autoscaling.amazonaws.com',
      customSuffix: fleetServiceRoleSuffix(site),
      description: `Launches the servers of ${site.deployment} at its ${site.name} site`,
    });
    this.arn = fleetServiceRoleArn(Stack.of(this), site);
  }
}

/** ARN of the role, derived from its name. */
function fleetServiceRoleArn(stack: Stack, site: Site): string {
  return stack.formatArn({
    service: 'iam',
    region: '',
    resource: 'role',
    resourceName: `aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling_${fleetServiceRoleSuffix(site)}`,
  });
}

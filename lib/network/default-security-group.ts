// Revokes the rules of the VPC's default security group, which CloudFormation cannot change.
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CustomResource, Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { calls } from '../../lambda/network/default-security-group/calls';
import type { DefaultSecurityGroupEnvironment } from '../../lambda/network/default-security-group/env';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { ControlFunction } from '../functions/control-function';
import { acknowledgeWildcard } from '../labels/exceptions';
import { serves } from '../labels/labels';
import type { ThreeZoneVpc } from './three-zone-vpc';

export interface DefaultSecurityGroupProps {
  readonly site: Site;
  readonly vpc: ThreeZoneVpc;
  /** Encrypts the function's environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
}

/**
 * A network interface without a security group of its own gets the default one, which allows all traffic among its
 * members and all outbound traffic. Without rules it allows nothing. (Amazon VPC User Guide, "Default security groups
 * for your VPCs")
 */
export class DefaultSecurityGroup extends Construct {
  constructor(scope: Construct, id: string, { site, vpc, key }: DefaultSecurityGroupProps) {
    super(scope, id);
    const groupId = vpc.vpcDefaultSecurityGroup;
    const environment: DefaultSecurityGroupEnvironment = { SECURITY_GROUP_ID: groupId };
    const control = new ControlFunction(this, 'Function', {
      site,
      control: 'default-security-group',
      description: 'Revokes every rule of the default security group of the VPC when the network is deployed',
      environment: { ...environment },
      timeout: Duration.minutes(1),
      key,
      permissions: callStatements(this, calls, { site, arns: { 'network/Vpc.DefaultSecurityGroup': groupId } }),
    });
    serves(this, 'TOM-6.6', 'DSS-5.6.2');
    acknowledgeWildcard(control.permissions, {
      resource: '*',
      reason: 'ec2:DescribeSecurityGroups, which only reads, cannot be limited to one resource; it is limited to the region.',
    });

    // The id and the type of the resource that the library creates for this: rule packs expect them under the VPC.
    const rulesRevoked = new CustomResource(vpc, 'RestrictDefaultSecurityGroupCustomResource', {
      resourceType: 'Custom::VpcRestrictDefaultSG',
      serviceToken: control.function.functionArn,
      serviceTimeout: Duration.minutes(5),
      properties: { SecurityGroupId: groupId },
    });
    rulesRevoked.node.addDependency(control.permissions);
    serves(rulesRevoked, 'TOM-6.6');
  }
}

// Fails a first deployment whose servers do not come up.
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CustomResource, Duration } from 'aws-cdk-lib/core';
import { Construct, type IDependable } from 'constructs';
import type { FirstServersEnvironment } from '../../lambda/collection/first-servers/env';
import { firstServersType } from '../config/custom-resource-types';
import type { Site } from '../config/site';
import { ControlFunction } from '../functions/control-function';
import { acknowledge } from '../labels/exceptions';
import { serves } from '../labels/labels';

export interface FirstServersProps {
  readonly site: Site;
  /** Name of the auto scaling group, by reference: the group is there first. */
  readonly group: string;
  readonly targetGroup: ApplicationTargetGroup;
  /** Encrypts environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
  /** What servers are healthy by, besides the group. */
  readonly needs: readonly IDependable[];
}

/** A fleet is one from two servers on. (TOM-6.1) */
const leastServers = 2;

/**
 * CloudFormation takes an auto scaling group for made when it has been asked for ("CreationPolicy attribute"), and to wait for its servers
 * it wants signals of theirs, for which these have neither way nor right. A group whose servers abandon their launch hook starts others, without
 * end and without an error of the stack. So a function asks the load balancer, which is what visitors meet: the stack fails unless two
 * servers are healthy within the quarter of an hour that a function may run, three times what a boot takes. At creation, and
 * at an update to another target group: every other deployment is an instance refresh, which CloudFormation waits for. (TOM-6.1, TOM-5.1)
 */
export class FirstServers extends Construct {
  constructor(scope: Construct, id: string, { site, group, targetGroup, key, needs }: FirstServersProps) {
    super(scope, id);
    serves(this, 'TOM-6.1', 'TOM-5.1');
    const environment: FirstServersEnvironment = { TARGET_GROUP: targetGroup.targetGroupArn, SERVERS: String(leastServers) };
    const control = new ControlFunction(this, 'Function', {
      site,
      control: 'first-servers',
      description: 'Waits at the first deployment until the load balancer finds collectors healthy, and fails it otherwise',
      environment: { ...environment },
      key,
      timeout: Duration.minutes(15),
      permissions: [new PolicyStatement({ actions: ['elasticloadbalancing:DescribeTargetHealth'], resources: ['*'] })],
    });
    acknowledge(control.permissions, {
      id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
      reason: 'elasticloadbalancing:DescribeTargetHealth, which only reads, knows no resource.',
      owner: 'platform',
      expires: '2027-05-31',
    });
    const healthy = new CustomResource(this, 'Healthy', {
      resourceType: firstServersType,
      serviceToken: control.function.functionArn,
      // The function's time, and a little for its start.
      serviceTimeout: Duration.minutes(16),
      properties: { Fleet: group, TargetGroup: targetGroup.targetGroupArn },
    });
    healthy.node.addDependency(control.permissions, ...needs);
  }
}

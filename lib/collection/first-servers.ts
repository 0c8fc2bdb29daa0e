// Fails a first deployment whose servers do not come up.
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CustomResource, Duration } from 'aws-cdk-lib/core';
import { Construct, type IDependable } from 'constructs';
import { calls } from '../../lambda/collection/first-servers/calls';
import type { FirstServersEnvironment } from '../../lambda/collection/first-servers/env';
import { firstServersType } from '../config/custom-resource-types';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { ControlFunction } from '../functions/control-function';
import { acknowledgeWildcard } from '../labels/exceptions';
import { serves } from '../labels/labels';

export interface FirstServersProps {
  readonly site: Site;
  /** Name of the Auto Scaling group, by reference, so that the group is created first. */
  readonly group: string;
  readonly targetGroup: ApplicationTargetGroup;
  /** Encrypts environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
  /** Resources without which servers do not become healthy, in addition to the group. */
  readonly needs: readonly IDependable[];
}

/** Minimum number of servers of a fleet. (TOM-6.1) */
const leastServers = 2;

/**
 * CloudFormation completes an Auto Scaling group when its creation was requested ("CreationPolicy attribute"), and
 * would wait only for signals of the servers, which have neither a route nor a permission to send them. A group whose
 * servers abandon their launch hook starts others indefinitely, without an error of the stack. A function therefore
 * reads the target health from the load balancer: the stack fails unless two servers are healthy within 15 minutes,
 * the maximum of a function.
 *
 * This limit fits one boot attempt of each server. A boot takes five minutes. A boot that stops without an error holds
 * its place until the launch hook times out after ten, and the next one needs five minutes again, and its health
 * checks. A boot that fails abandons its hook at once, but only after its retries, which wait up to 200 seconds. The
 * stack can therefore fail although later servers would become healthy: delete it and deploy again (runbook, "The
 * first deployment of a stack failed").
 *
 * The function acts at creation and at an update to another target group: every other deployment is an instance
 * refresh, for which CloudFormation waits. (TOM-6.1, TOM-5.1)
 */
export class FirstServers extends Construct {
  constructor(scope: Construct, id: string, { site, group, targetGroup, key, needs }: FirstServersProps) {
    super(scope, id);
    serves(this, 'TOM-6.1', 'TOM-5.1');
    const environment: FirstServersEnvironment = { TARGET_GROUP: targetGroup.targetGroupArn, SERVERS: String(leastServers) };
    const control = new ControlFunction(this, 'Function', {
      site,
      control: 'first-servers',
      description:
        'Waits at the first deployment until the load balancer reports healthy collectors, and fails the deployment without them',
      environment: { ...environment },
      key,
      timeout: Duration.minutes(15),
      permissions: callStatements(this, calls, { site }),
    });
    acknowledgeWildcard(control.permissions, {
      resource: '*',
      reason: 'elasticloadbalancing:DescribeTargetHealth, which only reads, does not support resource-level permissions.',
    });
    const healthy = new CustomResource(this, 'Healthy', {
      resourceType: firstServersType,
      serviceToken: control.function.functionArn,
      // The timeout of the function, and a minute for its start.
      serviceTimeout: Duration.minutes(16),
      properties: { Fleet: group, TargetGroup: targetGroup.targetGroupArn },
    });
    healthy.node.addDependency(control.permissions, ...needs);
  }
}

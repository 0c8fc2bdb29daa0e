// Replaces servers whose mirror lacks a disk.
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { calls } from '../../lambda/collection/server-replacement/calls';
import type { ServerReplacementEnvironment } from '../../lambda/collection/server-replacement/env';
import { metricsNamespace } from '../config/metrics';
import { fleetName } from '../config/names';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { ControlFunction } from '../functions/control-function';
import { startOnEvents } from '../functions/event-rule';
import { accountInFindings, acknowledgeWildcard } from '../labels/exceptions';
import { serves } from '../labels/labels';
import { serverMetrics } from './contract';

export interface ServerReplacementProps {
  readonly site: Site;
  /** The alarm on a degraded array. */
  readonly alarm: Alarm;
  /** Encrypts environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
}

/**
 * Starts when the alarm is raised, and every 15 minutes: an alarm that stays raised, because a second server is
 * degraded, sends no further event. (TOM-6.2)
 */
export class ServerReplacement extends Construct {
  constructor(scope: Construct, id: string, { site, alarm, key }: ServerReplacementProps) {
    super(scope, id);
    serves(this, 'TOM-6.2');
    const environment: ServerReplacementEnvironment = {
      GROUP: fleetName(site),
      NAMESPACE: metricsNamespace(site),
      METRIC: serverMetrics.arrayDegraded,
    };
    const control = new ControlFunction(this, 'Function', {
      site,
      control: 'server-replacement',
      description: 'Marks collectors with a degraded disk mirror for draining and replacement, one at a time',
      environment: { ...environment },
      key,
      timeout: Duration.minutes(1),
      permissions: callStatements(this, calls, { site }),
    });
    this.acknowledgeWildcards(control, site);
    startOnEvents(this, {
      description: 'A collector reports a degraded array',
      control,
      eventPattern: {
        source: ['aws.cloudwatch'],
        'detail-type': ['CloudWatch Alarm State Change'],
        resources: [alarm.alarmArn],
        detail: { state: { value: ['ALARM'] } },
      },
      scheduleExpression: 'rate(15 minutes)',
      // Until the next scheduled start.
      retries: { attempts: 5, age: Duration.minutes(15) },
    });
  }

  private acknowledgeWildcards({ permissions }: ControlFunction, site: Site): void {
    const account = accountInFindings(site);
    const group = `arn:aws:autoscaling:${site.region}:${account}:autoScalingGroup:*:autoScalingGroupName/${fleetName(site)}`;
    const wildcards = {
      '*': 'autoscaling:DescribeAutoScalingGroups and cloudwatch:GetMetricData, which only read, do not support resource-level permissions.',
      [group]: 'The wildcard is the id that AWS assigns to the group; the name after it identifies the group.',
    };
    for (const [resource, reason] of Object.entries(wildcards)) {
      acknowledgeWildcard(permissions, { resource, reason });
    }
  }
}

// Closes security groups that are opened to the internet by hand, within minutes, and reports them.
import type { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { calls } from '../../lambda/access/open-port-guard/calls';
import type { OpenPortGuardEnvironment } from '../../lambda/access/open-port-guard/env';
import { probeMetrics } from '../config/metrics';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { ControlFunction } from '../functions/control-function';
import { startOnEvents } from '../functions/event-rule';
import type { FirstDatapoints } from '../functions/first-datapoint';
import { accountInFindings, acknowledgeWildcard } from '../labels/exceptions';
import { serves } from '../labels/labels';
import { alarmOnRuns } from './probe-alarms';

export interface OpenPortGuardProps {
  readonly site: Site;
  /** The VPC whose security groups are guarded. */
  readonly vpc: IVpc;
  /** Admits the internet on 80 and 443, and is the only group that does. (DSS-5.6.3) */
  readonly proxySecurityGroup: ISecurityGroup;
  /** Encrypts environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
  readonly firstDatapoints: FirstDatapoints;
  /** Notifies people of opened ports and of missed runs. (TOM-3.4) */
  readonly alarmTopic: ITopic;
}

/** Calls by which a group, or a prefix list that a group names, can admit more addresses. */
const openingCalls = [
  'AuthorizeSecurityGroupIngress',
  'CreateSecurityGroup',
  'ModifyManagedPrefixList',
  'ModifySecurityGroupRules',
  'RestoreManagedPrefixListVersion',
];

/**
 * Starts at each call that can open a group, and every 5 minutes: EventBridge may lose an event. Each run looks at all
 * groups of the VPC, whatever started it. The account can hold other VPCs; no server of the deployment is in them, and
 * their groups are left alone. (DSS-5.6.3)
 */
export class OpenPortGuard extends Construct {
  constructor(scope: Construct, id: string, props: OpenPortGuardProps) {
    super(scope, id);
    serves(this, 'DSS-5.6.3');
    const control = this.controlFunction(props);
    startOnEvents(this, {
      description: 'A security group or a prefix list is changed',
      control,
      eventPattern: {
        source: ['aws.ec2'],
        'detail-type': ['AWS API Call via CloudTrail'],
        detail: { eventSource: ['ec2.amazonaws.com'], eventName: openingCalls },
      },
      scheduleExpression: 'rate(5 minutes)',
      retries: { attempts: 5, age: Duration.minutes(15) },
    });
    alarmOnRuns(this, {
      ...props,
      control,
      probe: 'open-port-guard',
      // With the permission of the rule and the policy of the dead letters.
      after: [control.function, control.deadLetters],
      findings: {
        id: 'PortOpened',
        description: 'A security group was opened to the internet; the rule was revoked (DSS-5.6.3).',
        severity: 'page',
        period: Duration.minutes(5),
      },
      silence: {
        id: 'PortGuardOverdue',
        description: 'The guard over open ports has not completed for 30 minutes: an opened security group would stay open (DSS-5.6.3).',
        severity: 'page',
        period: Duration.minutes(10),
        periods: 3,
      },
    });
  }

  private controlFunction({ site, vpc, proxySecurityGroup, key }: OpenPortGuardProps): ControlFunction {
    const environment: OpenPortGuardEnvironment = {
      DEPLOYMENT: site.deployment,
      VPC: vpc.vpcId,
      PROXY_GROUP: proxySecurityGroup.securityGroupId,
      METRIC_NAMESPACE: probeMetrics.namespace,
    };
    const control = new ControlFunction(this, 'Function', {
      site,
      control: 'open-port-guard',
      description: 'Revokes rules of security groups that admit the internet, except ports 80 and 443 of the proxies',
      environment: { ...environment },
      key,
      permissions: callStatements(this, calls, { site, arns: { 'network/Vpc': vpc.vpcId } }),
      timeout: Duration.minutes(4),
    });
    const reasons: Readonly<Record<string, string>> = {
      '*': 'Actions that describe security groups only read, and cannot be limited to one resource; they are limited to the region.',
      [`arn:aws:ec2:${site.region}:${accountInFindings(site)}:security-group/*`]:
        'A person can create a group with any id; the condition limits the action to the VPC of the deployment.',
      [`arn:aws:ec2:${site.region}:*:prefix-list/*`]: 'The action only reads, and a rule can name a list of AWS or of another account.',
    };
    for (const [resource, reason] of Object.entries(reasons)) acknowledgeWildcard(control.permissions, { resource, reason });
    return control;
  }
}

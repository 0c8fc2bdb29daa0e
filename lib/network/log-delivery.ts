// Allows the log delivery service of AWS to write to the log groups of the network, and to no other.
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ILogGroup, ResourcePolicy } from 'aws-cdk-lib/aws-logs';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Site } from '../config/site';
import { serves } from '../labels/labels';

export interface LogDeliveryProps {
  readonly site: Site;
  /** The log groups that the network firewall and the DNS resolver write to. Changing them is an update. (TOM-3.6) */
  readonly logGroups: readonly ILogGroup[];
}

/**
 * Without this policy, AWS creates a broader one when the first log is enabled, if the deploying role has the
 * permission (Amazon CloudWatch Logs User Guide, "Enable logging from AWS services"). The quota is ten resource
 * policies per region.
 */
export class LogDelivery extends ResourcePolicy {
  constructor(scope: Construct, id: string, { site, logGroups }: LogDeliveryProps) {
    const { account, region, partition } = Stack.of(scope);
    super(scope, id, {
      resourcePolicyName: `${site.deployment}-network-log-delivery`,
      policyStatements: [
        new PolicyStatement({
          principals: [new ServicePrincipal('delivery.logs.amazonaws.com')],
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: logGroups.map((logGroup) => logGroup.logGroupArn),
          conditions: {
            StringEquals: { 'aws:SourceAccount': account },
            ArnLike: { 'aws:SourceArn': `arn:${partition}:logs:${region}:${account}:*` },
          },
        }),
      ],
    });
    serves(this, 'TOM-2.1');
  }
}

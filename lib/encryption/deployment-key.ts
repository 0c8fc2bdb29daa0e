// The key of the deployment: encrypts log groups, buckets, topics, queues and secrets of its workloads.
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { alarmsOfTheDeployment } from '../alarms/alarm-topic';
import { firewallLogName, logGroupName } from '../config/names';
import type { Site } from '../config/site';
import { classify, serves } from '../labels/labels';
import { RotatedKey } from './rotated-key';

export interface DeploymentKeyProps {
  readonly site: Site;
}

/**
 * Audit records have their own key, so a permission to read logs and data does not open the audit archive. The policy
 * allows each service that the stacks use, limited by `aws:SourceAccount` and `aws:SourceArn`: CloudWatch Logs,
 * CloudWatch, whose alarms publish to an encrypted topic, and EventBridge, whose rules have encrypted dead-letter
 * queues. (TOM-5.5)
 */
export class DeploymentKey extends RotatedKey {
  constructor(scope: Construct, id: string, { site }: DeploymentKeyProps) {
    super(scope, id, {
      alias: site.deployment,
      description: `Encrypts the data of ${site.deployment}, except audit records and customers' data`,
    });
    this.admitLogGroups('LogGroupsOfTheDeployment', logGroupName(site, '*'));
    this.admitAlarms(site);
    this.admitEventRules(site);
    this.admitLogGroups('LogGroupOfTheFirewall', firewallLogName(site));
    serves(this, 'TOM-5.5', 'TOM-7.4');
    classify(this, 'confidential');
  }

  /**
   * Source: "Enable compatibility between event sources from AWS services and encrypted topics" of the SNS guide.
   * (TOM-3.4)
   */
  private admitAlarms(site: Site): void {
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfTheDeployment',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: alarmsOfTheDeployment(this, site),
      }),
    );
  }

  /**
   * Allows EventBridge rules of the deployment; CloudFormation begins their names with the name of their stack.
   * Source: "Using dead-letter queues to process undelivered events in EventBridge", encryption.
   */
  private admitEventRules(site: Site): void {
    const stack = Stack.of(this);
    const rules = stack.formatArn({ service: 'events', resource: 'rule', resourceName: `${site.deployment}-*` });
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'DeadLettersOfRules',
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account }, ArnLike: { 'aws:SourceArn': rules } },
      }),
    );
  }
}

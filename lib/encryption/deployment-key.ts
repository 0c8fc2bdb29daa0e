// The key of the deployment: what its workloads keep is encrypted with it.
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { alarmsOfTheAccount } from '../alarms/alarm-topic';
import { firewallLogName, logGroupName } from '../config/names';
import type { Site } from '../config/site';
import { classify, serves } from '../labels/labels';
import { RotatedKey } from './rotated-key';

export interface DeploymentKeyProps {
  readonly site: Site;
}

/**
 * Encrypts log groups, buckets, topics, queues and secrets. Audit records have a key of their own, so that who may read logs and
 * data cannot read the audit archive with the same right. A service that a later stack brings is admitted by that stack's need,
 * with `aws:SourceAccount` and `aws:SourceArn`; today these are CloudWatch Logs, and CloudWatch, whose alarms publish to an encrypted topic. (TOM-5.5)
 */
export class DeploymentKey extends RotatedKey {
  constructor(scope: Construct, id: string, { site }: DeploymentKeyProps) {
    super(scope, id, { alias: site.deployment, description: `Encrypts what ${site.deployment} keeps, audit records excepted` });
    this.admitLogGroups('LogGroupsOfTheDeployment', logGroupName(site, '*'));
    this.admitAlarms();
    this.admitLogGroups('LogGroupOfTheFirewall', firewallLogName(site));
    serves(this, 'TOM-5.5');
    classify(this, 'confidential');
  }

  /** Source: "Enable compatibility between event sources from AWS services and encrypted topics" of the SNS guide. (TOM-3.4) */
  private admitAlarms(): void {
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfTheAccount',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: alarmsOfTheAccount(this),
      }),
    );
  }
}

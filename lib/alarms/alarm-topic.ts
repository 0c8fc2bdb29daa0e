// The topic of the alarms, with subscriptions of the people on call.
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { ArnFormat, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { classify, serves } from '../labels/labels';

export interface AlarmTopicProps {
  /** Encrypts the notifications; must allow CloudWatch, as the deployment's key does. (TOM-5.5) */
  readonly key: IKey;
}

/**
 * Receives notifications of the alarms of this account and region, over TLS only. They describe the failure, without
 * any data of a person or site. (TOM-3.4, TOM-5.4)
 */
export class AlarmTopic extends Topic {
  constructor(scope: Construct, id: string, { key }: AlarmTopicProps) {
    super(scope, id, { displayName: 'Alarms', masterKey: key, enforceSSL: true });
    // "Amazon SNS example cases": a topic for CloudWatch alarms.
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfTheAccount',
        effect: Effect.ALLOW,
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topicArn],
        conditions: alarmsOfTheAccount(this),
      }),
    );
    serves(this, 'TOM-3.4', 'TOM-5.5', 'TOM-5.7');
    classify(this, 'internal');
  }
}

/** Policy conditions that limit CloudWatch to the alarms of this account and region. */
export function alarmsOfTheAccount(scope: Construct): Record<string, Record<string, string>> {
  const stack = Stack.of(scope);
  const alarms = stack.formatArn({ service: 'cloudwatch', resource: 'alarm', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  return { StringEquals: { 'aws:SourceAccount': stack.account }, ArnLike: { 'aws:SourceArn': alarms } };
}

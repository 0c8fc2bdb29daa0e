// The topic of the alarms. The watch stack will subscribe the people on call (TOM-3.4).
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { ArnFormat, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { stackName } from '../config/names';
import type { Site } from '../config/site';
import { classify, serves } from '../labels/labels';

export interface AlarmTopicProps {
  /** Encrypts the notifications; must allow CloudWatch, as the deployment's key does. (TOM-5.5) */
  readonly key: IKey;
  readonly site: Site;
}

/**
 * Receives notifications of the alarms of the deployment, over TLS only. They describe the failure, without
 * data of a person or site; the examination of credentials names users of IAM. (TOM-3.4, TOM-5.4)
 */
export class AlarmTopic extends Topic {
  constructor(scope: Construct, id: string, { key, site }: AlarmTopicProps) {
    super(scope, id, { displayName: 'Alarms', masterKey: key, enforceSSL: true });
    // "Amazon SNS example cases": a topic for CloudWatch alarms.
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfTheDeployment',
        effect: Effect.ALLOW,
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topicArn],
        conditions: alarmsOfTheDeployment(this, site),
      }),
    );
    serves(this, 'TOM-3.4', 'TOM-5.5', 'TOM-5.7');
    classify(this, 'internal');
  }
}

/** Policy conditions that limit CloudWatch to the alarms of the deployment, in this account and region. */
export function alarmsOfTheDeployment(scope: Construct, site: Site): Record<string, Record<string, string>> {
  const stack = Stack.of(scope);
  const resourceName = stackName(site, '*');
  const alarms = stack.formatArn({ service: 'cloudwatch', resource: 'alarm', resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  return { StringEquals: { 'aws:SourceAccount': stack.account }, ArnLike: { 'aws:SourceArn': alarms } };
}

// Access from outside the account, as IAM Access Analyzer finds it in the policies of resources, and its alarm.
import { CfnAnalyzer } from 'aws-cdk-lib/aws-accessanalyzer';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption, RedrivePermission } from 'aws-cdk-lib/aws-sqs';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct, type IDependable } from 'constructs';
import { alarmAbove } from '../alarms/alarm';
import type { PeopleRole } from '../config/names';
import type { Site } from '../config/site';
import { acknowledgeStanding } from '../labels/exceptions';
import { classify, serves } from '../labels/labels';

export interface AccessAnalysisProps {
  readonly site: Site;
  /** Encrypts the findings. (TOM-5.5) */
  readonly key: IKey;
  /** Notifies people of findings. (TOM-3.4) */
  readonly alarmTopic: ITopic;
  /** The policy of the topic, without which no alarm notifies. */
  readonly topicPolicy: IDependable;
}

/** Host of the tokens that deployers sign in with. */
const githubTokens = 'token.actions.githubusercontent.com';

/**
 * An account has one analyzer of this type in each region, which reads the resources of all its deployments ("IAM
 * Access Analyzer quotas"). `access.accessAnalyzer: existing` creates none; the findings of the one that exists raise
 * the alarm of this deployment, too. The analyzer is free of charge. One of unused access is charged by role and
 * month, and is left to the accounts that want it: the examination of credentials ends unused ones (TOM-3.10).
 *
 * EventBridge puts each finding into a queue, which keeps it for two weeks, and the number of messages raises the
 * alarm. The roles whose trust in others the configuration demands are archived: that of the auditor for its account,
 * that of deployers for GitHub. (TOM-3.4, TOM-3.5)
 */
export class AccessAnalysis extends Construct {
  constructor(scope: Construct, id: string, props: AccessAnalysisProps) {
    super(scope, id);
    serves(this, 'TOM-3.4', 'TOM-3.5');
    const { site, alarmTopic, topicPolicy } = props;
    const findings = this.queue('Findings', props, 'People read the findings, and no function does: no message fails.');
    const undelivered = this.queue('Undelivered', props, 'The queue is the dead-letter queue of a target of EventBridge.');
    const rule = this.collect(findings, undelivered);
    const alarm = alarmAbove(this, 'AccessFromOutside', {
      ...{ site, alarmTopic },
      metric: findings.metricNumberOfMessagesSent({ statistic: Stats.SUM, period: Duration.hours(1) }),
      above: 0,
      description: 'IAM Access Analyzer found a resource of the account that can be used from outside the account (TOM-3.5).',
      severity: 'page',
    });
    alarm.node.addDependency(topicPolicy);
    if (site.settings.access.accessAnalyzer === 'existing') return;
    // Its service-linked role is created with it ("Using service-linked roles for IAM Access Analyzer").
    const analyzer = new CfnAnalyzer(this, 'Analyzer', { type: 'ACCOUNT', archiveRules: this.archiveRules(site) });
    // The first findings, too, reach the queue.
    analyzer.node.addDependency(rule, findings, alarm);
  }

  private queue(id: string, { key }: AccessAnalysisProps, withoutDeadLetters: string): Queue {
    const queue = new Queue(this, id, {
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: key,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      redriveAllowPolicy: { redrivePermission: RedrivePermission.DENY_ALL },
    });
    serves(queue, 'TOM-5.5', 'TOM-5.7');
    classify(queue, 'internal');
    acknowledgeStanding(queue, { id: 'AwsSolutions::AwsSolutions-SQS3', reason: withoutDeadLetters });
    return queue;
  }

  /** "AWS Identity and Access Management Access Analyzer events": an event for each finding and each change of one. */
  private collect(findings: Queue, undelivered: Queue): CfnRule {
    const rule = new CfnRule(this, 'Rule', {
      description: 'IAM Access Analyzer has an active finding',
      eventPattern: { source: ['aws.access-analyzer'], 'detail-type': ['Access Analyzer Finding'], detail: { status: ['ACTIVE'] } },
      targets: [
        {
          id: 'Findings',
          arn: findings.queueArn,
          deadLetterConfig: { arn: undelivered.queueArn },
          retryPolicy: { maximumRetryAttempts: 20, maximumEventAgeInSeconds: Duration.hours(1).toSeconds() },
        },
      ],
    });
    const principals = [new ServicePrincipal('events.amazonaws.com')];
    const conditions = { ArnEquals: { 'aws:SourceArn': rule.attrArn } };
    // "Amazon SQS permissions" of EventBridge.
    for (const [sid, queue] of Object.entries({ FindingsOfTheAnalyzer: findings, UndeliveredEvents: undelivered })) {
      queue.addToResourcePolicy(
        new PolicyStatement({ sid, principals, actions: ['sqs:SendMessage'], resources: [queue.queueArn], conditions }),
      );
    }
    return rule;
  }

  private archiveRules({ deployment, settings }: Site): CfnAnalyzer.ArchiveRuleProperty[] {
    const { auditor, deployer } = settings.access;
    const provider = Stack.of(this).formatArn({ service: 'iam', region: '', resource: 'oidc-provider', resourceName: githubTokens });
    const archived = (role: PeopleRole, principal: string, eq: string): CfnAnalyzer.ArchiveRuleProperty => ({
      ruleName: role,
      filter: [
        { property: 'resourceType', eq: ['AWS::IAM::Role'] },
        // IAM is global: the analyzers of both regions find the roles of both sites.
        { property: 'resource', contains: [`:role/${deployment}-${role}-`] },
        { property: principal, eq: [eq] },
      ],
    });
    return [
      ...(auditor ? [archived('auditor', 'principal.AWS', auditor.account)] : []),
      ...(deployer ? [archived('deployer', 'principal.Federated', provider)] : []),
    ];
  }
}

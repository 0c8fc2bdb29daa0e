// The redaction of the load balancer's logs: a queue of landed objects, the function that redacts them, and its sweep.
import { Alarm, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { type CfnQueue, Queue, QueueEncryption, RedrivePermission } from 'aws-cdk-lib/aws-sqs';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct, type IConstruct, type IDependable } from 'constructs';
import { calls } from '../../lambda/edge/log-redaction/calls';
import type { LogRedactionEnvironment } from '../../lambda/edge/log-redaction/env';
import { alarmAbove } from '../alarms/alarm';
import { metricsNamespace } from '../config/metrics';
import { edgeLogNoticesName } from '../config/names';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { ControlFunction } from '../functions/control-function';
import { scheduleFunction } from '../functions/schedule';
import { acknowledgeWildcard } from '../labels/exceptions';
import { classify, serves } from '../labels/labels';
import type { EdgeLogBucket } from './edge-log-bucket';
import type { EdgeLogLanding } from './edge-log-landing';
import { collectionPaths } from './paths';

export interface LogRedactionProps {
  readonly site: Site;
  /** Encrypts environment, log, messages and dead letters. (TOM-5.5) */
  readonly key: IKey;
  readonly landing: EdgeLogLanding;
  /** Keeps the redacted logs. */
  readonly logs: EdgeLogBucket;
  /** Notifies people. (TOM-3.4) */
  readonly alarmTopic: Topic;
  /** Policies of the stack before the first run, besides those of the buckets and queues: of the audit archive. */
  readonly before: IDependable;
}

/** Metric of each sweep: the age in seconds of the oldest raw object, 0 if there is none. */
export const oldestRawMetric = (site: Site, period?: Duration): Metric =>
  new Metric({
    namespace: metricsNamespace(site),
    metricName: 'OldestRawEdgeLog',
    statistic: Stats.MAXIMUM,
    ...(period ? { period } : {}),
  });

/** The policy of a bucket, queue or topic: in one stack, no other order leads from its users to it. */
const policyOf = ({ node }: IConstruct): IDependable => node.findChild('Policy');

/** Longest run of the function; the queue delivers a message again after six of them ("Configuring an SQS queue"). */
const longestRun = Duration.minutes(5);

/** Age of a raw object that raises an alarm: the notice and two sweeps have failed. */
const alarmingAge = Duration.minutes(30);

/**
 * S3 reports each landed object to EventBridge, a rule sends the event to the queue, and the function stores the
 * redacted lines in the bucket of the logs and then deletes the object. Every five minutes a sweep redacts the objects
 * whose notice was lost or failed, and measures the age of the oldest that remains. A failure loses nothing: the
 * object stays until it is redacted, for a day at least. (TOM-3.6, TOM-4.13)
 */
export class LogRedaction extends Construct {
  readonly control: ControlFunction;

  constructor(scope: Construct, id: string, props: LogRedactionProps) {
    super(scope, id);
    serves(this, 'TOM-4.13');
    const { site, key, landing } = props;
    const notices = this.noticeQueue(props);
    this.control = this.redactionFunction(props, notices.queue);
    this.sendNotices(landing, notices.queue);
    const mapping = new EventSourceMapping(this, 'Mapping', {
      target: this.control.function,
      eventSourceArn: notices.queue.queueArn,
      batchSize: 5,
      maxConcurrency: 10,
      reportBatchItemFailures: true,
    });
    const schedule = scheduleFunction(this, {
      site,
      name: 'log-redaction',
      starts: 'the sweep of the landing bucket',
      description: 'Sweep of the landing bucket, every five minutes',
      control: this.control,
      key,
      expression: 'rate(5 minutes)',
      // Until the next sweep.
      retries: { attempts: 2, age: Duration.minutes(5) },
    });
    const policies = [landing, props.logs, notices.queue, this.control.deadLetters].map(policyOf);
    for (const start of [mapping, schedule]) start.node.addDependency(props.before, ...policies);
    this.addAlarms(props, notices.deadLetters);
    const alarms = this.node.children.filter((child) => child instanceof Alarm);
    for (const alarm of alarms) alarm.node.addDependency(policyOf(props.alarmTopic));
  }

  /**
   * The queue of landed objects, and the queue of messages that failed three times. Each names the other one: the
   * queue has a fixed name, so that CloudFormation can create its dead-letter queue first.
   */
  private noticeQueue({ site, key }: LogRedactionProps): { readonly queue: Queue; readonly deadLetters: Queue } {
    const encrypted = { encryption: QueueEncryption.KMS, encryptionMasterKey: key, enforceSSL: true, retentionPeriod: Duration.days(14) };
    const deadLetters = new Queue(this, 'NoticeDeadLetters', encrypted);
    const queueName = edgeLogNoticesName(site);
    (deadLetters.node.defaultChild as CfnQueue).redriveAllowPolicy = {
      redrivePermission: 'byQueue',
      sourceQueueArns: [Stack.of(this).formatArn({ service: 'sqs', resource: queueName })],
    };
    const queue = new Queue(this, 'Notices', {
      ...encrypted,
      queueName,
      visibilityTimeout: Duration.minutes(6 * longestRun.toMinutes()),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: 3 },
      redriveAllowPolicy: { redrivePermission: RedrivePermission.DENY_ALL },
    });
    for (const each of [queue, deadLetters]) {
      serves(each, 'TOM-5.5', 'TOM-5.7');
      classify(each, 'internal');
    }
    return { queue, deadLetters };
  }

  private redactionFunction({ site, key, landing, logs }: LogRedactionProps, notices: Queue): ControlFunction {
    const environment: LogRedactionEnvironment = {
      LANDING_BUCKET: landing.bucketName,
      LOG_BUCKET: logs.bucketName,
      COLLECTION_PATHS: collectionPaths.join(),
    };
    const control = new ControlFunction(this, 'Function', {
      site,
      control: 'log-redaction',
      description: 'Redacts the logs of the load balancer: addresses and query strings of visitors',
      environment: { ...environment },
      key,
      permissions: callStatements(this, calls, {
        site,
        arns: {
          'account/EdgeLogLanding.Arn': landing.bucketArn,
          'account/EdgeLogs.Arn': logs.bucketArn,
          'account/EdgeLogRedactionNotices.Arn': notices.queueArn,
        },
      }),
      timeout: longestRun,
      memorySize: 1024,
    });
    this.acknowledgeObjects(control, landing, logs);
    const { role } = control.function;
    if (role) {
      landing.admitReader(role);
      logs.admitWriter(role);
    }
    return control;
  }

  /** The packs name a bucket of the same stack by its logical id. */
  private acknowledgeObjects({ permissions }: ControlFunction, landing: EdgeLogLanding, logs: EdgeLogBucket): void {
    const arnOf = (bucket: Bucket) => `<${Stack.of(this).getLogicalId(bucket.node.defaultChild as CfnBucket)}.Arn>`;
    const reason = 'The load balancer chooses the names of its logs, and the redacted ones have the same; only the function uses them.';
    for (const resource of [`${arnOf(landing)}/*`, `${arnOf(logs)}/pseudonymous/*`, `${arnOf(logs)}/whole/*`]) {
      acknowledgeWildcard(permissions, { resource, reason });
    }
  }

  private sendNotices(landing: EdgeLogLanding, notices: Queue): void {
    const undelivered = this.control.deadLetters;
    const rule = new CfnRule(this, 'Rule', {
      description: 'The load balancer has landed a log',
      eventPattern: { source: ['aws.s3'], 'detail-type': ['Object Created'], detail: { bucket: { name: [landing.bucketName] } } },
      targets: [
        {
          id: 'Notices',
          arn: notices.queueArn,
          deadLetterConfig: { arn: undelivered.queueArn },
          // The sweep redacts the object meanwhile.
          retryPolicy: { maximumRetryAttempts: 20, maximumEventAgeInSeconds: Duration.hours(1).toSeconds() },
        },
      ],
    });
    rule.node.addDependency(policyOf(landing));
    const principals = [new ServicePrincipal('events.amazonaws.com')];
    const conditions = { ArnEquals: { 'aws:SourceArn': rule.attrArn } };
    // "Amazon SQS permissions" of EventBridge.
    for (const [sid, queue] of Object.entries({ LandedObjects: notices, UndeliveredEvents: undelivered })) {
      queue.addToResourcePolicy(
        new PolicyStatement({ sid, principals, actions: ['sqs:SendMessage'], resources: [queue.queueArn], conditions }),
      );
    }
  }

  private addAlarms({ site, alarmTopic }: LogRedactionProps, noticeDeadLetters: Queue): void {
    this.loggedMetric(site, 'OldestRawEdgeLog', 'oldestRawSeconds', -1);
    alarmAbove(this, 'EdgeLogsUnredacted', {
      ...{ site, alarmTopic },
      metric: oldestRawMetric(site),
      above: alarmingAge.toSeconds(),
      description: `Logs of the load balancer have been in the landing bucket for more than ${alarmingAge.toMinutes()} minutes. They have the addresses of visitors, and a lifecycle rule deletes them after a day.`,
      severity: 'page',
    });
    alarmAbove(this, 'EdgeLogRedactionFailed', {
      ...{ site, alarmTopic },
      metric: this.control.function.metricErrors({ statistic: Stats.SUM }),
      above: 0,
      description: 'A run of the function log-redaction ended with an error or at its timeout. The logs stay in the landing bucket.',
      severity: 'ticket',
    });
    alarmAbove(this, 'EdgeLogNoticesFailed', {
      ...{ site, alarmTopic },
      metric: noticeDeadLetters.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM }),
      above: 0,
      description:
        'The function log-redaction failed three times for a log. The sweep continues to try; the queue of dead letters names it.',
      severity: 'ticket',
    });
    alarmAbove(this, 'EdgeLogLinesUnreadable', {
      ...{ site, alarmTopic },
      metric: this.loggedMetric(site, 'FaultyEdgeLogLines', 'faulty', 0),
      above: 0,
      description:
        'Lines or fields of the logs of the load balancer have an unknown form. They are stored without their content, which may hold addresses.',
      severity: 'ticket',
    });
  }

  /** Metric of a number above `above` that the function writes to its log. */
  private loggedMetric(site: Site, metricName: string, field: string, above: number): Metric {
    const filter = new MetricFilter(this, metricName, {
      logGroup: this.control.logGroup,
      filterPattern: FilterPattern.numberValue(`$.message.${field}`, '>', above),
      metricNamespace: metricsNamespace(site),
      metricName,
      metricValue: `$.message.${field}`,
    });
    return filter.metric({ statistic: Stats.SUM });
  }
}

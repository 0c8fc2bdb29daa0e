// Delivery of hits to the archive bucket: Amazon Data Firehose reads the stream and writes compressed objects by hour.
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, LogStream } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { alarmAbove } from '../alarms/alarm';
import { logGroupName } from '../config/names';
import { hitArchiveCalls } from '../config/service-calls';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { acknowledgeStanding } from '../labels/exceptions';
import { classify, serves } from '../labels/labels';
import { removalOfNamedLog } from '../labels/retention';
import { acknowledgeObjects } from './bucket-objects';

export interface HitArchiveProps {
  readonly site: Site;
  readonly hitStream: IStream;
  /** Receives the hits. Changing it leaves older objects in the old bucket. */
  readonly archive: IBucket;
  /** Encrypts the log. (TOM-5.5) */
  readonly key: IKey;
  /** Encrypts stream and archive. (TOM-5.5) */
  readonly dataKey: IKey;
  /** Notifies people. (TOM-3.4) */
  readonly alarmTopic: ITopic;
}

/** Folders of the archive. */
const hits = 'hits';
const errors = 'hits-errors';

type ExtendedS3 = CfnDeliveryStream.ExtendedS3DestinationConfigurationProperty;

/**
 * Objects `hits/day=<yyyy-mm-dd>/hour=<HH>/...jsonl.gz`, by the hour (UTC) in which their oldest record arrived on the
 * stream. A record contains many hits of many sites, one line each; Firehose appends a line feed to each record. These
 * objects refill the window of a database that is lost, and end after 14 days (data-bucket.ts): the lake has the hits
 * by site and day. Firehose retries failed writes to S3 for the retention of the stream, 7 days.
 *
 * Firehose partitions nothing: partitions by site are limited ("Amazon Data Firehose Quota", active partitions), and
 * each is an object of its own. Dynamic partitioning of an existing delivery cannot be turned off ("Enable dynamic
 * partitioning in Amazon Data Firehose"), so this delivery has another logical id than the partitioned one that it
 * replaces. CloudFormation creates it before it deletes the other: both read the stream for minutes, and hits that
 * both deliver are stored once, by their ids.
 *
 * Firehose reads the stream from the position at which the delivery is created or replaced. Collectors depend on this
 * construct at the first deployment; after a later replacement the database has the hits of the gap. Firehose keeps no
 * data at rest. (TOM-5.1, TOM-7.1)
 */
export class HitArchive extends Construct {
  constructor(scope: Construct, id: string, props: HitArchiveProps) {
    super(scope, id);
    serves(this, 'TOM-5.1', 'TOM-5.5', 'TOM-7.1');
    const log = this.log(props);
    const logStream = new LogStream(this, 'LogStream', { logGroup: log, logStreamName: 'delivery' });
    const role = new Role(this, 'Role', {
      // "Allow Firehose to assume an IAM role": the external id is the account that the delivery belongs to.
      assumedBy: new ServicePrincipal('firehose.amazonaws.com', {
        conditions: { StringEquals: { 'sts:ExternalId': Stack.of(this).account } },
      }),
      description: 'Allows the delivery of hits to read the stream and to write to the archive',
    });
    const policy = this.permissions(props, role, log);
    const delivery = new CfnDeliveryStream(this, 'HourlyDelivery', {
      deliveryStreamType: 'KinesisStreamAsSource',
      kinesisStreamSourceConfiguration: { kinesisStreamArn: props.hitStream.streamArn, roleArn: role.roleArn },
      extendedS3DestinationConfiguration: this.destination(props, role, log, logStream),
    });
    delivery.node.addDependency(policy);
    classify(this, 'personal');
    this.acknowledgeSource(delivery);
    this.addAlarms(delivery, log, props);
  }

  private log({ site, key }: HitArchiveProps): LogGroup {
    const log = new LogGroup(this, 'Log', {
      logGroupName: logGroupName(site, 'hit-archive'),
      encryptionKey: key,
      retention: site.settings.audit.logRetentionDays,
      removalPolicy: removalOfNamedLog(site),
    });
    serves(log, 'TOM-3.6', 'TOM-5.5');
    return log;
  }

  /** "Grant Firehose access to an Amazon S3 destination", without the actions for buckets of other accounts. */
  private permissions({ site, hitStream, archive, dataKey }: HitArchiveProps, role: Role, log: LogGroup): ManagedPolicy {
    const policy = new ManagedPolicy(this, 'Permissions', {
      description: 'Permissions of the delivery of hits',
      roles: [role],
      statements: callStatements(this, hitArchiveCalls, {
        site,
        arns: {
          'data/Hits.Arn': hitStream.streamArn,
          'data/DataKey.Arn': dataKey.keyArn,
          'data/Archive.Arn': archive.bucketArn,
          'collection/HitArchiveLog.Arn': log.logGroupArn,
        },
      }),
    });
    const reason = 'Firehose chooses the name of each object in the folder by its time.';
    for (const folder of [hits, errors]) acknowledgeObjects(policy, site, 'archive', `${folder}/*`, reason);
    return policy;
  }

  private destination({ archive, dataKey }: HitArchiveProps, role: Role, log: LogGroup, logStream: LogStream): ExtendedS3 {
    return {
      bucketArn: archive.bucketArn,
      roleArn: role.roleArn,
      prefix: `${hits}/day=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/`,
      errorOutputPrefix: `${errors}/!{firehose:error-output-type}/day=!{timestamp:yyyy-MM-dd}/`,
      fileExtension: '.jsonl.gz',
      compressionFormat: 'GZIP',
      encryptionConfiguration: { kmsEncryptionConfig: { awskmsKeyArn: dataKey.keyArn } },
      bufferingHints: { sizeInMBs: 64, intervalInSeconds: 300 },
      processingConfiguration: { enabled: true, processors: [...processors] },
      cloudWatchLoggingOptions: { enabled: true, logGroupName: log.logGroupName, logStreamName: logStream.logStreamName },
    };
  }

  private acknowledgeSource(delivery: CfnDeliveryStream): void {
    acknowledgeStanding(delivery, {
      id: 'AwsSolutions::AwsSolutions-KDF1',
      reason: 'Firehose stores no data when its source is a stream, and rejects a key; the stream and the bucket are encrypted.',
    });
  }

  private addAlarms(delivery: CfnDeliveryStream, log: LogGroup, { site, alarmTopic }: HitArchiveProps): void {
    const metric = (metricName: string) =>
      new Metric({
        namespace: 'AWS/Firehose',
        metricName,
        dimensionsMap: { DeliveryStreamName: delivery.ref },
        statistic: Stats.MAXIMUM,
      });
    alarmAbove(this, 'ArchiveBehind', {
      ...{ site, alarmTopic },
      metric: metric('DeliveryToS3.DataFreshness'),
      above: Duration.hours(1).toSeconds(),
      description: 'Hits reach the archive more than an hour late. The stream keeps them for 7 days.',
      severity: 'ticket',
    });
    alarmAbove(this, 'ArchiveDeliveryFailed', {
      ...{ site, alarmTopic },
      metric: new Metric({
        namespace: 'AWS/Logs',
        metricName: 'IncomingLogEvents',
        dimensionsMap: { LogGroupName: log.logGroupName },
        statistic: Stats.SUM,
      }),
      above: 0,
      description: `Firehose could not deliver some hits to their prefix in the archive. It retries, or writes them to the prefix ${errors}/.`,
      severity: 'ticket',
    });
  }
}

/** A backslash and an n: Firehose reads it as a line feed. */
const processors: readonly CfnDeliveryStream.ProcessorProperty[] = [
  { type: 'AppendDelimiterToRecord', parameters: [{ parameterName: 'Delimiter', parameterValue: '\\n' }] },
];

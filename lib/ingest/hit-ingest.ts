// The function that stores hits in the database, and how the stream calls it.
import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { EventSourceMapping, MetricType, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { IngestEnvironment } from '../../lambda/ingest/ingest/env';
import { alarmAbove } from '../alarms/alarm';
import { metricsNamespace } from '../config/metrics';
import type { Site } from '../config/site';
import { ControlFunction } from '../functions/control-function';
import type { FunctionDatabase } from '../functions/function-database';
import { serves } from '../labels/labels';
import { acknowledgeObjects, objectsOf, readStream, useKey } from './stream-permissions';

export interface HitIngestProps {
  readonly site: Site;
  readonly hitStream: IStream;
  readonly databaseAccess: FunctionDatabase;
  /** Keeps what could not be stored. */
  readonly deadLetters: IBucket;
  /** Encrypts environment, log and the queue of asynchronous calls. (TOM-5.5) */
  readonly key: IKey;
  /** Encrypts stream and dead letters. (TOM-5.5) */
  readonly dataKey: IKey;
  /** Notifies people. (TOM-3.4) */
  readonly alarmTopic: ITopic;
}

/** Hours after which a record that cannot be stored is kept aside: one day before the stream forgets it. */
const giveUp = Duration.days(6);

/** Minutes that hits may be behind before somebody is told. */
const behind = Duration.minutes(15);

/**
 * What fails is tried again for 6 days, without a limit of attempts, which a database that is away for a day would use
 * up in hours. So a record must not fail by its own fault: the function rejects it, or keeps it aside and goes on,
 * after a day where it is alone in its batch (lambda/ingest/ingest/store-batch.ts). What ends the function itself is
 * cut out by bisection, and is on its own then: it holds up one part in `parallel` of one shard for 6 days at the
 * most, and the alarm on age tells of it in minutes.
 *
 * What Lambda gives up goes to the bucket of dead letters, records and all ("Retain discarded batch records for a
 * Kinesis Data Streams event source"; a queue or topic would be told where they were, and the stream forgets them a
 * day later). An operator replays one with `{"replay": "<key>"}`. No filter, which would drop without a word, and no
 * tumbling window. (TOM-5.1, TOM-7.1)
 */
export class HitIngest extends Construct {
  readonly control: ControlFunction;
  readonly mapping: EventSourceMapping;

  constructor(scope: Construct, id: string, props: HitIngestProps) {
    super(scope, id);
    serves(this, 'TOM-5.1', 'TOM-7.1');
    this.control = this.ingestFunction(props);
    this.mapping = this.read(props);
    this.watch(props);
    this.watchReading(props);
    this.watchRefused(props);
  }

  private ingestFunction({ site, hitStream, databaseAccess, deadLetters, key, dataKey }: HitIngestProps): ControlFunction {
    const environment: IngestEnvironment = {
      ...databaseAccess.environment('rempart_application'),
      DEAD_LETTERS_BUCKET: deadLetters.bucketName,
    };
    const control = new ControlFunction(this, 'Function', {
      site,
      control: 'ingest',
      description: 'Stores hits from the stream in the database, and replays dead letters',
      environment: { ...environment },
      key,
      permissions: [
        ...databaseAccess.permissions('rempart_application'),
        ...readStream(this, hitStream, dataKey),
        // Lambda writes what it gives up with this role, as the function writes what it keeps aside.
        new PolicyStatement({ actions: ['s3:GetObject', 's3:PutObject'], resources: [objectsOf(this, site, 'dead-letters', '*')] }),
        new PolicyStatement({ actions: ['s3:ListBucket'], resources: [deadLetters.bucketArn] }),
        useKey(this, dataKey, 's3', 'kms:Decrypt', 'kms:GenerateDataKey'),
      ],
      timeout: Duration.minutes(5),
      memorySize: 1024,
      network: databaseAccess.network,
    });
    const reason = 'Lambda names dead letters by mapping, shard and time; they are the only objects of the bucket.';
    acknowledgeObjects(control.permissions, site, 'dead-letters', '*', reason);
    return control;
  }

  private read({ site, hitStream, deadLetters }: HitIngestProps): EventSourceMapping {
    const { batchRecords, batchSeconds, parallel } = site.settings.collection.ingest;
    return new EventSourceMapping(this, 'Mapping', {
      target: this.control.function,
      eventSourceArn: hitStream.streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: batchRecords,
      maxBatchingWindow: Duration.seconds(batchSeconds),
      parallelizationFactor: parallel,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      maxRecordAge: giveUp,
      supportS3OnFailureDestination: true,
      onFailure: { bind: () => ({ destination: deadLetters.bucketArn }) },
      metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
    });
  }

  private watch({ site, alarmTopic }: HitIngestProps): void {
    const lambda = this.control.function;
    const ofMapping = (metricName: string) =>
      new Metric({
        namespace: 'AWS/Lambda',
        metricName,
        dimensionsMap: { EventSourceMappingUUID: this.mapping.eventSourceMappingId },
        statistic: Stats.SUM,
      });
    alarmAbove(this, 'IngestBehind', {
      ...{ site, alarmTopic },
      metric: lambda.metric('IteratorAge', { statistic: Stats.MAXIMUM }),
      above: behind.toMilliseconds(),
      description: `Hits reach the database more than ${behind.toMinutes()} minutes late. The stream keeps them for 7 days.`,
      severity: 'ticket',
    });
    alarmAbove(this, 'RecordsGivenUp', {
      ...{ site, alarmTopic },
      metric: ofMapping('OnFailureDestinationDeliveredEventCount'),
      above: 0,
      description:
        'Lambda gave up records of the stream that could not be stored for 6 days. They are in the bucket of dead letters for 30 days.',
      severity: 'ticket',
    });
    alarmAbove(this, 'RecordsDropped', {
      ...{ site, alarmTopic },
      metric: ofMapping('DroppedEventCount'),
      above: 0,
      description: 'Records of the stream were given up and could not be kept as dead letters. Only the archive has their hits.',
      severity: 'ticket',
    });
    alarmAbove(this, 'RecordsSetAside', {
      ...{ site, alarmTopic },
      metric: this.logged(site, 'SetAsideRecords', 'setAside'),
      above: 0,
      description: 'The function ingest set records aside that it could not store. They are in the bucket of dead letters for 30 days.',
      severity: 'ticket',
    });
    alarmAbove(this, 'RecordsOverfull', {
      ...{ site, alarmTopic },
      metric: this.logged(site, 'OverfullRecords', 'overfull'),
      above: 0,
      description:
        'Records of the stream hold more than 500 hits, which the archive files under one site. No collector writes such records.',
      severity: 'ticket',
    });
  }

  /**
   * Collectors check what they answer, so the ingest should refuse nothing; what it refuses is removed after 30 days,
   * as upkeep does it.
   */
  private watchRefused({ site, alarmTopic }: HitIngestProps): void {
    alarmAbove(this, 'HitsRejected', {
      ...{ site, alarmTopic },
      metric: this.logged(site, 'RejectedHits', 'rejected'),
      above: 0,
      description: 'Hits that collectors accepted are rejected by the database. They are kept with the reason for 30 days.',
      severity: 'ticket',
    });
    alarmAbove(this, 'UnknownSite', {
      ...{ site, alarmTopic },
      metric: this.logged(site, 'StrayHits', 'stray'),
      above: 0,
      description: 'Hits that collectors accepted name no live site, or cannot be read. They are kept with the reason for 30 days.',
      severity: 'ticket',
    });
  }

  /**
   * The age of records is told only where some are read: a mapping that was disabled, refused or throttled says
   * nothing at all.
   */
  private watchReading({ site, hitStream, alarmTopic }: HitIngestProps): void {
    alarmAbove(this, 'StreamNotRead', {
      ...{ site, alarmTopic },
      metric: new MathExpression({
        expression: 'IF(FILL(incoming, 0) > 0 AND FILL(invoked, 0) == 0, 1, 0)',
        usingMetrics: {
          incoming: hitStream.metricIncomingRecords({ statistic: Stats.SUM }),
          invoked: this.control.function.metricInvocations({ statistic: Stats.SUM }),
        },
        label: 'Hits come in and none is read',
      }),
      above: 0,
      periods: 3,
      description: 'Hits arrive on the stream and the function ingest is not invoked. The stream keeps them for 7 days.',
      severity: 'ticket',
    });
  }

  /** A number that the function writes to its log. */
  private logged(site: Site, metricName: string, field: string): Metric {
    const filter = new MetricFilter(this, metricName, {
      logGroup: this.control.logGroup,
      filterPattern: FilterPattern.numberValue(`$.message.${field}`, '>', 0),
      metricNamespace: metricsNamespace(site),
      metricName,
      metricValue: `$.message.${field}`,
    });
    return filter.metric({ statistic: Stats.SUM });
  }
}

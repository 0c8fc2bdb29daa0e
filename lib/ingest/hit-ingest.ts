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
  readonly stream: IStream;
  readonly database: FunctionDatabase;
  /** Keeps what could not be stored. */
  readonly deadLetters: IBucket;
  /** Encrypts environment, log and the queue of asynchronous calls. (TOM-5.5) */
  readonly key: IKey;
  /** Encrypts stream and dead letters. (TOM-5.5) */
  readonly dataKey: IKey;
  /** Is told of alarms. */
  readonly alarms: ITopic;
}

/** Hours after which a record that cannot be stored is kept aside: one day before the stream forgets it. */
const giveUp = Duration.days(6);

/** Minutes that hits may be behind before somebody is told. */
const behind = Duration.minutes(15);

/**
 * What fails is tried again for 6 days, without a limit of attempts, which a database that is away for a day would use up in hours. So a
 * record must not fail by its own fault: the function rejects it, or keeps it aside and goes on, after a day where it is alone in its
 * batch (lambda/ingest/ingest/store-batch.ts). What ends the function itself is cut out by bisection, and is on its own then: it holds up one
 * part in `parallel` of one shard for 6 days at the most, and the alarm on age tells of it in minutes.
 *
 * What Lambda gives up goes to the bucket of dead letters, records and all ("Retain discarded batch records for a Kinesis Data Streams
 * event source"; a queue or topic would be told where they were, and the stream forgets them a day later). An operator replays one with
 * `{"replay": "<key>"}`. No filter, which would drop without a word, and no tumbling window. (TOM-5.1, TOM-7.1)
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

  private ingestFunction({ site, stream, database, deadLetters, key, dataKey }: HitIngestProps): ControlFunction {
    const environment: IngestEnvironment = {
      ...database.environment('rempart_application'),
      DEAD_LETTERS_BUCKET: deadLetters.bucketName,
    };
    const control = new ControlFunction(this, 'Function', {
      site,
      control: 'ingest',
      description: 'Stores hits from the stream in the database, and replays dead letters',
      environment: { ...environment },
      key,
      permissions: [
        ...database.permissions('rempart_application'),
        ...readStream(this, stream, dataKey),
        // Lambda writes what it gives up with this role, as the function writes what it keeps aside.
        new PolicyStatement({ actions: ['s3:GetObject', 's3:PutObject'], resources: [objectsOf(this, site, 'dead-letters', '*')] }),
        new PolicyStatement({ actions: ['s3:ListBucket'], resources: [deadLetters.bucketArn] }),
        useKey(this, dataKey, 's3', 'kms:Decrypt', 'kms:GenerateDataKey'),
      ],
      timeout: Duration.minutes(5),
      memorySize: 1024,
      network: database.network,
    });
    const reason = 'Lambda names dead letters by mapping, shard and time; they are the only objects of the bucket.';
    acknowledgeObjects(control.permissions, site, 'dead-letters', '*', reason);
    return control;
  }

  private read({ site, stream, deadLetters }: HitIngestProps): EventSourceMapping {
    const { batchRecords, batchSeconds, parallel } = site.settings.collection.ingest;
    return new EventSourceMapping(this, 'Mapping', {
      target: this.control.function,
      eventSourceArn: stream.streamArn,
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

  private watch({ site, alarms: topic }: HitIngestProps): void {
    const lambda = this.control.function;
    const ofMapping = (metricName: string) =>
      new Metric({
        namespace: 'AWS/Lambda',
        metricName,
        dimensionsMap: { EventSourceMappingUUID: this.mapping.eventSourceMappingId },
        statistic: Stats.SUM,
      });
    alarmAbove(this, 'Behind', {
      metric: lambda.metric('IteratorAge', { statistic: Stats.MAXIMUM }),
      above: behind.toMilliseconds(),
      description: `Hits reach the database ${behind.toMinutes()} minutes late or more. See to the database, then to the log of the function ingest.`,
      topic,
    });
    alarmAbove(this, 'GivenUp', {
      metric: ofMapping('OnFailureDestinationDeliveredEventCount'),
      above: 0,
      description: 'Records were given up and are dead letters in the bucket. Mend the cause, then replay them within 30 days.',
      topic,
    });
    alarmAbove(this, 'Dropped', {
      metric: ofMapping('DroppedEventCount'),
      above: 0,
      description: 'Records were given up and are no dead letters either. The archive has their hits.',
      topic,
    });
    alarmAbove(this, 'SetAside', {
      metric: this.told(site, 'SetAsideRecords', 'setAside'),
      above: 0,
      description: 'The function ingest set records aside in the bucket of dead letters. Mend the cause, then replay them within 30 days.',
      topic,
    });
    alarmAbove(this, 'Overfull', {
      metric: this.told(site, 'OverfullRecords', 'overfull'),
      above: 0,
      description:
        'Records of the stream hold more than 500 hits, which the archive files whole under one site. Mend whatever writes them.',
      topic,
    });
  }

  /** Collectors check what they answer, so the ingest should refuse nothing; what it refuses is removed after 30 days, as upkeep does it. */
  private watchRefused({ site, alarms: topic }: HitIngestProps): void {
    alarmAbove(this, 'Rejected', {
      metric: this.told(site, 'RejectedHits', 'rejected'),
      above: 0,
      description:
        'Hits that collectors took are rejects in the database, with the reason: a clock, or another version of the program. Mend it; they go after 30 days.',
      topic,
    });
    alarmAbove(this, 'Stray', {
      metric: this.told(site, 'StrayHits', 'stray'),
      above: 0,
      description:
        'Hits that collectors took name no live site, or cannot be read: expected for minutes after a site was deleted. They go after 30 days.',
      topic,
    });
  }

  /** The age of records is told only where some are read: a mapping that was disabled, refused or throttled says nothing at all. */
  private watchReading({ stream, alarms: topic }: HitIngestProps): void {
    alarmAbove(this, 'NotRead', {
      metric: new MathExpression({
        expression: 'IF(FILL(incoming, 0) > 0 AND FILL(invoked, 0) == 0, 1, 0)',
        usingMetrics: {
          incoming: stream.metricIncomingRecords({ statistic: Stats.SUM }),
          invoked: this.control.function.metricInvocations({ statistic: Stats.SUM }),
        },
        label: 'Hits come in and none is read',
      }),
      above: 0,
      periods: 3,
      description:
        'Hits are on the stream and the function ingest is not called. See its event source mapping, its role, and the concurrency of the account.',
      topic,
    });
  }

  /** A number that the function says in its log. */
  private told(site: Site, metricName: string, field: string): Metric {
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

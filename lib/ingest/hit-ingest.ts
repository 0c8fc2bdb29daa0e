// The function that stores hits in the database, and its event source mapping for the stream.
import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { EventSourceMapping, MetricType, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { calls } from '../../lambda/ingest/ingest/calls';
import type { IngestEnvironment } from '../../lambda/ingest/ingest/env';
import { alarmAbove } from '../alarms/alarm';
import { metricsNamespace } from '../config/metrics';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { ControlFunction } from '../functions/control-function';
import type { FunctionDatabase } from '../functions/function-database';
import { serves } from '../labels/labels';
import { acknowledgeObjects } from './bucket-objects';

export interface HitIngestProps {
  readonly site: Site;
  readonly hitStream: IStream;
  readonly databaseAccess: FunctionDatabase;
  /** Keeps records that could not be stored. */
  readonly deadLetters: IBucket;
  /** Encrypts environment, log and the queue of asynchronous calls. (TOM-5.5) */
  readonly key: IKey;
  /** Notifies people. (TOM-3.4) */
  readonly alarmTopic: ITopic;
}

/** Age at which a record that cannot be stored becomes a dead letter: one day before the stream deletes it. */
const maxRecordAge = Duration.days(6);

/** Delay of hits that raises an alarm. */
const alarmingDelay = Duration.minutes(15);

/**
 * Lambda retries a failed batch for 6 days, without a limit of attempts: an outage of the database of one day would
 * reach any limit in hours. A record must therefore not fail by its content: the function rejects it, or sets it aside
 * and continues, after a day where it is alone in its batch (lambda/ingest/ingest/store-batch.ts). Bisection isolates
 * a record that ends the function itself: it blocks one of `parallel` batches of one shard for 6 days at most, and the
 * alarm on the age notifies within minutes.
 *
 * Lambda writes discarded batches with their records to the bucket of dead letters ("Retain discarded batch records
 * for a Kinesis Data Streams event source"; a queue or topic would receive only their position in the stream, which
 * deletes them a day later). An operator replays one with `{"replay": "<key>"}`. The mapping has no filter, which
 * would drop records silently, and no tumbling window. (TOM-5.1, TOM-7.1)
 */
export class HitIngest extends Construct {
  readonly control: ControlFunction;
  readonly mapping: EventSourceMapping;

  constructor(scope: Construct, id: string, props: HitIngestProps) {
    super(scope, id);
    serves(this, 'TOM-5.1', 'TOM-7.1');
    this.control = this.ingestFunction(props);
    this.mapping = this.newMapping(props);
    this.addAlarms(props);
    this.addReadAlarm(props);
    this.addRejectionAlarms(props);
  }

  private ingestFunction({ site, hitStream, databaseAccess, deadLetters, key }: HitIngestProps): ControlFunction {
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
      permissions: callStatements(this, calls, {
        site,
        arns: { ...databaseAccess.arns, 'data/Hits.Arn': hitStream.streamArn, 'data/DeadLetters.Arn': deadLetters.bucketArn },
      }),
      timeout: Duration.minutes(5),
      memorySize: 1024,
      network: databaseAccess.network,
    });
    const reason = 'Lambda names dead letters by mapping, shard and time; the bucket contains no other objects.';
    acknowledgeObjects(control.permissions, site, 'dead-letters', '*', reason);
    return control;
  }

  private newMapping({ site, hitStream, deadLetters }: HitIngestProps): EventSourceMapping {
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
      maxRecordAge,
      supportS3OnFailureDestination: true,
      onFailure: { bind: () => ({ destination: deadLetters.bucketArn }) },
      metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
    });
  }

  private addAlarms({ site, alarmTopic }: HitIngestProps): void {
    const lambda = this.control.function;
    const mappingMetric = (metricName: string) =>
      new Metric({
        namespace: 'AWS/Lambda',
        metricName,
        dimensionsMap: { EventSourceMappingUUID: this.mapping.eventSourceMappingId },
        statistic: Stats.SUM,
      });
    alarmAbove(this, 'IngestBehind', {
      ...{ site, alarmTopic },
      metric: lambda.metric('IteratorAge', { statistic: Stats.MAXIMUM }),
      above: alarmingDelay.toMilliseconds(),
      description: `Hits reach the database more than ${alarmingDelay.toMinutes()} minutes late. The stream keeps them for 7 days.`,
      severity: 'ticket',
    });
    alarmAbove(this, 'RecordsGivenUp', {
      ...{ site, alarmTopic },
      metric: mappingMetric('OnFailureDestinationDeliveredEventCount'),
      above: 0,
      description:
        'Lambda discarded records of the stream that could not be stored for 6 days. The dead-letter bucket keeps them for 30 days.',
      severity: 'ticket',
    });
    alarmAbove(this, 'RecordsDropped', {
      ...{ site, alarmTopic },
      metric: mappingMetric('DroppedEventCount'),
      above: 0,
      description:
        'Lambda discarded records of the stream and could not write them to the dead-letter bucket. Only the archive has their hits.',
      severity: 'ticket',
    });
    alarmAbove(this, 'RecordsSetAside', {
      ...{ site, alarmTopic },
      metric: this.loggedMetric(site, 'SetAsideRecords', 'setAside'),
      above: 0,
      description: 'The function ingest moved records that it could not store to the dead-letter bucket, which keeps them for 30 days.',
      severity: 'ticket',
    });
  }

  /**
   * Collectors validate hits before they accept them, so a rejected hit is a defect. Upkeep deletes rejected hits
   * after 30 days.
   */
  private addRejectionAlarms({ site, alarmTopic }: HitIngestProps): void {
    alarmAbove(this, 'HitsRejected', {
      ...{ site, alarmTopic },
      metric: this.loggedMetric(site, 'RejectedHits', 'rejected'),
      above: 0,
      description: 'The database rejects hits that collectors accepted. It keeps them, with the reason, for 30 days.',
      severity: 'ticket',
    });
    alarmAbove(this, 'UnknownSite', {
      ...{ site, alarmTopic },
      metric: this.loggedMetric(site, 'StrayHits', 'stray'),
      above: 0,
      description:
        'Hits that collectors accepted name no existing site, or cannot be read. The database keeps them, with the reason, for 30 days.',
      severity: 'ticket',
    });
  }

  /**
   * Lambda publishes the age of records only for invocations: a mapping that is disabled, denied or throttled has no
   * datapoints.
   */
  private addReadAlarm({ site, hitStream, alarmTopic }: HitIngestProps): void {
    alarmAbove(this, 'StreamNotRead', {
      ...{ site, alarmTopic },
      metric: new MathExpression({
        expression: 'IF(FILL(incoming, 0) > 0 AND FILL(invoked, 0) == 0, 1, 0)',
        usingMetrics: {
          incoming: hitStream.metricIncomingRecords({ statistic: Stats.SUM }),
          invoked: this.control.function.metricInvocations({ statistic: Stats.SUM }),
        },
        label: 'Hits arrive and none is read',
      }),
      above: 0,
      periods: 3,
      description: 'Hits arrive on the stream and the function ingest is not invoked. The stream keeps them for 7 days.',
      severity: 'ticket',
    });
  }

  /** Metric of a number that the function writes to its log. */
  private loggedMetric(site: Site, metricName: string, field: string): Metric {
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

// The alarms of the collection stack: archive, ingest, snapshot of sites, and fleet; and the metric filters that they
// read.
import { longestWait as longestSpoolWait } from '../rules/collection/fleet-scaling';
import { longestDelay as longestArchiveDelay } from '../rules/ingest/hit-archive';
import { longestWait as longestIngestWait } from '../rules/ingest/hit-stream';
import {
  type AlarmDeclaration,
  alarm,
  type Comparison,
  type Expression,
  type Metric,
  none,
  ofFunction,
  one,
  scalingAlarm,
  successesOf,
} from './alarms-form';
import { type Declaration, declare } from './declaration';
import { between, by } from './form';
import { balancerDimension, fewestServers, targetsDimension } from './functions-collection';
import { after, hitArchive } from './functions-order';

const fiveMinutes = 300;
const minute = 60;
const hour = 3600;
const day = 86_400;

/** Namespace of the deployment's own metrics. */
const namespace = 'Rempart/<deployment>';

const ticket = { severity: 'ticket', silence: 'fine', every: fiveMinutes } as const;

const archive = { ...ticket, of: 'HitArchive', classification: 'personal' } as const;
const ofDelivery = (name: string): Metric => ({
  ...{ namespace: 'AWS/Firehose', name, statistic: 'Maximum' },
  dimensions: [{ Name: 'DeliveryStreamName', Value: '${collection/HitArchiveHourlyDelivery}' }],
});

const archiveAlarms = [
  alarm({
    ...{ ...archive, id: 'ArchiveBehind', metric: ofDelivery('DeliveryToS3.DataFreshness') },
    // Above the buffering interval of Firehose, 15 minutes at most. (TOM-5.1)
    raised: { above: between(900, longestArchiveDelay) },
  }),
  alarm({
    ...{ ...archive, id: 'ArchiveDeliveryFailed', raised: { above: none } },
    metric: {
      ...{ namespace: 'AWS/Logs', name: 'IncomingLogEvents', statistic: 'Sum' },
      dimensions: [{ Name: 'LogGroupName', Value: '${collection/HitArchiveLog}' }],
    },
  }),
];

const ingest = { ...ticket, of: 'HitIngest', raised: { above: none } } as const;
const ofMapping = (name: string): Metric => ({
  ...{ namespace: 'AWS/Lambda', name, statistic: 'Sum' },
  dimensions: [{ Name: 'EventSourceMappingUUID', Value: '${collection/HitIngestMapping}' }],
});

/** Hits on the stream while the function is not invoked: only the stream's own metric shows them. */
const unread: Expression = {
  expression: 'IF(FILL(incoming, 0) > 0 AND FILL(invoked, 0) == 0, 1, 0)',
  label: 'Hits arrive and none is read',
  metrics: {
    incoming: {
      ...{ namespace: 'AWS/Kinesis', name: 'IncomingRecords', statistic: 'Sum' },
      dimensions: [{ Name: 'StreamName', Value: '${data/Hits}' }],
    },
    invoked: ofFunction('Invocations', 'collection/HitIngestFunction'),
  },
};

/** An alarm on a number that the function writes to its log, with the filter that makes it a metric. */
function loggedNumber(id: AlarmDeclaration['id'], name: string, field: string): readonly Declaration[] {
  const MetricValue = `$.message.${field}`;
  return [
    declare('AWS::Logs::MetricFilter', `collection/HitIngest${name}`, {
      LogGroupName: '${collection/HitIngestFunctionLog}',
      FilterPattern: `{ ${MetricValue} > 0 }`,
      MetricTransformations: [{ MetricNamespace: namespace, MetricName: name, MetricValue }],
    }),
    alarm({ ...ingest, id, metric: { namespace, name, statistic: 'Sum' } }),
  ];
}

const ingestAlarms = [
  alarm({
    ...{ ...ingest, id: 'IngestBehind', metric: ofFunction('IteratorAge', 'collection/HitIngestFunction', 'Maximum') },
    raised: { above: between(60_000, longestIngestWait) },
  }),
  alarm({ ...ingest, id: 'RecordsGivenUp', metric: ofMapping('OnFailureDestinationDeliveredEventCount') }),
  alarm({ ...ingest, id: 'RecordsDropped', metric: ofMapping('DroppedEventCount') }),
  alarm({ ...ingest, id: 'StreamNotRead', metric: unread, periods: 3 }),
  ...loggedNumber('RecordsSetAside', 'SetAsideRecords', 'setAside'),
  ...loggedNumber('HitsRejected', 'RejectedHits', 'rejected'),
  ...loggedNumber('UnknownSite', 'StrayHits', 'stray'),
  alarm({
    ...{ id: 'SiteSnapshotStale', of: 'SiteSnapshot', severity: 'page', silence: 'failure' },
    ...{ metric: successesOf('collection/SiteSnapshotFunction'), every: fiveMinutes, periods: 2, raised: { below: one } },
    dependsOn: ['${collection/SiteSnapshotFirstRun}'],
  }),
];

const fleet = { of: 'CollectorsAlarms', silence: 'fine', every: minute, dependsOn: after('collection', ...hitArchive) } as const;
const group = [{ Name: 'AutoScalingGroupName', Value: '${collection/CollectorsFleetGroupASG}' }];
const ofGroup = (name: string): Metric => ({ namespace: 'AWS/AutoScaling', name, statistic: 'Maximum', dimensions: group });
const ofServers = (name: string): Metric => ({ namespace, name, statistic: 'Maximum', dimensions: group });
const ofTargets = (name: string, statistic: Metric['statistic']): Metric => ({
  ...{ namespace: 'AWS/ApplicationELB', name, statistic },
  dimensions: [balancerDimension, targetsDimension],
});
const anyOne: Comparison = { atLeast: one };

const fleetAlarms = [
  alarm({
    ...{ ...fleet, id: 'HitsRefused', severity: 'page', metric: ofTargets('HTTPCode_Target_5XX_Count', 'Sum') },
    ...{ periods: 3, raised: anyOne },
  }),
  alarm({
    ...{ ...fleet, id: 'CollectorUnhealthy', severity: 'ticket', metric: ofTargets('UnHealthyHostCount', 'Maximum') },
    ...{ periods: 5, raised: anyOne },
  }),
  alarm({
    ...{ ...fleet, id: 'FleetAtMaximum', severity: 'page', metric: ofGroup('GroupInServiceInstances'), periods: 5 },
    raised: { atLeast: by(({ facts }) => facts.settings.collection.servers.maximum) },
  }),
  // A replacement boots in five minutes. (TOM-6.9)
  alarm({
    ...{ ...fleet, id: 'FleetBelowMinimum', severity: 'page', metric: ofTargets('HealthyHostCount', 'Minimum'), periods: 10 },
    ...{ raised: { below: by(({ facts }) => fewestServers(facts)) }, silence: 'failure' },
    dependsOn: after('collection', ...hitArchive, 'CollectorsAlarmsServing'),
  }),
  alarm({
    ...{ ...fleet, id: 'SpoolDelayed', severity: 'page', metric: ofServers('SpoolAge'), periods: 3 },
    raised: { atLeast: between(61, 300) },
  }),
  alarm({ ...fleet, id: 'HitsUndelivered', severity: 'ticket', metric: ofServers('HitsLeft'), raised: anyOne }),
  alarm({
    ...{ ...fleet, id: 'DrainUnconfirmed', severity: 'ticket', metric: ofGroup('GroupTerminatingRetainedInstances'), raised: anyOne },
  }),
  alarm({ ...fleet, id: 'ArrayDegraded', severity: 'ticket', metric: ofServers('ArrayDegraded'), periods: 2, raised: anyOne }),
  // Less than the five minutes ahead that the ingest accepts. (TOM-5.1)
  alarm({
    ...{ ...fleet, id: 'ClockWrong', severity: 'ticket', metric: ofServers('ClockOffset'), periods: 3 },
    raised: { atLeast: between(5, 240) },
  }),
  alarm({ ...fleet, id: 'PackagesDiffer', severity: 'ticket', metric: ofServers('PackagesDiffer'), every: hour, raised: anyOne }),
  alarm({ ...fleet, id: 'PatchesMissing', severity: 'ticket', metric: ofServers('PatchesMissing'), every: day, raised: anyOne }),
  // Seconds that hits have waited on a disk when the fleet grows. (TOM-6.9)
  scalingAlarm(
    {
      ...{ ...fleet, id: 'SpoolAgeing', of: 'CollectorsScaling', metric: ofServers('SpoolAge'), silence: 'unchanged' },
      raised: { atLeast: between(10, longestSpoolWait) },
    },
    '${collection/CollectorsScalingSpoolAge.Arn}',
  ),
];

export const collectionAlarms: readonly Declaration[] = [...archiveAlarms, ...ingestAlarms, ...fleetAlarms];

// TOM-5.1, TOM-7.1: the stream retains hits for 7 days; they are stored and archived, and failed records are kept.

import { streamHours } from '../../figures';
import { type Finding, finding, type Guard, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { alarmsOn, hasAlarm } from '../../template/alarms';
import { type Assembly, type Json, listOf, type Resource } from '../../template/assembly';
import {
  alarmType,
  bucketType,
  deliveryType,
  functionType,
  mappingType,
  streamConsumerType,
  streamType,
} from '../../template/resource-types';
import { renderText } from '../../template/texts';
import { lossyReaders } from './stream-bypasses';

/** Database outage, in seconds, that loses no records. */
export const shortestAge = 3 * 86_400;
/** Discarded records reach the bucket while the stream still retains them. */
const longestAge = (streamHours - 24) * 3600;

export const hitStream: Rule = {
  name: 'hit-stream',
  requires: `every stream keeps records for ${streamHours} hours, all are stored and archived, and failed records are retained in a bucket`,
  types: [streamType, mappingType],
  check(resource, assembly) {
    if (resource.type === streamType) return [...retentionFindings(resource), ...consumerFindings(resource, assembly)];
    if (!readsStream(resource, assembly)) return 'not-applicable';
    return [
      ...settingFindings(resource),
      ...functionFindings(resource, assembly),
      ...destinationFindings(resource, assembly),
      ...alarmFindings(resource, assembly),
    ];
  },
  guards: [
    guard(streamType, 'Properties.RetentionPeriodHours', remove, replace(24)),
    guard(streamType, 'DeletionPolicy', remove, replace('Delete')),
    guard(streamType, 'UpdateReplacePolicy', remove, replace('Delete')),
    guardWhere(deliveryType, isArchive, '', remove),
    guardWhere(deliveryType, isArchive, 'Properties.KinesisStreamSourceConfiguration.KinesisStreamARN', remove, replace('elsewhere')),
    guardMapping('', remove),
    guardMapping('Properties.EventSourceArn', replace('elsewhere')),
    guardMapping('Properties.FunctionResponseTypes', remove, replace([])),
    guardMapping('Properties.BisectBatchOnFunctionError', remove, replace(false)),
    guardMapping('Properties.MaximumRecordAgeInSeconds', remove, replace(60), replace(streamHours * 3600)),
    guardMapping('Properties.MaximumRetryAttempts', set(3)),
    guardMapping('Properties.StartingPosition', remove, replace('LATEST')),
    guardMapping('Properties.FilterCriteria', set({ Filters: [{ Pattern: '{}' }] })),
    guardMapping('Properties.TumblingWindowInSeconds', set(60)),
    guardMapping('Properties.Enabled', set(false)),
    guardMapping('Properties.MetricsConfig', remove, replace({ Metrics: [] })),
    guardWhere(functionType, isStreamFunction, 'Properties.ReservedConcurrentExecutions', set(0)),
    guardWhere(alarmType, isMappingAlarm, 'Properties.Threshold', remove, replace(1_000_000_000)),
    guardWhere(alarmType, isMappingAlarm, 'Properties.ComparisonOperator', replace('LessThanThreshold')),
    guardWhere(alarmType, isMappingAlarm, 'Properties.Statistic', replace('Minimum')),
    guardMapping('Properties.DestinationConfig.OnFailure.Destination', remove, replace('arn:aws:sqs:eu-west-3:x:queue')),
    guardWhere(alarmType, isMappingAlarm, '', remove),
    guardWhere(alarmType, isMappingAlarm, 'Properties.MetricName', replace('Duration')),
    guardWhere(alarmType, isMappingAlarm, 'Properties.Dimensions.0.Value', replace('elsewhere')),
    guardWhere(alarmType, isMappingAlarm, 'Properties.AlarmActions', remove, replace([]), replace(['arn:aws:sns:eu-west-3:x:topic'])),
    guardWhere(alarmType, isMappingAlarm, 'Properties.ActionsEnabled', set(false)),
  ],
  bypasses: lossyReaders,
  reads: [
    { type: mappingType, path: 'Properties.EventSourceArn' },
    { type: mappingType, path: 'Properties.FunctionName' },
    { type: streamConsumerType, path: 'Properties.StreamARN' },
    ...['ComparisonOperator', 'Threshold', 'Statistic'].map((name) => ({ type: alarmType, path: `Properties.${name}` })),
    { type: deliveryType, path: 'Properties.KinesisStreamSourceConfiguration' },
    { type: alarmType, path: 'Properties.MetricName' },
    { type: alarmType, path: 'Properties.Dimensions' },
    { type: alarmType, path: 'Properties.AlarmActions' },
    { type: alarmType, path: 'Properties.ActionsEnabled' },
  ],
};

function retentionFindings(stream: Resource): readonly Finding[] {
  const hours = stream.at('RetentionPeriodHours');
  const fix = 'Create the stream with HitStream.';
  const short = typeof hours === 'number' && hours >= streamHours ? [] : ['Properties.RetentionPeriodHours'];
  const policies = ['DeletionPolicy', 'UpdateReplacePolicy'].filter(
    (policy) => !/^Retain/.test(String(stream.json[policy as 'DeletionPolicy'])),
  );
  return [
    ...short.map((path) => finding(stream, 'retention', path, `at least ${streamHours} hours`, fix)),
    ...policies.map((policy) => finding(stream, policy, policy, 'Retain', fix)),
  ];
}

function consumerFindings(stream: Resource, assembly: Assembly): readonly Finding[] {
  const stored = assembly.ofType(mappingType).some((mapping) => isMappingOf(mapping, stream, assembly));
  const archived = assembly.ofType(deliveryType).some((delivery) => assembly.refersTo(sourceOf(delivery), delivery, stream));
  return [
    ...(stored ? [] : [finding(stream, 'stored', '', 'a function that stores the records', 'Create HitIngest for the stream.')]),
    ...(archived ? [] : [finding(stream, 'archived', '', 'a delivery that archives the records', 'Create HitArchive for the stream.')]),
  ];
}

const sourceOf = (delivery: Resource): Json | undefined => delivery.at('KinesisStreamSourceConfiguration.KinesisStreamARN');

/** Required value of each property of the mapping. */
const requiredSettings: readonly { id: string; path: string; isAllowed: (value: Json | undefined) => boolean; required: string }[] = [
  {
    id: 'partial',
    path: 'FunctionResponseTypes',
    isAllowed: (value) => listOf(value).includes('ReportBatchItemFailures'),
    required: 'ReportBatchItemFailures',
  },
  {
    id: 'bisect',
    path: 'BisectBatchOnFunctionError',
    isAllowed: (value) => value === true,
    required: 'true, which isolates a failed record',
  },
  {
    id: 'attempts',
    path: 'MaximumRetryAttempts',
    isAllowed: (value) => value === undefined || value === -1,
    required: 'no limit, because an outage would exhaust it',
  },
  {
    id: 'age',
    path: 'MaximumRecordAgeInSeconds',
    isAllowed: (value) => typeof value === 'number' && value >= shortestAge && value <= longestAge,
    required: `from ${shortestAge} to ${longestAge} seconds, one day less than the retention of the stream`,
  },
  { id: 'start', path: 'StartingPosition', isAllowed: (value) => value === 'TRIM_HORIZON', required: 'TRIM_HORIZON' },
  {
    id: 'filter',
    path: 'FilterCriteria',
    isAllowed: (value) => value === undefined,
    required: 'no filter, which drops records without notice',
  },
  {
    id: 'window',
    path: 'TumblingWindowInSeconds',
    isAllowed: (value) => value === undefined || value === 0,
    required: 'no tumbling window',
  },
  {
    id: 'metrics',
    path: 'MetricsConfig.Metrics',
    isAllowed: (value) => listOf(value).includes('EventCount'),
    required: 'EventCount, which reports discarded records',
  },
  { id: 'enabled', path: 'Enabled', isAllowed: (value) => value === undefined || value === true, required: 'true' },
];

function settingFindings(mapping: Resource): readonly Finding[] {
  return requiredSettings
    .filter(({ path, isAllowed }) => !isAllowed(mapping.at(path)))
    .map(({ id, path, required }) => finding(mapping, id, `Properties.${path}`, required, 'Create the mapping with HitIngest.'));
}

/** A function with a reserved concurrency of 0 stores nothing. */
function functionFindings(mapping: Resource, assembly: Assembly): readonly Finding[] {
  const lambda = assembly.target(mapping.at('FunctionName'), mapping.stack);
  if (lambda?.type !== functionType || lambda.at('ReservedConcurrentExecutions') !== 0) return [];
  return [
    finding(mapping, 'runs', 'Properties.FunctionName', 'a function with concurrency', 'Remove reservedConcurrentExecutions or raise it.'),
  ];
}

/** A queue or topic receives the position of the records only; a bucket receives the records. */
function destinationFindings(mapping: Resource, assembly: Assembly): readonly Finding[] {
  const path = 'DestinationConfig.OnFailure.Destination';
  if (assembly.target(mapping.at(path), mapping.stack)?.type === bucketType) return [];
  return [
    finding(
      mapping,
      'kept',
      `Properties.${path}`,
      'a bucket of the deployment',
      'Set the dead-letter bucket as the on-failure destination.',
    ),
  ];
}

function alarmFindings(mapping: Resource, assembly: Assembly): readonly Finding[] {
  return requiredAlarms(mapping, assembly)
    .filter(({ of, metric, dimension, most }) => !of || !hasAlarm(of, metric, dimension, assembly, (alarm) => isSensitive(alarm, most)))
    .map(({ metric, most }) => {
      const required = `an alarm on ${metric} with a threshold of at most ${most} that notifies a topic`;
      return finding(mapping, `alarm::${metric}`, '', required, 'Create the alarm with alarmAbove.');
    });
}

/** Longest wait of the oldest record before an alarm, in milliseconds: a quarter of an hour. */
export const longestWait = 900_000;

const isSensitive = (alarm: Resource, most: number): boolean =>
  /^GreaterThan/.test(String(alarm.at('ComparisonOperator'))) &&
  typeof alarm.at('Threshold') === 'number' &&
  Number(alarm.at('Threshold')) <= most &&
  ['Maximum', 'Sum'].includes(String(alarm.at('Statistic')));

/** Metrics of delayed hits, of discarded records in the bucket, and of dropped records. */
const requiredAlarms = (mapping: Resource, assembly: Assembly) => [
  { of: assembly.target(mapping.at('FunctionName'), mapping.stack), metric: 'IteratorAge', dimension: 'FunctionName', most: longestWait },
  { of: mapping, metric: 'OnFailureDestinationDeliveredEventCount', dimension: 'EventSourceMappingUUID', most: 0 },
  { of: mapping, metric: 'DroppedEventCount', dimension: 'EventSourceMappingUUID', most: 0 },
];

/**
 * Whether a mapping reads a stream or a consumer of one. A source that names a stream without a reference counts too.
 */
function readsStream(mapping: Resource, assembly: Assembly): boolean {
  const source = mapping.at('EventSourceArn');
  const target = assembly.target(source, mapping.stack);
  if (target) return [streamType, streamConsumerType].includes(target.type);
  return source !== undefined && /:kinesis:|^\$\{/.test(renderText(source) ?? '${');
}

/** Whether a mapping reads this stream. */
function isMappingOf(mapping: Resource, stream: Resource, assembly: Assembly): boolean {
  const source = assembly.target(mapping.at('EventSourceArn'), mapping.stack);
  return source === stream || (source?.type === streamConsumerType && assembly.refersTo(source.at('StreamARN'), source, stream));
}

function isArchive(delivery: Resource, assembly: Assembly): boolean {
  return assembly.target(sourceOf(delivery), delivery.stack)?.type === streamType;
}

function isStreamFunction(lambda: Resource, assembly: Assembly): boolean {
  return assembly
    .ofType(mappingType)
    .some((mapping) => readsStream(mapping, assembly) && assembly.refersTo(mapping.at('FunctionName'), mapping, lambda));
}

function isMappingAlarm(alarm: Resource, assembly: Assembly): boolean {
  return assembly
    .ofType(mappingType)
    .filter((mapping) => readsStream(mapping, assembly))
    .flatMap((mapping) => requiredAlarms(mapping, assembly))
    .some(({ of, metric, dimension }) => of !== undefined && alarmsOn(of, metric, dimension, assembly).includes(alarm));
}

function guardMapping(path: string, ...breaks: Guard['breaks']): Guard {
  return guardWhere(mappingType, readsStream, path, ...breaks);
}

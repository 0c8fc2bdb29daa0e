// TOM-5.1, TOM-7.1: hits stay in the stream for 7 days, are stored and archived from it, and what fails is tried again, then kept.

import { type Finding, finding, type Guard, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { alarmsOn, alarmType, isWatched } from '../../template/alarms';
import { type Assembly, type Json, listOf, type Resource } from '../../template/assembly';
import { renderText } from '../../template/texts';
import { careless } from './stream-bypasses';

const streamType = 'AWS::Kinesis::Stream';
const consumerType = 'AWS::Kinesis::StreamConsumer';
const mappingType = 'AWS::Lambda::EventSourceMapping';
const lambdaType = 'AWS::Lambda::Function';
const deliveryType = 'AWS::KinesisFirehose::DeliveryStream';

const retentionHours = 168;
/** A database may be away so long without cost. */
const leastAge = 3 * 86_400;
/** What is given up is kept aside while the stream still has it. */
const mostAge = (retentionHours - 24) * 3600;

export const hitStream: Rule = {
  name: 'hit-stream',
  requires: `every stream keeps records for ${retentionHours} hours and outlives its stack, a function stores them and a delivery archives them; the function says which records failed, they are tried again for days without a limit of attempts, then kept whole in a bucket, and people are told`,
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
    ofMapping('', remove),
    ofMapping('Properties.EventSourceArn', replace('elsewhere')),
    ofMapping('Properties.FunctionResponseTypes', remove, replace([])),
    ofMapping('Properties.BisectBatchOnFunctionError', remove, replace(false)),
    ofMapping('Properties.MaximumRecordAgeInSeconds', remove, replace(60), replace(retentionHours * 3600)),
    ofMapping('Properties.MaximumRetryAttempts', set(3)),
    ofMapping('Properties.StartingPosition', remove, replace('LATEST')),
    ofMapping('Properties.FilterCriteria', set({ Filters: [{ Pattern: '{}' }] })),
    ofMapping('Properties.TumblingWindowInSeconds', set(60)),
    ofMapping('Properties.Enabled', set(false)),
    ofMapping('Properties.MetricsConfig', remove, replace({ Metrics: [] })),
    guardWhere(lambdaType, isOfStream, 'Properties.ReservedConcurrentExecutions', set(0)),
    guardWhere(alarmType, isOfMapping, 'Properties.Threshold', remove, replace(1_000_000_000)),
    guardWhere(alarmType, isOfMapping, 'Properties.ComparisonOperator', replace('LessThanThreshold')),
    guardWhere(alarmType, isOfMapping, 'Properties.Statistic', replace('Minimum')),
    ofMapping('Properties.DestinationConfig.OnFailure.Destination', remove, replace('arn:aws:sqs:eu-west-3:x:queue')),
    guardWhere(alarmType, isOfMapping, '', remove),
    guardWhere(alarmType, isOfMapping, 'Properties.MetricName', replace('Duration')),
    guardWhere(alarmType, isOfMapping, 'Properties.Dimensions.0.Value', replace('elsewhere')),
    guardWhere(alarmType, isOfMapping, 'Properties.AlarmActions', remove, replace([]), replace(['arn:aws:sns:eu-west-3:x:topic'])),
    guardWhere(alarmType, isOfMapping, 'Properties.ActionsEnabled', set(false)),
  ],
  bypasses: careless,
  reads: [
    { type: mappingType, path: 'Properties.EventSourceArn' },
    { type: mappingType, path: 'Properties.FunctionName' },
    { type: consumerType, path: 'Properties.StreamARN' },
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
  const fix = 'Build the stream as HitStream.';
  const short = typeof hours === 'number' && hours >= retentionHours ? [] : ['Properties.RetentionPeriodHours'];
  const policies = ['DeletionPolicy', 'UpdateReplacePolicy'].filter(
    (policy) => !/^Retain/.test(String(stream.json[policy as 'DeletionPolicy'])),
  );
  return [
    ...short.map((path) => finding(stream, 'retention', path, `at least ${retentionHours}`, fix)),
    ...policies.map((policy) => finding(stream, policy, policy, 'Retain', fix)),
  ];
}

function consumerFindings(stream: Resource, assembly: Assembly): readonly Finding[] {
  const stored = assembly.ofType(mappingType).some((mapping) => isOf(mapping, stream, assembly));
  const archived = assembly.ofType(deliveryType).some((delivery) => assembly.refersTo(sourceOf(delivery), delivery, stream));
  return [
    ...(stored ? [] : [finding(stream, 'stored', '', 'a function that stores the records', 'Build HitIngest on the stream.')]),
    ...(archived ? [] : [finding(stream, 'archived', '', 'a delivery that archives the records', 'Build HitArchive on the stream.')]),
  ];
}

const sourceOf = (delivery: Resource): Json | undefined => delivery.at('KinesisStreamSourceConfiguration.KinesisStreamARN');

/** What the mapping must say, by property; each with what it is for. */
const required: readonly { id: string; path: string; is: (value: Json | undefined) => boolean; required: string }[] = [
  {
    id: 'partial',
    path: 'FunctionResponseTypes',
    is: (value) => listOf(value).includes('ReportBatchItemFailures'),
    required: 'ReportBatchItemFailures',
  },
  { id: 'bisect', path: 'BisectBatchOnFunctionError', is: (value) => value === true, required: 'true, so that a bad record is alone' },
  {
    id: 'attempts',
    path: 'MaximumRetryAttempts',
    is: (value) => value === undefined || value === -1,
    required: 'no limit, which an outage would use up',
  },
  {
    id: 'age',
    path: 'MaximumRecordAgeInSeconds',
    is: (value) => typeof value === 'number' && value >= leastAge && value <= mostAge,
    required: `from ${leastAge} to ${mostAge}, a day less than the stream keeps records`,
  },
  { id: 'start', path: 'StartingPosition', is: (value) => value === 'TRIM_HORIZON', required: 'TRIM_HORIZON' },
  { id: 'filter', path: 'FilterCriteria', is: (value) => value === undefined, required: 'no filter, which drops without a word' },
  { id: 'window', path: 'TumblingWindowInSeconds', is: (value) => value === undefined || value === 0, required: 'no tumbling window' },
  {
    id: 'metrics',
    path: 'MetricsConfig.Metrics',
    is: (value) => listOf(value).includes('EventCount'),
    required: 'EventCount, without which nothing is told of what is given up',
  },
  { id: 'enabled', path: 'Enabled', is: (value) => value === undefined || value === true, required: 'true' },
];

function settingFindings(mapping: Resource): readonly Finding[] {
  return required
    .filter(({ path, is }) => !is(mapping.at(path)))
    .map(({ id, path, required: what }) => finding(mapping, id, `Properties.${path}`, what, 'Build the mapping as HitIngest does.'));
}

/** A function of which none may run stores nothing. */
function functionFindings(mapping: Resource, assembly: Assembly): readonly Finding[] {
  const lambda = assembly.target(mapping.at('FunctionName'), mapping.stack);
  if (lambda?.type !== lambdaType || lambda.at('ReservedConcurrentExecutions') !== 0) return [];
  return [finding(mapping, 'runs', 'Properties.FunctionName', 'a function that may run', 'Reserve more than none, or nothing.')];
}

/** A queue or topic is told where the records were; a bucket gets the records. */
function destinationFindings(mapping: Resource, assembly: Assembly): readonly Finding[] {
  const path = 'DestinationConfig.OnFailure.Destination';
  if (assembly.target(mapping.at(path), mapping.stack)?.type === 'AWS::S3::Bucket') return [];
  return [finding(mapping, 'kept', `Properties.${path}`, 'a bucket of the deployment', 'Name the bucket of dead letters.')];
}

function alarmFindings(mapping: Resource, assembly: Assembly): readonly Finding[] {
  return watchedBy(mapping, assembly)
    .filter(({ of, metric, dimension, most }) => !of || !isWatched(of, metric, dimension, assembly, (alarm) => isRaised(alarm, most)))
    .map(({ metric, most }) => {
      const required = `an alarm on ${metric}, raised above ${most} or less, that tells a topic`;
      return finding(mapping, `alarm::${metric}`, '', required, 'Add it, with alarmAbove.');
    });
}

/** Milliseconds that the oldest record may wait before people are told: a quarter of an hour, of the days that it has. */
const mostWait = 900_000;

const isRaised = (alarm: Resource, most: number): boolean =>
  /^GreaterThan/.test(String(alarm.at('ComparisonOperator'))) &&
  typeof alarm.at('Threshold') === 'number' &&
  Number(alarm.at('Threshold')) <= most &&
  ['Maximum', 'Sum'].includes(String(alarm.at('Statistic')));

/** The metrics that tell of hits that are late, and of records that were given up: kept aside, or not even that. */
const watchedBy = (mapping: Resource, assembly: Assembly) => [
  { of: assembly.target(mapping.at('FunctionName'), mapping.stack), metric: 'IteratorAge', dimension: 'FunctionName', most: mostWait },
  { of: mapping, metric: 'OnFailureDestinationDeliveredEventCount', dimension: 'EventSourceMappingUUID', most: 0 },
  { of: mapping, metric: 'DroppedEventCount', dimension: 'EventSourceMappingUUID', most: 0 },
];

/** From the stream itself, or by a consumer of it. A source that is a stream by name alone may be this one. */
function readsStream(mapping: Resource, assembly: Assembly): boolean {
  const source = mapping.at('EventSourceArn');
  const target = assembly.target(source, mapping.stack);
  if (target) return [streamType, consumerType].includes(target.type);
  return source !== undefined && /:kinesis:|^\$\{/.test(renderText(source) ?? '${');
}

/** Whether a mapping reads this stream. */
function isOf(mapping: Resource, stream: Resource, assembly: Assembly): boolean {
  const source = assembly.target(mapping.at('EventSourceArn'), mapping.stack);
  return source === stream || (source?.type === consumerType && assembly.refersTo(source.at('StreamARN'), source, stream));
}

function isArchive(delivery: Resource, assembly: Assembly): boolean {
  return assembly.target(sourceOf(delivery), delivery.stack)?.type === streamType;
}

function isOfStream(lambda: Resource, assembly: Assembly): boolean {
  return assembly
    .ofType(mappingType)
    .some((mapping) => readsStream(mapping, assembly) && assembly.refersTo(mapping.at('FunctionName'), mapping, lambda));
}

function isOfMapping(alarm: Resource, assembly: Assembly): boolean {
  return assembly
    .ofType(mappingType)
    .filter((mapping) => readsStream(mapping, assembly))
    .flatMap((mapping) => watchedBy(mapping, assembly))
    .some(({ of, metric, dimension }) => of !== undefined && alarmsOn(of, metric, dimension, assembly).includes(alarm));
}

function ofMapping(path: string, ...breaks: Guard['breaks']): Guard {
  return guardWhere(mappingType, readsStream, path, ...breaks);
}

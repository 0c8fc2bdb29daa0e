// TOM-5.1, TOM-7.1: hits stay in the stream for 7 days, are stored and archived from it, and what fails is tried again, then kept.
import { type Assembly, type Json, listOf, type Resource } from '../assembly';
import { careless } from '../intruders/streams';
import { alarmsOn, alarmType, isWatched } from '../reading/alarms';
import { type Finding, finding, type Guard, guard, guardWhere, type Rule, remove, replace, set } from '../rule';

const streamType = 'AWS::Kinesis::Stream';
const mappingType = 'AWS::Lambda::EventSourceMapping';
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
    if (resource.type === streamType) return [...kept(resource), ...read(resource, assembly)];
    if (!readsStream(resource, assembly)) return 'not-applicable';
    return [...settings(resource), ...destination(resource, assembly), ...watched(resource, assembly)];
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
    ofMapping('Properties.DestinationConfig.OnFailure.Destination', remove, replace('arn:aws:sqs:eu-west-3:x:queue')),
    guardWhere(alarmType, isOfMapping, '', remove),
    guardWhere(alarmType, isOfMapping, 'Properties.MetricName', replace('Duration')),
    guardWhere(alarmType, isOfMapping, 'Properties.Dimensions.0.Value', replace('elsewhere')),
    guardWhere(alarmType, isOfMapping, 'Properties.AlarmActions', remove, replace([]), replace(['arn:aws:sns:eu-west-3:x:topic'])),
    guardWhere(alarmType, isOfMapping, 'Properties.ActionsEnabled', set(false)),
  ],
  intruders: careless,
  consults: [
    { type: mappingType, path: 'Properties.EventSourceArn' },
    { type: mappingType, path: 'Properties.FunctionName' },
    { type: deliveryType, path: 'Properties.KinesisStreamSourceConfiguration' },
    { type: alarmType, path: 'Properties.MetricName' },
    { type: alarmType, path: 'Properties.Dimensions' },
    { type: alarmType, path: 'Properties.AlarmActions' },
    { type: alarmType, path: 'Properties.ActionsEnabled' },
  ],
};

function kept(stream: Resource): readonly Finding[] {
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

function read(stream: Resource, assembly: Assembly): readonly Finding[] {
  const stored = assembly.ofType(mappingType).some((mapping) => assembly.leadsTo(mapping.at('EventSourceArn'), mapping, stream));
  const archived = assembly.ofType(deliveryType).some((delivery) => assembly.leadsTo(sourceOf(delivery), delivery, stream));
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
  { id: 'enabled', path: 'Enabled', is: (value) => value === undefined || value === true, required: 'true' },
];

function settings(mapping: Resource): readonly Finding[] {
  return required
    .filter(({ path, is }) => !is(mapping.at(path)))
    .map(({ id, path, required: what }) => finding(mapping, id, `Properties.${path}`, what, 'Build the mapping as HitIngest does.'));
}

/** A queue or topic is told where the records were; a bucket gets the records. */
function destination(mapping: Resource, assembly: Assembly): readonly Finding[] {
  const path = 'DestinationConfig.OnFailure.Destination';
  if (assembly.target(mapping.at(path), mapping.stack)?.type === 'AWS::S3::Bucket') return [];
  return [finding(mapping, 'kept', `Properties.${path}`, 'a bucket of the deployment', 'Name the bucket of dead letters.')];
}

function watched(mapping: Resource, assembly: Assembly): readonly Finding[] {
  return watchedBy(mapping, assembly)
    .filter(({ of, metric, dimension }) => !of || !isWatched(of, metric, dimension, assembly))
    .map(({ metric }) => finding(mapping, `alarm::${metric}`, '', `an alarm on ${metric} that tells a topic`, 'Add it, with alarmAbove.'));
}

/** The metrics that tell of hits that are late, and of records that were given up. */
const watchedBy = (mapping: Resource, assembly: Assembly) => [
  { of: assembly.target(mapping.at('FunctionName'), mapping.stack), metric: 'IteratorAge', dimension: 'FunctionName' },
  { of: mapping, metric: 'OnFailureDestinationDeliveredEventCount', dimension: 'EventSourceMappingUUID' },
];

function readsStream(mapping: Resource, assembly: Assembly): boolean {
  return assembly.target(mapping.at('EventSourceArn'), mapping.stack)?.type === streamType;
}

function isArchive(delivery: Resource, assembly: Assembly): boolean {
  return assembly.target(sourceOf(delivery), delivery.stack)?.type === streamType;
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

import { hitStream } from '../../../../../lib/tom/rules/ingest/hit-stream';
import type { Json, ResourceJson } from '../../../../../lib/tom/template/assembly';
import { answers, att, changed, type Resources, resource, without } from '../example';
import { collection } from './example-collection';

const verdict = (resources: Resources, about = 'Mapping') => answers(hitStream, resources)[about];
const mapping = (properties: Record<string, Json | undefined>) => changed(collection, 'Mapping', properties);
const stream = (rest: Partial<ResourceJson>): Resources => ({ ...collection, Hits: { ...(collection.Hits as ResourceJson), ...rest } });

test('a stream that is kept, read and watched complies', () => {
  expect(answers(hitStream, collection)).toEqual({ Hits: 'compliant', Mapping: 'compliant' });
});

test('a function that reads a queue is not its concern, and a deployment without a stream breaks it', () => {
  const queue = {
    Queue: resource('AWS::SQS::Queue'),
    Other: resource('AWS::Lambda::EventSourceMapping', { EventSourceArn: att('Queue') }),
  };
  expect(verdict({ ...collection, ...queue }, 'Other')).toBe('not-applicable');
  expect(answers(hitStream, queue)).toHaveProperty('deployment');
});

test.each<[string, Resources, string[]]>([
  ['records for a day', changed(collection, 'Hits', { RetentionPeriodHours: 24 }), ['retention']],
  ['records for as long as Kinesis likes', changed(collection, 'Hits', { RetentionPeriodHours: undefined }), ['retention']],
  ['a stream that goes with its stack', stream({ DeletionPolicy: 'Delete' }), ['DeletionPolicy']],
  ['a stream that is replaced with its records', stream({ UpdateReplacePolicy: 'Delete' }), ['UpdateReplacePolicy']],
  ['a stream that nothing stores', without(collection, 'Mapping'), ['stored']],
  ['a stream that nothing archives', without(collection, 'Delivery'), ['archived']],
])('%s does not comply', (_, resources, ids) => {
  expect(verdict(resources, 'Hits')).toEqual(ids);
});

test.each<[string, Resources, string[]]>([
  ['whole batches that fail', mapping({ FunctionResponseTypes: undefined }), ['partial']],
  ['batches that are not taken apart', mapping({ BisectBatchOnFunctionError: false }), ['bisect']],
  ['three attempts', mapping({ MaximumRetryAttempts: 3 }), ['attempts']],
  ['a minute', mapping({ MaximumRecordAgeInSeconds: 60 }), ['age']],
  ['until the stream has forgotten', mapping({ MaximumRecordAgeInSeconds: 604_800 }), ['age']],
  ['no end of attempts', mapping({ MaximumRecordAgeInSeconds: -1 }), ['age']],
  ['new records only', mapping({ StartingPosition: 'LATEST' }), ['start']],
  ['a filter', mapping({ FilterCriteria: { Filters: [{ Pattern: '{"data":{"kind":["page"]}}' }] } }), ['filter']],
  ['a tumbling window', mapping({ TumblingWindowInSeconds: 30 }), ['window']],
  ['a mapping that is off', mapping({ Enabled: false }), ['enabled']],
  ['no destination for discarded records', mapping({ DestinationConfig: undefined }), ['kept']],
  ['a queue, which gets no records', mapping({ DestinationConfig: { OnFailure: { Destination: att('Topic') } } }), ['kept']],
  ['no alarm on age', without(collection, 'Late'), ['alarm::IteratorAge']],
  ['no alarm on discarded records', without(collection, 'GivenUp'), ['alarm::OnFailureDestinationDeliveredEventCount']],
  ['no alarm on dropped records', without(collection, 'Dropped'), ['alarm::DroppedEventCount']],
  ['an alarm after a week', changed(collection, 'Late', { Threshold: 604_800_000 }), ['alarm::IteratorAge']],
  ['an alarm while all is well', changed(collection, 'Late', { ComparisonOperator: 'LessThanThreshold' }), ['alarm::IteratorAge']],
  ['an alarm on the youngest', changed(collection, 'Late', { Statistic: 'Minimum' }), ['alarm::IteratorAge']],
  ['no metric of discarded records', mapping({ MetricsConfig: undefined }), ['metrics']],
  ['a function that may not run', changed(collection, 'Ingest', { ReservedConcurrentExecutions: 0 }), ['runs']],
  ['an alarm without actions', changed(collection, 'Late', { AlarmActions: [] }), ['alarm::IteratorAge']],
  ['an alarm that is muted', changed(collection, 'Late', { ActionsEnabled: false }), ['alarm::IteratorAge']],
  [
    'an alarm on another function',
    changed(collection, 'Late', { Dimensions: [{ Name: 'FunctionName', Value: 'other' }] }),
    ['alarm::IteratorAge'],
  ],
])('%s: does not comply', (_, resources, ids) => {
  expect(verdict(resources)).toEqual(ids);
});

test('no limit of attempts may be written out', () => {
  expect(verdict(mapping({ MaximumRetryAttempts: -1, TumblingWindowInSeconds: 0, Enabled: true }))).toBe('compliant');
});

test('a consumer of the stream is a reader like others, and so is a stream by name', () => {
  const reader = (EventSourceArn: Json) => ({ ...collection, Other: resource('AWS::Lambda::EventSourceMapping', { EventSourceArn }) });
  const consumer = { Consumer: resource('AWS::Kinesis::StreamConsumer', { StreamARN: att('Hits') }) };
  for (const source of [{ Ref: 'Consumer' }, 'arn:aws:kinesis:eu-west-3:x:stream/hits', { Ref: 'Stream' }])
    expect(verdict({ ...reader(source), ...consumer }, 'Other')).toContain('kept');
  expect(verdict(reader('arn:aws:sqs:eu-west-3:x:queue'), 'Other')).toBe('not-applicable');
  const consumed = { ...changed(collection, 'Mapping', { EventSourceArn: { Ref: 'Consumer' } }), ...consumer };
  expect(answers(hitStream, consumed)).toEqual({ Hits: 'compliant', Mapping: 'compliant' });
});

import { hitArchive } from '../../../../../lib/tom/rules/ingest/hit-archive';
import { type Json, type JsonObject, valueAt } from '../../../../../lib/tom/template/assembly';
import { answers, changed, type Resources, ref, resource, without } from '../example';
import { collection } from './example-collection';

const verdict = (resources: Resources) => answers(hitArchive, resources).Delivery;
const before = valueAt(collection.Delivery?.Properties, 'ExtendedS3DestinationConfiguration') as JsonObject;
const destination = (properties: Record<string, Json | undefined>) => {
  const merged = Object.entries({ ...before, ...properties }).filter(([, value]) => value !== undefined);
  return changed(collection, 'Delivery', { ExtendedS3DestinationConfiguration: Object.fromEntries(merged) as JsonObject });
};
const processors = valueAt(before, 'ProcessingConfiguration.Processors') as readonly JsonObject[];
const withProcessors = (...list: JsonObject[]) => destination({ ProcessingConfiguration: { Enabled: true, Processors: list } });
const delimiter = (value: string) =>
  withProcessors({ Type: 'AppendDelimiterToRecord', Parameters: [{ ParameterName: 'Delimiter', ParameterValue: value }] });

test('a delivery to the archive complies; one that takes records itself goes to a bucket of the deployment too', () => {
  expect(verdict(collection)).toBe('compliant');
  const direct = { ...collection, Delivery: resource('AWS::KinesisFirehose::DeliveryStream', { DeliveryStreamType: 'DirectPut' }) };
  expect(verdict(direct)).toEqual(['bucket', 'key', 'log']);
  const putInto = changed(direct, 'Delivery', { ExtendedS3DestinationConfiguration: { ...before, CompressionFormat: 'UNCOMPRESSED' } });
  expect(verdict(putInto)).toBe('compliant');
  expect(verdict(changed(putInto, 'Delivery', { SplunkDestinationConfiguration: {} }))).toEqual([
    'elsewhere::SplunkDestinationConfiguration',
  ]);
});

test('nothing changes hits on their way', () => {
  const changing = destination({ ProcessingConfiguration: { Enabled: true, Processors: [...processors, { Type: 'Lambda' }] } });
  expect(verdict(changing)).toEqual(['changed::Lambda']);
});

test.each<[string, Resources, string[]]>([
  ['a bucket of somebody else', destination({ BucketARN: 'arn:aws:s3:::elsewhere' }), ['bucket']],
  ['a key of the provider', destination({ EncryptionConfiguration: { NoEncryptionConfig: 'NoEncryption' } }), ['key']],
  ['no log', destination({ CloudWatchLoggingOptions: undefined }), ['log']],
  ['a log that is off', destination({ CloudWatchLoggingOptions: { Enabled: false, LogGroupName: ref('Log') } }), ['log']],
  ['plain objects', destination({ CompressionFormat: undefined }), ['compression']],
  ['hours in one folder', destination({ Prefix: 'hits/day=!{timestamp:yyyy-MM-dd}/' }), ['hours']],
  ['hits in the lake', destination({ Prefix: 'lake/day=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/' }), ['hours']],
  ['no folder for errors', destination({ ErrorOutputPrefix: undefined }), ['errors']],
  ['partitions', destination({ DynamicPartitioningConfiguration: { Enabled: true } }), ['partitioning']],
  [
    'partitions that a parameter decides',
    destination({ DynamicPartitioningConfiguration: { Enabled: ref('Partitions') } }),
    ['partitioning'],
  ],
  ['no processing', destination({ ProcessingConfiguration: { Enabled: false, Processors: processors } }), ['processing']],
  ['records without line feeds', withProcessors(), ['lines']],
  ['records that commas separate', delimiter(','), ['lines']],
  ['records that are taken apart', withProcessors(...processors, { Type: 'RecordDeAggregation' }), ['changed::RecordDeAggregation']],
  [
    'a copy elsewhere',
    destination({ S3BackupConfiguration: { BucketARN: 'arn:aws:s3:::x' } }),
    ['elsewhere::ExtendedS3DestinationConfiguration.S3BackupConfiguration'],
  ],
  [
    'a second destination',
    changed(collection, 'Delivery', { SplunkDestinationConfiguration: { HECEndpoint: 'https://x.example' } }),
    ['elsewhere::SplunkDestinationConfiguration'],
  ],
])('%s: does not comply', (_, resources, ids) => {
  expect(verdict(resources)).toEqual(ids);
});

test('a delivery with a stream as source is one from a stream, for any type', () => {
  expect(
    verdict(changed(collection, 'Delivery', { DeliveryStreamType: undefined, ExtendedS3DestinationConfiguration: undefined })),
  ).toContain('bucket');
});

test.each<[string, Resources]>([
  ['there is no alarm', without(collection, 'Behind')],
  ['it comes after a day', changed(collection, 'Behind', { Threshold: 86_400 })],
  ['it has no actions', changed(collection, 'Behind', { AlarmActions: [] })],
])('an alarm reports hits that do not reach the archive: not if %s', (_, resources) => {
  expect(verdict(resources)).toEqual(['late']);
});

import { collectionStack, only, statementsOf } from '../stacks/collection-stack';

const delivery = only('AWS::KinesisFirehose::DeliveryStream') as {
  DeliveryStreamType: string;
  KinesisStreamSourceConfiguration: unknown;
  ExtendedS3DestinationConfiguration: {
    ProcessingConfiguration: { Processors: { Type: string; Parameters: { ParameterName: string; ParameterValue: string }[] }[] };
  };
};

test('it reads the stream and writes to the archive, by site and day, compressed and encrypted', () => {
  expect(delivery).toMatchObject({
    DeliveryStreamType: 'KinesisStreamAsSource',
    KinesisStreamSourceConfiguration: { KinesisStreamARN: '<data.Hits.Arn>' },
    ExtendedS3DestinationConfiguration: {
      BucketARN: '<data.Archive.Arn>',
      Prefix: 'hits/site=!{partitionKeyFromQuery:site}/day=!{partitionKeyFromQuery:day}/',
      ErrorOutputPrefix: 'hits-errors/!{firehose:error-output-type}/day=!{timestamp:yyyy-MM-dd}/',
      FileExtension: '.jsonl.gz',
      CompressionFormat: 'GZIP',
      EncryptionConfiguration: { KMSEncryptionConfig: { AWSKMSKeyARN: '<data.DataKey.Arn>' } },
      DynamicPartitioningConfiguration: { Enabled: true },
      CloudWatchLoggingOptions: { Enabled: true },
    },
  });
});

test('dynamic partitioning needs a buffer of 64 MB at least, and partitions end within 15 minutes', () => {
  expect(delivery.ExtendedS3DestinationConfiguration).toMatchObject({ BufferingHints: { SizeInMBs: 64, IntervalInSeconds: 300 } });
});

test('records are taken apart, each hit is a line again, and names its site and day', () => {
  const { Processors } = delivery.ExtendedS3DestinationConfiguration.ProcessingConfiguration;
  const told = Processors.map(({ Type, Parameters }) => [
    Type,
    Object.fromEntries(Parameters.map(({ ParameterName, ParameterValue }) => [ParameterName, ParameterValue])),
  ]);
  expect(told).toEqual([
    ['RecordDeAggregation', { SubRecordType: 'JSON' }],
    // A backslash and an n: Firehose reads it as a line feed.
    ['AppendDelimiterToRecord', { Delimiter: '\\n' }],
    ['MetadataExtraction', { MetadataExtractionQuery: '{site:(.site|tostring),day:.received[0:10]}', JsonParsingEngine: 'JQ-1.6' }],
  ]);
});

test('its role writes to its two folders and reads the one stream; Firehose takes it for this account alone', () => {
  const statements = statementsOf('HitArchivePermissions');
  expect(statements.map(({ Action, Resource }) => [[Action].flat()[0], Resource])).toEqual([
    ['kinesis:DescribeStream', '<data.Hits.Arn>'],
    ['kms:Decrypt', '<data.DataKey.Arn>'],
    ['s3:AbortMultipartUpload', ['hits-errors', 'hits'].map((folder) => `arn:aws:s3:::example-archive-111111111111-eu-west-3/${folder}/*`)],
    ['s3:GetBucketLocation', '<data.Archive.Arn>'],
    ['kms:Decrypt', '<data.DataKey.Arn>'],
    ['logs:PutLogEvents', expect.stringContaining('hitarchivelog')],
  ]);
  expect(only('AWS::IAM::Role', 'HitArchive').AssumeRolePolicyDocument).toMatchObject({
    Statement: [{ Principal: { Service: 'firehose.amazonaws.com' }, Condition: { StringEquals: { 'sts:ExternalId': '111111111111' } } }],
  });
});

test('the delivery depends on its permissions', () => {
  const [made] = Object.values(collectionStack().template.findResources('AWS::KinesisFirehose::DeliveryStream'));
  expect(made?.DependsOn).toEqual([expect.stringMatching(/^HitArchivePermissions/)]);
});

test.each([
  ['ArchiveBehind', { MetricName: 'DeliveryToS3.DataFreshness', Threshold: 3600 }],
  ['ArchivePartitionsExceeded', { MetricName: 'PartitionCountExceeded', Threshold: 0 }],
  ['ArchiveDeliveryFailed', { MetricName: 'IncomingLogEvents', Namespace: 'AWS/Logs', Threshold: 0 }],
])('people are notified: %s', (name, properties) => {
  expect(only('AWS::CloudWatch::Alarm', `HitArchive${name}`)).toMatchObject({ ...properties, ComparisonOperator: 'GreaterThanThreshold' });
});

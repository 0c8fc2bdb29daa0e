import { collectionStack, only, statementsOf } from '../stacks/collection-stack';

const delivery = only('AWS::KinesisFirehose::DeliveryStream') as {
  DeliveryStreamType: string;
  KinesisStreamSourceConfiguration: unknown;
  ExtendedS3DestinationConfiguration: {
    ProcessingConfiguration: { Processors: { Type: string; Parameters: { ParameterName: string; ParameterValue: string }[] }[] };
  };
};

test('it reads the stream and writes to the archive, by hour, compressed and encrypted', () => {
  expect(delivery).toMatchObject({
    DeliveryStreamType: 'KinesisStreamAsSource',
    KinesisStreamSourceConfiguration: { KinesisStreamARN: '<data.Hits.Arn>' },
    ExtendedS3DestinationConfiguration: {
      BucketARN: '<data.Archive.Arn>',
      Prefix: 'hits/day=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/',
      ErrorOutputPrefix: 'hits-errors/!{firehose:error-output-type}/day=!{timestamp:yyyy-MM-dd}/',
      FileExtension: '.jsonl.gz',
      CompressionFormat: 'GZIP',
      EncryptionConfiguration: { KMSEncryptionConfig: { AWSKMSKeyARN: '<data.DataKey.Arn>' } },
      CloudWatchLoggingOptions: { Enabled: true },
    },
  });
});

test('nothing is partitioned, and an object ends within 5 minutes', () => {
  expect(delivery.ExtendedS3DestinationConfiguration).not.toHaveProperty('DynamicPartitioningConfiguration');
  expect(delivery.ExtendedS3DestinationConfiguration).toMatchObject({ BufferingHints: { SizeInMBs: 64, IntervalInSeconds: 300 } });
});

// Dynamic partitioning of an existing delivery cannot be turned off: the update of the former one would fail.
test('it is another resource than the delivery by site and day', () => {
  const ids = Object.keys(collectionStack().template.findResources('AWS::KinesisFirehose::DeliveryStream'));
  expect(ids).toEqual([expect.stringMatching(/^HitArchiveHourlyDelivery/)]);
});

test('a record ends with a line feed, and nothing else changes it', () => {
  const { Processors } = delivery.ExtendedS3DestinationConfiguration.ProcessingConfiguration;
  // A backslash and an n: Firehose reads it as a line feed.
  expect(Processors).toEqual([{ Type: 'AppendDelimiterToRecord', Parameters: [{ ParameterName: 'Delimiter', ParameterValue: '\\n' }] }]);
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
  ['ArchiveDeliveryFailed', { MetricName: 'IncomingLogEvents', Namespace: 'AWS/Logs', Threshold: 0 }],
])('people are notified: %s', (name, properties) => {
  expect(only('AWS::CloudWatch::Alarm', `HitArchive${name}`)).toMatchObject({ ...properties, ComparisonOperator: 'GreaterThanThreshold' });
});

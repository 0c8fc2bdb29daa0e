// A stream with its readers.
import { att, join, key, type Resources, ref, resource } from '../example';

const alarm = (MetricName: string, Name: string, of: string, Threshold = 0) =>
  resource('AWS::CloudWatch::Alarm', {
    MetricName,
    Dimensions: [{ Name, Value: ref(of) }],
    Threshold,
    ComparisonOperator: 'GreaterThanThreshold',
    Statistic: 'Maximum',
    AlarmActions: [ref('Topic')],
  });

const retained = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' };

export const collection: Resources = {
  ...key,
  Topic: resource('AWS::SNS::Topic', { KmsMasterKeyId: ref('Key') }),
  Hits: resource('AWS::Kinesis::Stream', { RetentionPeriodHours: 168 }, retained),
  DeadLetters: resource('AWS::S3::Bucket'),
  Archive: resource('AWS::S3::Bucket'),
  Log: resource('AWS::Logs::LogGroup'),
  Ingest: resource('AWS::Lambda::Function'),
  Mapping: resource('AWS::Lambda::EventSourceMapping', {
    EventSourceArn: att('Hits'),
    FunctionName: ref('Ingest'),
    StartingPosition: 'TRIM_HORIZON',
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    BisectBatchOnFunctionError: true,
    MaximumRecordAgeInSeconds: 518_400,
    MetricsConfig: { Metrics: ['EventCount'] },
    DestinationConfig: { OnFailure: { Destination: att('DeadLetters') } },
  }),
  Late: alarm('IteratorAge', 'FunctionName', 'Ingest', 900_000),
  GivenUp: alarm('OnFailureDestinationDeliveredEventCount', 'EventSourceMappingUUID', 'Mapping'),
  Dropped: alarm('DroppedEventCount', 'EventSourceMappingUUID', 'Mapping'),
  Behind: alarm('DeliveryToS3.DataFreshness', 'DeliveryStreamName', 'Delivery', 3600),
  Delivery: resource('AWS::KinesisFirehose::DeliveryStream', {
    DeliveryStreamType: 'KinesisStreamAsSource',
    KinesisStreamSourceConfiguration: { KinesisStreamARN: att('Hits'), RoleARN: join('arn:aws:iam::', ref('AWS::AccountId'), ':role/x') },
    ExtendedS3DestinationConfiguration: {
      BucketARN: att('Archive'),
      Prefix: 'hits/day=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/',
      ErrorOutputPrefix: 'hits-errors/!{firehose:error-output-type}/day=!{timestamp:yyyy-MM-dd}/',
      CompressionFormat: 'GZIP',
      EncryptionConfiguration: { KMSEncryptionConfig: { AWSKMSKeyARN: att('Key') } },
      CloudWatchLoggingOptions: { Enabled: true, LogGroupName: ref('Log'), LogStreamName: 'delivery' },
      ProcessingConfiguration: {
        Enabled: true,
        Processors: [{ Type: 'AppendDelimiterToRecord', Parameters: [{ ParameterName: 'Delimiter', ParameterValue: '\\n' }] }],
      },
    },
  }),
};

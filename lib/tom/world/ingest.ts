// The stream of hits and its delivery to the archive.

import { streamHours } from '../figures';
import { notBackedUp } from './backup-stores';
import { setting } from './configured';
import { type Declaration, declare } from './declaration';
import { by, type FormLike, set } from './form';
import { logGroup } from './log-groups';
import { tags } from './tags';

/** Longest time and largest size that Firehose collects before it writes a file. */
const bufferSeconds = 300;
const bufferMebibytes = 64;

const hits = '${data/Hits.Arn}';
const deliveryRole = '${collection/HitArchiveRole.Arn}';

/** Capacity of the stream, as the configuration has it. */
const capacity = (properties: Readonly<Record<string, FormLike>>): FormLike =>
  by(({ facts: { settings } }) => {
    const { stream } = settings.collection;
    return stream.mode === 'provisioned'
      ? { ...properties, ShardCount: setting(() => stream.shards ?? null), StreamModeDetails: { StreamMode: 'PROVISIONED' } }
      : { ...properties, StreamModeDetails: { StreamMode: 'ON_DEMAND' } };
  });

/** A step of Firehose between stream and file, with all of its parameters. */
const processor = (type: string, parameters: Readonly<Record<string, string>>): FormLike => ({
  Type: type,
  Parameters: set(...Object.entries(parameters).map(([ParameterName, ParameterValue]) => ({ ParameterName, ParameterValue }))),
});

/**
 * Hits as lines of JSON, by hour, compressed and under the data key. No step changes or drops one. (TOM-7.1)
 */
const archiveDestination: FormLike = {
  BucketARN: '${data/Archive.Arn}',
  BufferingHints: { IntervalInSeconds: bufferSeconds, SizeInMBs: bufferMebibytes },
  CloudWatchLoggingOptions: {
    Enabled: true,
    LogGroupName: '${collection/HitArchiveLog}',
    LogStreamName: '${collection/HitArchiveLogStream}',
  },
  CompressionFormat: 'GZIP',
  EncryptionConfiguration: { KMSEncryptionConfig: { AWSKMSKeyARN: '${data/DataKey.Arn}' } },
  ErrorOutputPrefix: 'hits-errors/!{firehose:error-output-type}/day=!{timestamp:yyyy-MM-dd}/',
  FileExtension: '.jsonl.gz',
  Prefix: 'hits/day=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/',
  ProcessingConfiguration: {
    Enabled: true,
    Processors: [processor('AppendDelimiterToRecord', { Delimiter: '\\n' })],
  },
  RoleARN: deliveryRole,
};

export const ingestDeclarations: readonly Declaration[] = [
  declare(
    'AWS::Kinesis::Stream',
    'data/Hits',
    capacity({
      RetentionPeriodHours: streamHours,
      StreamEncryption: { EncryptionType: 'KMS', KeyId: '${data/DataKey.Arn}' },
      Tags: tags('personal'),
    }),
    { deletion: 'RetainExceptOnCreate', replacement: 'Retain', ...notBackedUp('data/Hits') },
  ),
  logGroup('collection/HitArchiveLog', {
    name: '/rempart/<deployment>/hit-archive',
    key: 'account/DeploymentKey',
    classification: 'personal',
  }),
  declare(
    'AWS::Logs::LogStream',
    'collection/HitArchiveLogStream',
    { LogGroupName: '${collection/HitArchiveLog}', LogStreamName: 'delivery' },
    { deletion: 'Retain', replacement: 'Retain' },
  ),
  declare(
    'AWS::KinesisFirehose::DeliveryStream',
    'collection/HitArchiveHourlyDelivery',
    {
      DeliveryStreamType: 'KinesisStreamAsSource',
      ExtendedS3DestinationConfiguration: archiveDestination,
      KinesisStreamSourceConfiguration: { KinesisStreamARN: hits, RoleARN: deliveryRole },
      Tags: tags('personal'),
    },
    { dependsOn: ['${collection/HitArchivePermissions}'] },
  ),
];

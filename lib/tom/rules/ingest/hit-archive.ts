// TOM-5.1, TOM-5.5: hits are archived by hour, compressed and encrypted, in the deployment only.

import { append, type Break, type Finding, finding, type Guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { hasAlarm } from '../../template/alarms';
import { type Assembly, isObject, type Json, type JsonObject, listOf, type Resource } from '../../template/assembly';
import { customerKey } from '../../template/keys';
import { alarmType, bucketType, deliveryType, keyAliasType, logGroupType } from '../../template/resource-types';
import { leaks } from './stream-bypasses';

const destination = 'ExtendedS3DestinationConfiguration';
const keyPath = `${destination}.EncryptionConfiguration.KMSEncryptionConfig.AWSKMSKeyARN`;

export const hitArchive: Rule = {
  name: 'hit-archive',
  requires: "deliveries write to the deployment's encrypted buckets only; hits are archived by hour, with an alarm on delay",
  types: [deliveryType],
  check(delivery, assembly) {
    // Records of a direct put may be data too.
    if (!isFromStream(delivery)) return [...destinationFindings(delivery), ...bucketAndKeyFindings(delivery, assembly)];
    return [
      ...destinationFindings(delivery),
      ...bucketAndKeyFindings(delivery, assembly),
      ...settingFindings(delivery),
      ...processingFindings(delivery),
      ...alarmFindings(delivery, assembly),
    ];
  },
  guards: [
    guardDelivery(`${destination}.BucketARN`, remove, replace('arn:aws:s3:::elsewhere')),
    guardDelivery(keyPath, remove, replace('alias/aws/s3')),
    guardDelivery('HttpEndpointDestinationConfiguration', set({ EndpointConfiguration: { Url: 'https://collector.example' } })),
    guardDelivery('S3DestinationConfiguration', set({ BucketARN: 'arn:aws:s3:::elsewhere' })),
    guardDelivery(`${destination}.S3BackupConfiguration`, set({ BucketARN: 'arn:aws:s3:::elsewhere' })),
    guardDelivery(`${destination}.CompressionFormat`, remove, replace('UNCOMPRESSED')),
    guardDelivery(`${destination}.Prefix`, remove, replace('hits/'), replace('lake/day=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/')),
    guardDelivery(`${destination}.ErrorOutputPrefix`, remove, replace('errors/')),
    guardDelivery(`${destination}.DynamicPartitioningConfiguration`, set({ Enabled: true })),
    guardDelivery(`${destination}.CloudWatchLoggingOptions.Enabled`, remove, replace(false)),
    guardDelivery(`${destination}.CloudWatchLoggingOptions.LogGroupName`, remove, replace('elsewhere')),
    guardDelivery(`${destination}.ProcessingConfiguration.Enabled`, remove, replace(false)),
    guardDelivery(`${destination}.ProcessingConfiguration.Processors`, append({ Type: 'Lambda' })),
    guardDelivery(`${destination}.ProcessingConfiguration.Processors.[Type=AppendDelimiterToRecord]`, remove),
    guardDelivery(
      `${destination}.ProcessingConfiguration.Processors.*.Parameters.[ParameterName=Delimiter].ParameterValue`,
      remove,
      replace(','),
    ),
    guardWhere(alarmType, isFreshnessAlarm, '', remove),
    ...['AlarmActions', 'Dimensions', 'Threshold', 'ComparisonOperator'].map((name) =>
      guardWhere(alarmType, isFreshnessAlarm, `Properties.${name}`, remove),
    ),
    guardWhere(alarmType, isFreshnessAlarm, 'Properties.Threshold', replace(1_000_000)),
    guardWhere(alarmType, isFreshnessAlarm, 'Properties.ActionsEnabled', set(false)),
  ],
  bypasses: leaks,
  reads: [
    { type: deliveryType, path: 'Properties.DeliveryStreamType' },
    { type: deliveryType, path: 'Properties.KinesisStreamSourceConfiguration' },
    { type: deliveryType, path: `Properties.${destination}` },
    { type: alarmType, path: 'Properties' },
    { type: keyAliasType, path: 'Properties.TargetKeyId' },
    { type: keyAliasType, path: 'Properties.AliasName' },
  ],
};

function isFromStream(delivery: Resource): boolean {
  return delivery.at('DeliveryStreamType') === 'KinesisStreamAsSource' || delivery.at('KinesisStreamSourceConfiguration') !== undefined;
}

const build = 'Create the delivery stream with HitArchive.';

/** Properties of further destinations: other destination types, and a backup of the source records. */
function destinationFindings(delivery: Resource): readonly Finding[] {
  const others = Object.keys(delivery.properties).filter((name) => /DestinationConfiguration$/.test(name) && name !== destination);
  const backup = delivery.at(`${destination}.S3BackupConfiguration`) === undefined ? [] : [`${destination}.S3BackupConfiguration`];
  return [...others, ...backup].map((path) => finding(delivery, `elsewhere::${path}`, `Properties.${path}`, 'no other destination', build));
}

function bucketAndKeyFindings(delivery: Resource, assembly: Assembly): readonly Finding[] {
  const bucket = assembly.target(delivery.at(`${destination}.BucketARN`), delivery.stack);
  const log = assembly.target(delivery.at(`${destination}.CloudWatchLoggingOptions.LogGroupName`), delivery.stack);
  const requirements = [
    { id: 'bucket', path: `${destination}.BucketARN`, good: bucket?.type === bucketType, required: 'a bucket of the deployment' },
    { id: 'key', path: keyPath, good: customerKey(delivery.at(keyPath), delivery, assembly), required: 'a key of the deployment' },
    {
      id: 'log',
      path: `${destination}.CloudWatchLoggingOptions`,
      good: log?.type === logGroupType && delivery.at(`${destination}.CloudWatchLoggingOptions.Enabled`) === true,
      required: 'a log group of the deployment',
    },
  ];
  return requirements
    .filter(({ good }) => !good)
    .map(({ id, path, required }) => finding(delivery, id, `Properties.${path}`, required, build));
}

/** Required value of each setting below the destination, as a pattern. */
const requiredSettings: readonly { id: string; path: string; pattern: RegExp; required: string }[] = [
  { id: 'compression', path: 'CompressionFormat', pattern: /^GZIP$/, required: 'GZIP' },
  {
    id: 'hours',
    path: 'Prefix',
    pattern: /^hits\/day=!\{timestamp:yyyy-MM-dd\}\/hour=!\{timestamp:HH\}\/$/,
    required: 'a prefix for each hour',
  },
  {
    id: 'errors',
    path: 'ErrorOutputPrefix',
    pattern: /^hits-errors\/!\{firehose:error-output-type\}\//,
    required: 'a prefix for each error type',
  },
  { id: 'processing', path: 'ProcessingConfiguration.Enabled', pattern: /^true$/, required: 'true' },
];

function settingFindings(delivery: Resource): readonly Finding[] {
  const partitions = `${destination}.DynamicPartitioningConfiguration`;
  // Partitions are limited, and hits beyond the limit are errors.
  const partitioned = finding(delivery, 'partitioning', `Properties.${partitions}`, 'no partitions', build);
  const others = requiredSettings
    .filter(({ path, pattern }) => !pattern.test(textOf(delivery.at(`${destination}.${path}`))))
    .map(({ id, path, required }) => finding(delivery, id, `Properties.${destination}.${path}`, required, build));
  return [...(delivery.at(partitions) === undefined ? [] : [partitioned]), ...others];
}

const textOf = (value: Json | undefined): string => (typeof value === 'string' || typeof value === 'boolean' ? String(value) : '');

/** A record of the stream contains many hits, one line each; one without a last line feed must not join the next. */
function processingFindings(delivery: Resource): readonly Finding[] {
  const path = `${destination}.ProcessingConfiguration.Processors`;
  const processors = listOf(delivery.at(path)).filter(isObject);
  const separator = processors.find((one) => one.Type === lineProcessor);
  const isLine = separator !== undefined && parameterOf(separator, 'Delimiter') === '\\n';
  const unseparated = finding(delivery, 'lines', `Properties.${path}`, `${lineProcessor} with a line feed`, build);
  const others = processors.filter((one) => one.Type !== lineProcessor);
  return [
    ...(isLine ? [] : [unseparated]),
    ...others.map((one) =>
      finding(delivery, `changed::${one.Type}`, `Properties.${path}`, 'no processor that changes or drops hits', build),
    ),
  ];
}

/** Longest delay of the archive, in seconds, before an alarm. The stream retains hits for days. */
export const longestDelay = 3600;
const freshness = 'DeliveryToS3.DataFreshness';

function alarmFindings(delivery: Resource, assembly: Assembly): readonly Finding[] {
  const isSensitive = (alarm: Resource): boolean =>
    /^GreaterThan/.test(String(alarm.at('ComparisonOperator'))) &&
    typeof alarm.at('Threshold') === 'number' &&
    Number(alarm.at('Threshold')) <= longestDelay;
  if (hasAlarm(delivery, freshness, 'DeliveryStreamName', assembly, isSensitive)) return [];
  return [
    finding(delivery, 'late', '', `an alarm on ${freshness} with a threshold of at most ${longestDelay} that notifies a topic`, build),
  ];
}

function isFreshnessAlarm(alarm: Resource): boolean {
  return alarm.at('MetricName') === freshness;
}

/** The one processor that changes no hit. */
const lineProcessor = 'AppendDelimiterToRecord';

function parameterOf(processor: JsonObject, name: string): string {
  const parameter = listOf(processor.Parameters).find((one) => isObject(one) && one.ParameterName === name);
  return isObject(parameter) ? textOf(parameter.ParameterValue) : '';
}

function guardDelivery(path: string, ...breaks: Break[]): Guard {
  return guardWhere(deliveryType, isFromStream, `Properties.${path}`, ...breaks);
}

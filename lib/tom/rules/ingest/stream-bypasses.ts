// Readers of the stream that lose what they read, or carry it away.

import type { Bypass } from '../../rule';
import type { JsonObject } from '../../template/assembly';
import { attributeOf, newResource } from '../bypass';

const streamType = 'AWS::Kinesis::Stream';
const deliveryType = 'AWS::KinesisFirehose::DeliveryStream';

/** Functions that drop what fails, or what they do not care for. */
export const careless: readonly Bypass[] = [
  {
    name: 'a function that drops what fails',
    beside: streamType,
    resources: (_, assembly) => ({
      Careless: newResource('AWS::Lambda::EventSourceMapping', {
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
      Consumer: newResource('AWS::Kinesis::StreamConsumer', { ConsumerName: 'x', StreamARN: attributeOf(streamType, 'Arn', assembly) }),
      Careless: newResource('AWS::Lambda::EventSourceMapping', { EventSourceArn: { Ref: 'Consumer' }, FunctionName: 'careless' }),
    }),
  },
  {
    name: 'a function that drops what fails, of a stream by name',
    beside: streamType,
    resources: {
      Careless: newResource('AWS::Lambda::EventSourceMapping', {
        EventSourceArn: { 'Fn::Sub': 'arn:aws:kinesis:${AWS::Region}:${AWS::AccountId}:stream/hits' },
        FunctionName: 'careless',
      }),
    },
  },
  {
    name: 'a second stream that nobody reads',
    beside: streamType,
    resources: {
      Unread: { ...newResource(streamType, { RetentionPeriodHours: 168 }), DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' },
    },
  },
];

const delivery = (name: string, destination: JsonObject): Bypass => ({
  name,
  beside: streamType,
  resources: (_, assembly) => ({
    Leak: newResource(deliveryType, {
      DeliveryStreamType: 'KinesisStreamAsSource',
      KinesisStreamSourceConfiguration: { KinesisStreamARN: attributeOf(streamType, 'Arn', assembly), RoleARN: 'role' },
      ...destination,
    }),
  }),
});

/** Deliveries to somewhere else than the archive. */
export const leaks: readonly Bypass[] = [
  delivery('a delivery to an address on the internet', {
    HttpEndpointDestinationConfiguration: { EndpointConfiguration: { Url: 'https://collector.example' } },
  }),
  {
    name: 'a delivery of what is put into it to an address on the internet',
    beside: streamType,
    resources: {
      Leak: newResource(deliveryType, {
        DeliveryStreamType: 'DirectPut',
        HttpEndpointDestinationConfiguration: { EndpointConfiguration: { Url: 'https://collector.example' } },
      }),
    },
  },
  delivery("a delivery to a stranger's bucket", { S3DestinationConfiguration: { BucketARN: 'arn:aws:s3:::elsewhere', RoleARN: 'role' } }),
];

// Stream readers that lose records, or deliver them to a destination outside the deployment.

import type { Bypass } from '../../rule';
import type { JsonObject } from '../../template/assembly';
import { deliveryType, mappingType, streamConsumerType, streamType } from '../../template/resource-types';
import { attributeOf, newResource } from '../bypass';

/** Functions that drop failed records, and a stream without readers. */
export const lossyReaders: readonly Bypass[] = [
  {
    name: 'a function that drops failed records',
    beside: streamType,
    resources: (_, assembly) => ({
      Careless: newResource(mappingType, {
        EventSourceArn: attributeOf(streamType, 'Arn', assembly),
        FunctionName: 'careless',
        StartingPosition: 'LATEST',
        MaximumRetryAttempts: 0,
      }),
    }),
  },
  {
    name: 'a stream consumer that drops failed records',
    beside: streamType,
    resources: (_, assembly) => ({
      Consumer: newResource(streamConsumerType, { ConsumerName: 'x', StreamARN: attributeOf(streamType, 'Arn', assembly) }),
      Careless: newResource(mappingType, { EventSourceArn: { Ref: 'Consumer' }, FunctionName: 'careless' }),
    }),
  },
  {
    name: 'a function that drops failed records of a stream by name',
    beside: streamType,
    resources: {
      Careless: newResource(mappingType, {
        EventSourceArn: { 'Fn::Sub': 'arn:aws:kinesis:${AWS::Region}:${AWS::AccountId}:stream/hits' },
        FunctionName: 'careless',
      }),
    },
  },
  {
    name: 'a second stream without readers',
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

/** Deliveries to other destinations than the archive. */
export const leaks: readonly Bypass[] = [
  delivery('a delivery to an address on the internet', {
    HttpEndpointDestinationConfiguration: { EndpointConfiguration: { Url: 'https://collector.example' } },
  }),
  {
    name: 'a direct put delivery to an address on the internet',
    beside: streamType,
    resources: {
      Leak: newResource(deliveryType, {
        DeliveryStreamType: 'DirectPut',
        HttpEndpointDestinationConfiguration: { EndpointConfiguration: { Url: 'https://collector.example' } },
      }),
    },
  },
  delivery('a delivery to a bucket outside the deployment', {
    S3DestinationConfiguration: { BucketARN: 'arn:aws:s3:::elsewhere', RoleARN: 'role' },
  }),
];

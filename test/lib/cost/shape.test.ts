// The settings that the model reads from templates, in each form that a lever may give them.

import { estimate } from '../../../lib/cost/estimate';
import { resourcesOf } from '../../../lib/cost/resources';
import { shapeOf } from '../../../lib/cost/shape';
import { load, production, stackOf, sum } from './load';

const shape = (resources: Parameters<typeof stackOf>[0]) => shapeOf(resourcesOf([stackOf(resources)]));

test('the shape of production', () => {
  expect(shapeOf(resourcesOf(production()))).toEqual({
    hitsLiveIn: expect.stringMatching(/^(database|lake)$/),
    keepMonths: 25,
    hotDays: 35,
    lakeDelivery: 'iceberg',
    lakeStore: 'bucket',
    streamMode: 'on-demand',
    shards: undefined,
    streamHours: 168,
    minAcu: 2,
    maxAcu: 16,
    databaseInstances: 2,
    loneReaders: 1,
    ioOptimized: false,
    visitorIndex: true,
    flowSeconds: 60,
    idleSeconds: 120,
    wafOnHits: true,
    zones: 3,
    minServers: 3,
    maxServers: 40,
    serverTarget: 4000,
    ingestGb: 1,
    ingestParallel: 2,
  });
});

test('a provisioned stream has its shards', () => {
  const Properties = { ShardCount: 12, RetentionPeriodHours: 48, StreamModeDetails: { StreamMode: 'PROVISIONED' } };
  expect(shape({ Stream: { Type: 'AWS::Kinesis::Stream', Properties } })).toMatchObject({
    streamMode: 'provisioned',
    shards: 12,
    streamHours: 48,
  });
});

test('a cluster has its storage, capacity and readers', () => {
  const instance = (PromotionTier: number) => ({ Type: 'AWS::RDS::DBInstance', Properties: { PromotionTier } });
  const Properties = { StorageType: 'aurora-iopt1', ServerlessV2ScalingConfiguration: { MinCapacity: 1, MaxCapacity: 32 } };
  const resources = { Cluster: { Type: 'AWS::RDS::DBCluster', Properties }, A: instance(0), B: instance(1), C: instance(2) };
  expect(shape(resources)).toMatchObject({ ioOptimized: true, minAcu: 1, maxAcu: 32, databaseInstances: 3, loneReaders: 1 });
});

test('a writer in the tier of a lone reader is none', () => {
  const instance = { Type: 'AWS::RDS::DBInstance', Properties: { PromotionTier: 2 } };
  expect(shape({ Writer: instance, Reader: instance })).toMatchObject({ databaseInstances: 2, loneReaders: 1 });
  expect(shape({ Writer: instance })).toMatchObject({ databaseInstances: 1, loneReaders: 0 });
});

test('flow records of public subnets have their own interval, or that of the VPC', () => {
  const log = (ResourceType: string, id: string, MaxAggregationInterval: number) => ({
    Type: 'AWS::EC2::FlowLog',
    Properties: { ResourceType, ResourceId: { Ref: id }, MaxAggregationInterval },
  });
  const vpc = log('VPC', 'Vpc8378EB38', 60);
  expect(shape({ Vpc: vpc, Private: log('Subnet', 'VpcprivateSubnet1', 30) }).flowSeconds).toBe(60);
  expect(shape({ Vpc: vpc, Public: log('Subnet', 'VpcpublicSubnet1', 600) }).flowSeconds).toBe(600);
});

test.each([
  [
    'Firehose with Iceberg',
    { Type: 'AWS::KinesisFirehose::DeliveryStream', Properties: { IcebergDestinationConfiguration: {} } },
    'bucket',
  ],
  ['a table of Glue', { Type: 'AWS::Glue::Table' }, 'bucket'],
  ['a bucket of S3 Tables', { Type: 'AWS::S3Tables::TableBucket' }, 'tables'],
])('hits are in the lake of templates with %s', (_, resource, lakeStore) => {
  expect(shape({ Lake: resource })).toMatchObject({ hitsLiveIn: 'lake', lakeStore });
});

test('functions name the window and the months', () => {
  const Properties = { Environment: { Variables: { KEEP_MONTHS: '13', HOT_DAYS: '14' } } };
  expect(shape({ Upkeep: { Type: 'AWS::Lambda::Function', Properties } })).toMatchObject({ keepMonths: 13, hotDays: 14 });
});

test('a lake of S3 Tables has the storage, and the bucket of the delivery none', () => {
  const delivery = {
    Type: 'AWS::KinesisFirehose::DeliveryStream',
    Properties: { IcebergDestinationConfiguration: { S3Configuration: { BucketARN: { 'Fn::GetAtt': ['Errors', 'Arn'] } } } },
  };
  const found = estimate(
    [stackOf({ Delivery: delivery, Errors: { Type: 'AWS::S3::Bucket' }, Tables: { Type: 'AWS::S3Tables::TableBucket' } })],
    load(2000, 26),
  );
  expect(sum(found, 'S3::Bucket')).toBe(0);
  // 788.4 GB a month for 25.5 months.
  expect(sum(found, 'S3Tables::TableBucket', /^lake$/)).toBeCloseTo(788.4 * 25.5 * 0.0265, 4);
});

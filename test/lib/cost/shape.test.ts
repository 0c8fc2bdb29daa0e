// The settings that the model reads from templates, in each form that a lever may give them.

import { resourcesOf } from '../../../lib/cost/resources';
import { shapeOf } from '../../../lib/cost/shape';
import { production, stackOf } from './load';

const shape = (resources: Parameters<typeof stackOf>[0]) => shapeOf(resourcesOf([stackOf(resources)]));

test('the shape of production', () => {
  expect(shapeOf(resourcesOf(production()))).toEqual({
    hitsLiveIn: 'lake',
    keepMonths: 25,
    hotDays: 35,
    deliveryBySite: false,
    rawHits: { days: 14, coldDays: undefined, versionDays: 7 },
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
    ingestSeconds: 5,
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

test('hits are in the lake of templates with its export', () => {
  const lambda = (Variables: object) => ({ Type: 'AWS::Lambda::Function', Properties: { Environment: { Variables } } });
  expect(shape({ Export: lambda({ LAKE_AFTER_DAYS: '10' }) }).hitsLiveIn).toBe('lake');
  expect(shape({ Upkeep: lambda({ HOT_DAYS: '35' }) }).hitsLiveIn).toBe('database');
});

test('raw hits are delivered by site or not, and end as their lifecycle has it', () => {
  const delivery = (Enabled: boolean) => ({
    Type: 'AWS::KinesisFirehose::DeliveryStream',
    Properties: {
      ExtendedS3DestinationConfiguration: {
        BucketARN: { 'Fn::GetAtt': ['Archive', 'Arn'] },
        DynamicPartitioningConfiguration: { Enabled },
      },
    },
  });
  const Rules = [
    { Prefix: 'other/', ExpirationInDays: 3, NoncurrentVersionExpiration: { NoncurrentDays: 1 } },
    { Prefix: 'hits/', ExpirationInDays: 60, Transitions: [{ TransitionInDays: 40 }] },
    { NoncurrentVersionExpiration: { NoncurrentDays: 30 } },
  ];
  const archive = { Type: 'AWS::S3::Bucket', Properties: { LifecycleConfiguration: { Rules } } };
  expect(shape({ Delivery: delivery(true), Archive: archive })).toMatchObject({
    deliveryBySite: true,
    rawHits: { days: 60, coldDays: 40, versionDays: 30 },
  });
  expect(shape({ Delivery: delivery(false), Archive: archive }).deliveryBySite).toBe(false);
});

test('functions name the window and the months', () => {
  const Properties = { Environment: { Variables: { KEEP_MONTHS: '13', HOT_DAYS: '14' } } };
  expect(shape({ Upkeep: { Type: 'AWS::Lambda::Function', Properties } })).toMatchObject({ keepMonths: 13, hotDays: 14 });
});

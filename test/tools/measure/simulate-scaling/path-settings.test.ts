import { readPath } from '../../../../tools/measure/simulate-scaling/path-settings';
import type { SynthesizedStack } from '../../../../tools/synthesis/assembly';
import { synthesized } from '../../../synthesized/synthesized';

type Resources = Readonly<Record<string, { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> }>>;

const stacksOf = (Resources: Resources): readonly SynthesizedStack[] => [
  { name: 'production-data', region: 'eu-west-3', file: '', template: { Resources } },
];
const whole: Resources = {
  Hits: { Type: 'AWS::Kinesis::Stream', Properties: { ShardCount: 8, RetentionPeriodHours: 168 } },
  Ingest: { Type: 'AWS::Lambda::Function', Properties: { MemorySize: 1024, ReservedConcurrentExecutions: 7 } },
  Mapping: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: { 'Fn::GetAtt': ['Hits', 'Arn'] },
      FunctionName: { Ref: 'Ingest' },
      BatchSize: 50,
      MaximumBatchingWindowInSeconds: 3,
      ParallelizationFactor: 4,
      MaximumRecordAgeInSeconds: 1000,
    },
  },
  Delivery: { Type: 'AWS::KinesisFirehose::DeliveryStream', Properties: { DeliveryStreamType: 'KinesisStreamAsSource' } },
  Cluster: {
    Type: 'AWS::RDS::DBCluster',
    Properties: { ServerlessV2ScalingConfiguration: { MinCapacity: 1, MaxCapacity: 32 } },
  },
  Writer: { Type: 'AWS::RDS::DBInstance', Properties: { DBInstanceClass: 'db.serverless' } },
};

test('everything that limits stream, ingest and database is read', () => {
  expect(readPath(stacksOf(whole))).toEqual({
    stream: { shards: 8, retentionSeconds: 168 * 3600, readers: 2 },
    ingest: { parallel: 4, batchRecords: 50, batchSeconds: 3, maxAgeSeconds: 1000, concurrency: 7 },
    database: { minAcu: 1, maxAcu: 32 },
  });
});

test('a stream on demand, a consumer with reads of its own, and a class that does not scale are read', () => {
  const other = {
    ...whole,
    Hits: { Type: 'AWS::Kinesis::Stream', Properties: { StreamModeDetails: { StreamMode: 'ON_DEMAND' } } },
    Consumer: { Type: 'AWS::Kinesis::StreamConsumer', Properties: {} },
    Writer: { Type: 'AWS::RDS::DBInstance', Properties: { DBInstanceClass: 'db.r7g.large' } },
  };
  expect(readPath(stacksOf(other))).toMatchObject({
    stream: { shards: undefined, retentionSeconds: 24 * 3600, readers: 1 },
    database: { minAcu: 8, maxAcu: 8 },
  });
});

test('production has a stream on demand that outlives the age of dead letters', () => {
  const { stream, ingest, database } = readPath(synthesized('production').stacks);
  expect(stream.shards).toBeUndefined();
  expect(ingest.maxAgeSeconds).toBeLessThan(stream.retentionSeconds);
  expect(stream.readers).toBe(2);
  expect(database.maxAcu).toBeGreaterThan(database.minAcu);
});

test.each([
  ['no ingest', { Hits: whole.Hits }, 'expected a function that a stream invokes, got none'],
  [
    'a class without a known capacity',
    { ...whole, Writer: { Type: 'AWS::RDS::DBInstance', Properties: { DBInstanceClass: 'db.x2g.large' } } },
    'expected a database of class db.serverless, db.t4g.medium, db.r7g.large, db.r7g.xlarge, db.r7g.2xlarge, db.r7g.4xlarge, got db.x2g.large',
  ],
])('%s is told', (_, resources, message) => {
  expect(() => readPath(stacksOf(resources as Resources))).toThrow(message);
});

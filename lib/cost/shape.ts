// The settings of a deployment that its cost depends on, read from its templates. A what-if replaces some of them.
import { assumptions } from './assumptions';
import { type Kept, keptIn } from './kept';
import { at, listAt, numberAt, type Resource, refersTo } from './resources';

export type StreamMode = 'on-demand' | 'provisioned' | 'advantage';

/** The place of hits for `keepMonths`: the database, or the lake with a window of `hotDays` in the database. */
export type HitsLiveIn = 'database' | 'lake';

export interface Shape {
  readonly hitsLiveIn: HitsLiveIn;
  readonly keepMonths: number;
  readonly hotDays: number;
  /** Whether the delivery writes raw hits by site, in dynamic partitions, or all sites by hour. */
  readonly deliveryBySite: boolean;
  readonly rawHits: Kept;
  readonly streamMode: StreamMode;
  /** Shards of a provisioned stream. @default as many as the load needs */
  readonly shards?: number | undefined;
  readonly streamHours: number;
  readonly minAcu: number;
  readonly maxAcu: number;
  readonly databaseInstances: number;
  /** Readers beyond promotion tier 1, which scale by themselves: they do not follow the writer. */
  readonly loneReaders: number;
  readonly ioOptimized: boolean;
  readonly visitorIndex: boolean;
  /** Aggregation interval of flow records where clients connect. */
  readonly flowSeconds: number;
  /** Seconds for which the load balancer keeps an idle connection. */
  readonly idleSeconds: number;
  /** Whether the web ACL sees requests with hits. */
  readonly wafOnHits: boolean;
  readonly zones: number;
  readonly minServers: number;
  readonly maxServers: number;
  /** Requests a second that scaling aims at for each server. */
  readonly serverTarget: number;
  readonly ingestGb: number;
  readonly ingestParallel: number;
  /** Longest wait for a full batch. */
  readonly ingestSeconds: number;
}

/** The shape of a deployment's templates. */
export function shapeOf(resources: readonly Resource[]): Shape {
  const first = (type: string): unknown => resources.find((resource) => resource.type === type)?.properties;
  return {
    ...hitsShape(resources, first),
    ...streamShape(first),
    ...databaseShape(resources, first),
    ...frontShape(resources, first),
    ...ingestShape(resources),
  };
}

type First = (type: string) => unknown;

function hitsShape(resources: readonly Resource[], first: First) {
  const environment = resources.map(({ properties }) => at(properties, 'Environment', 'Variables'));
  const variable = (name: string, otherwise: number): number =>
    numberAt(
      environment.find((variables) => at(variables, name) !== undefined),
      [name],
      otherwise,
    );
  const delivery = first('AWS::KinesisFirehose::DeliveryStream');
  const archive = resources.find((resource) => resource.type === 'AWS::S3::Bucket' && refersTo(delivery, resource));
  return {
    hitsLiveIn: lakeExportOf(resources) === undefined ? 'database' : 'lake',
    keepMonths: variable('KEEP_MONTHS', 25),
    hotDays: variable('HOT_DAYS', assumptions.hotDays.value),
    deliveryBySite: at(delivery, 'ExtendedS3DestinationConfiguration', 'DynamicPartitioningConfiguration', 'Enabled') === true,
    rawHits: keptIn(archive, 'hits/'),
  } as const;
}

/** The function that exports hits to the lake: its environment has the days after which a day of hits is due. */
export const lakeExportOf = (resources: readonly Resource[]): Resource | undefined =>
  resources.find(
    ({ type, properties }) =>
      type === 'AWS::Lambda::Function' && at(properties, 'Environment', 'Variables', 'LAKE_AFTER_DAYS') !== undefined,
  );

function streamShape(first: First) {
  const stream = first('AWS::Kinesis::Stream');
  const shards = at(stream, 'ShardCount');
  return {
    streamMode: at(stream, 'StreamModeDetails', 'StreamMode') === 'ON_DEMAND' ? 'on-demand' : 'provisioned',
    shards: shards === undefined ? undefined : Number(shards),
    streamHours: numberAt(stream, ['RetentionPeriodHours'], 24),
  } as const;
}

function databaseShape(resources: readonly Resource[], first: First) {
  const cluster = first('AWS::RDS::DBCluster');
  const instances = resources.filter(({ type }) => type === 'AWS::RDS::DBInstance');
  return {
    minAcu: numberAt(cluster, ['ServerlessV2ScalingConfiguration', 'MinCapacity'], 2),
    maxAcu: numberAt(cluster, ['ServerlessV2ScalingConfiguration', 'MaxCapacity'], 16),
    databaseInstances: instances.length,
    // The writer may have the tier of such a reader, which it becomes after a failover.
    loneReaders: Math.min(
      instances.filter(({ properties }) => numberAt(properties, ['PromotionTier'], 1) > 1).length,
      Math.max(0, instances.length - 1),
    ),
    ioOptimized: at(cluster, 'StorageType') === 'aurora-iopt1',
    visitorIndex: true,
  };
}

function frontShape(resources: readonly Resource[], first: First) {
  const balancer = first('AWS::ElasticLoadBalancingV2::LoadBalancer');
  const attributes = listAt(balancer, 'LoadBalancerAttributes') as readonly { Key: string; Value: string }[];
  const policies = resources.filter(({ type }) => type === 'AWS::AutoScaling::ScalingPolicy').map(({ properties }) => properties);
  const tracking = policies.find((policy) => at(policy, 'TargetTrackingConfiguration') !== undefined);
  const fleet = first('AWS::AutoScaling::AutoScalingGroup');
  const zones = listAt(balancer, 'Subnets').length;
  return {
    flowSeconds: numberAt(publicFlowLog(resources), ['MaxAggregationInterval'], 600),
    idleSeconds: Number(attributes.find(({ Key }) => Key === 'idle_timeout.timeout_seconds')?.Value ?? 60),
    wafOnHits: resources.some(({ type }) => type === 'AWS::WAFv2::WebACLAssociation'),
    zones: zones === 0 ? 3 : zones,
    minServers: numberAt(fleet, ['MinSize'], 0),
    maxServers: numberAt(fleet, ['MaxSize'], 0),
    serverTarget: numberAt(tracking, ['TargetTrackingConfiguration', 'TargetValue'], 240_000) / 60,
  };
}

/** The flow log of the subnets of the load balancer, or that of the VPC, which covers them. */
function publicFlowLog(resources: readonly Resource[]): unknown {
  const logs = resources.filter(({ type }) => type === 'AWS::EC2::FlowLog').map(({ properties }) => properties);
  const ofSubnets = logs.find((log) => /public/i.test(JSON.stringify(at(log, 'ResourceId'))));
  return ofSubnets ?? logs.find((log) => at(log, 'ResourceType') === 'VPC');
}

function ingestShape(resources: readonly Resource[]) {
  const ingest = ingestOf(resources);
  return {
    ingestGb: numberAt(ingest?.ingest.properties, ['MemorySize'], 1024) / 1024,
    ingestParallel: numberAt(ingest?.mapping.properties, ['ParallelizationFactor'], 1),
    ingestSeconds: numberAt(ingest?.mapping.properties, ['MaximumBatchingWindowInSeconds'], 0),
  };
}

/** The function that a stream invokes, with its event source mapping. */
export function ingestOf(resources: readonly Resource[]): { readonly ingest: Resource; readonly mapping: Resource } | undefined {
  const stream = resources.find(({ type }) => type === 'AWS::Kinesis::Stream');
  const mapping = resources.find(
    ({ type, properties }) =>
      type === 'AWS::Lambda::EventSourceMapping' && stream !== undefined && refersTo(properties.EventSourceArn, stream),
  );
  const ingest = resources.find(
    (resource) => resource.type === 'AWS::Lambda::Function' && mapping !== undefined && refersTo(mapping.properties.FunctionName, resource),
  );
  return ingest && mapping ? { ingest, mapping } : undefined;
}

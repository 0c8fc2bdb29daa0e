// Costs of servers and functions.
import { serverPrice } from '../prices/compute';
import { hoursInMonth, secondsInMonth } from '../prices/prices';
import { at, listAt, numberAt, type Resource, refersTo } from '../resources';
import { ingestOf, lakeExportOf } from '../shape';
import { type Charge, type Context, type Coster, charge, ofType } from './charge';

interface Volume {
  readonly VolumeSize?: number;
  readonly Iops?: number;
  readonly Throughput?: number;
}

/** IOPS and MiB/s that the price of a gp3 volume includes. */
const included = { iops: 3000, throughput: 125 };

const fleet: Coster = (found, context) => {
  const { servers, assumed } = context.traffic;
  return found.flatMap((group) => {
    const template = ofType(context, 'AWS::EC2::LaunchTemplate').find((launch) => refersTo(group.properties, launch));
    const data = at(template?.properties, 'LaunchTemplateData');
    const first = listAt(group.properties, 'MixedInstancesPolicy', 'LaunchTemplate', 'Overrides')[0];
    const type = String(at(first, 'InstanceType') ?? at(data, 'InstanceType'));
    const volumes = listAt(data, 'BlockDeviceMappings').map((mapping) => (at(mapping, 'Ebs') ?? {}) as Volume);
    const perServer = (of: (volume: Volume) => number): number => servers * volumes.reduce((sum, volume) => sum + of(volume), 0);
    const monitored = at(data, 'Monitoring', 'Enabled') === true;
    return [
      charge(`servers ${type}`, serverPrice(type), servers * hoursInMonth),
      charge(
        'disks',
        'volumeGb',
        perServer(({ VolumeSize = 0 }) => VolumeSize),
      ),
      charge(
        'IOPS of disks',
        'volumeIops',
        perServer(({ Iops = 0 }) => Math.max(0, Iops - included.iops)),
      ),
      charge(
        'throughput of disks',
        'volumeThroughput',
        perServer(({ Throughput = 0 }) => Math.max(0, Throughput - included.throughput)),
      ),
      charge('detailed monitoring', 'metricMonth', monitored ? servers * assumed.detailedMetrics : 0),
    ];
  });
};

/** Runs a month of a schedule expression; every form but `rate` with minutes or hours counts as daily. */
function runsOf(expression: unknown): number {
  const [, amount, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(String(expression)) ?? [];
  const hours = { minute: 1 / 60, hour: 1, day: 24 }[unit ?? 'day'] ?? 24;
  return hoursInMonth / (hours * Number(amount ?? 1));
}

const functions: Coster = (found, context) => {
  const ingest = ingestOf(context.all)?.ingest;
  const lakeExport = lakeExportOf(context.all);
  const schedules = ofType(context, 'AWS::Scheduler::Schedule');
  const scheduled = found.map((resource) => ({
    gigabytes: numberAt(resource.properties, ['MemorySize'], 128) / 1024,
    runs: schedules
      .filter(({ properties }) => refersTo(at(properties, 'Target', 'Arn'), resource))
      .reduce((sum, { properties }) => sum + runsOf(properties.ScheduleExpression), 0),
  }));
  const { scheduledSeconds } = context.traffic.assumed;
  const seconds = scheduled.reduce((sum, { gigabytes, runs }) => sum + gigabytes * runs * scheduledSeconds, 0);
  return [
    charge('scheduled runs', 'functionGbSecond', seconds),
    charge('scheduled runs, requests', 'functionRequests', scheduled.reduce((sum, { runs }) => sum + runs, 0) / 1e6),
    ...(ingest !== undefined && found.includes(ingest) ? ingestCharges(context) : []),
    ...(lakeExport !== undefined && found.includes(lakeExport) ? exportCharges(lakeExport, context) : []),
    ...(found.some((resource) => isRedaction(resource, context)) ? redactionCharges(context) : []),
  ];
};

const ingestCharges = ({ traffic, shape }: Context): readonly Charge[] => [
  charge('ingest', 'functionGbSecond', traffic.ingestConcurrency * shape.ingestGb * secondsInMonth),
  charge('ingest, requests', 'functionRequests', (traffic.invocationsPerSecond * secondsInMonth) / 1e6),
];

/** The export to the lake reads and encodes each hit once; its runs are among the scheduled ones. */
const exportCharges = ({ properties }: Resource, { traffic, shape }: Context): readonly Charge[] => {
  const seconds = shape.hitsLiveIn === 'lake' ? traffic.hits * traffic.exportSecondsPerHit : 0;
  return [charge('export to the lake', 'functionGbSecond', (seconds * numberAt(properties, ['MemorySize'], 128)) / 1024)];
};

/** The function that processes the logs of the load balancer: its environment names the bucket in which they land. */
function isRedaction({ type, properties }: Resource, context: Context): boolean {
  const landing = landingOf(context);
  return type === 'AWS::Lambda::Function' && landing !== undefined && refersTo(properties.Environment, landing);
}

/** The bucket in which the load balancer lands its logs. */
export function landingOf(context: Context): Resource | undefined {
  const attributes = ofType(context, 'AWS::ElasticLoadBalancingV2::LoadBalancer').map(({ properties }) => properties);
  return ofType(context, 'AWS::S3::Bucket').find((bucket) => refersTo(attributes, bucket));
}

const redactionCharges = ({ traffic }: Context): readonly Charge[] => [
  charge('redaction of access logs', 'functionGbSecond', (traffic.accessLogGb * 1e9) / traffic.assumed.redactedBytes),
];

export const computeLines: Readonly<Record<string, Coster>> = {
  'AWS::AutoScaling::AutoScalingGroup': fleet,
  'AWS::Lambda::Function': functions,
};

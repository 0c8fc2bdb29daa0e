// The rates at which parts of a deployment end: settings of its templates, quotas of AWS, measured speeds.
import { acuByLoad } from './assumptions';
import type { Estimate } from './estimate';
import { secondsInMonth } from './prices/prices';

export interface Limit {
  readonly name: string;
  /** Hits a second at which it is reached. */
  readonly hitsPerSecond: number;
  readonly remedy: string;
  /** Whether AWS raises it on request. */
  readonly quota: boolean;
  readonly source: string;
}

/** The largest volume of an Aurora cluster of this version, in GB: 256 TiB. ("Amazon Aurora size limits") */
const volumeGb = 256 * 1.024 ** 4 * 1000;

/** The largest capacity of an instance of Aurora Serverless v2, and of the configuration. */
export const largestAcu = 256;

/** Quotas and measured speeds. */
const known = {
  streamMegabytes: 200,
  functionConcurrency: 1000,
  rowsPerSecond: 58_000,
  balancerTargets: 1000,
  activePartitions: 500,
} as const;

/** Whether the database of an estimate fits into a cluster. */
export const isPossible = ({ traffic }: Estimate): boolean => traffic.databaseGb <= volumeGb;

/** Every limit of a deployment, the nearest first. */
export function limitsOf(estimate: Estimate): readonly Limit[] {
  const limits = [...frontLimits(estimate), ...streamLimits(estimate), ...databaseLimits(estimate), ...lakeLimits(estimate)];
  return limits.sort((one, other) => one.hitsPerSecond - other.hitsPerSecond);
}

function frontLimits({ shape, traffic }: Estimate): readonly Limit[] {
  const perServer = Math.min(shape.serverTarget * traffic.load.hitsPerRequest, traffic.assumed.serverHits);
  return [
    {
      name: `servers: ${shape.maxServers} at the target of scaling`,
      hitsPerSecond: shape.maxServers * perServer,
      remedy: 'raise collection.servers.maximum, and the quota of vCPUs of On-Demand Standard instances',
      quota: false,
      source: 'template',
    },
    {
      name: `load balancer: ${known.balancerTargets} targets`,
      hitsPerSecond: known.balancerTargets * perServer,
      remedy: 'raise the quota of targets, and reserve capacity units',
      quota: true,
      source: 'ADR 9',
    },
  ];
}

function streamLimits({ shape, traffic }: Estimate): readonly Limit[] {
  const { hitBytes, invocationSeconds, ingestSeconds, onDemandRoom, provisionedRoom } = traffic.assumed;
  const room = shape.streamMode === 'provisioned' ? provisionedRoom : onDemandRoom;
  const invocationsPerHit = (room * hitBytes * shape.ingestParallel) / 1e6 / Math.max(1, shape.ingestSeconds);
  const concurrentPerHit = invocationsPerHit * invocationSeconds + ingestSeconds;
  const stream = {
    name: `stream: ${known.streamMegabytes} MB/s on demand`,
    hitsPerSecond: (known.streamMegabytes * 1e6) / hitBytes,
    remedy: 'raise the quota by a ticket to support',
    quota: true,
    source: 'ADR 9',
  };
  const shards = {
    name: `stream: ${shape.shards} shards`,
    hitsPerSecond: ((shape.shards ?? 0) * 1e6) / hitBytes,
    remedy: 'raise the number of shards',
    quota: false,
    source: 'template',
  };
  return [
    ...(shape.streamMode === 'provisioned' ? [] : [stream]),
    ...(shape.streamMode === 'provisioned' && shape.shards !== undefined ? [shards] : []),
    {
      name: `ingest: ${known.functionConcurrency} concurrent executions`,
      hitsPerSecond: known.functionConcurrency / concurrentPerHit,
      remedy: 'raise the quota of concurrent executions of Lambda',
      quota: true,
      source: 'Lambda quotas',
    },
  ];
}

function databaseLimits({ shape, traffic }: Estimate): readonly Limit[] {
  const months = shape.hitsLiveIn === 'database' ? shape.keepMonths + 0.5 : ((shape.hotDays + 0.5) * 86_400) / secondsInMonth;
  const perHit = traffic.assumed.rowBytes + (shape.visitorIndex ? traffic.assumed.visitorIndexBytes : 0);
  return [
    {
      name: `database: ${shape.maxAcu} ACU (assumed)`,
      hitsPerSecond: loadAt(shape.maxAcu),
      remedy: `raise data.capacity.maximum, up to ${largestAcu} ACU, after a measurement`,
      quota: false,
      source: 'template, and ACU by load',
    },
    {
      name: `database: ${known.rowsPerSecond.toLocaleString('en')} rows a second of one writer`,
      hitsPerSecond: known.rowsPerSecond,
      remedy: 'divide the sites among deployments: each hit is in the database before it is in the lake',
      quota: false,
      source: 'ADR 5, a small machine',
    },
    {
      name: `database: volume of 256 TiB with ${shape.hitsLiveIn === 'database' ? `${shape.keepMonths} months` : `${shape.hotDays} days`}`,
      hitsPerSecond: (volumeGb * 1e9) / (perHit * secondsInMonth * months),
      remedy: shape.hitsLiveIn === 'database' ? 'keep hits in the lake' : 'lower data.hotDays',
      quota: false,
      source: 'Aurora size limits',
    },
  ];
}

/** Without the export no day leaves the window, so that its rate is a limit of the deployment. */
function lakeLimits({ shape, traffic }: Estimate): readonly Limit[] {
  const { exportSeconds } = traffic.assumed;
  if (shape.hitsLiveIn === 'database') return [];
  return [
    {
      name: `lake: exports of ${exportSeconds / 60} minutes in each hour`,
      hitsPerSecond: exportSeconds / 3600 / traffic.exportSecondsPerHit,
      remedy: 'raise the reserved concurrency of lake-export and start it more often, after a measurement: each run exports other days',
      quota: false,
      source: 'template, measured encoding, assumed reading',
    },
  ];
}

/** The load that needs this capacity, on the last straight line of the assumption. */
function loadAt(acu: number): number {
  const index = Math.max(
    1,
    acuByLoad.findIndex(([, needed]) => needed >= acu),
  );
  const end = acuByLoad.some(([, needed]) => needed >= acu) ? index : acuByLoad.length - 1;
  const [[fromHits, fromAcu], [toHits, toAcu]] = [acuByLoad[end - 1], acuByLoad[end]] as [[number, number], [number, number]];
  return fromHits + ((toHits - fromHits) * (acu - fromAcu)) / (toAcu - fromAcu);
}

/** Quotas that a load exceeds, as a new account has them. */
export function quotasToRaise(estimate: Estimate): readonly string[] {
  const { traffic, shape } = estimate;
  const partitions = shape.deliveryBySite && traffic.load.sites > known.activePartitions;
  return [
    ...limitsOf(estimate)
      .filter(({ quota, hitsPerSecond }) => quota && hitsPerSecond < traffic.load.hitsPerSecond)
      .map(({ name }) => name),
    ...(partitions ? [`delivery: ${known.activePartitions} active partitions`] : []),
    `vCPUs of On-Demand Standard instances: ${2 * traffic.neededServers} at least`,
  ];
}

// A deployment at several loads, on paper: the size of each part, the first part that ends, and the cost.
import { type Changes, type Estimate, estimate } from './estimate';
import { isPossible, type Limit, largestAcu, limitsOf, quotasToRaise } from './limits';
import type { CostedStack } from './resources';
import type { Load } from './traffic';

const scaleLoads = [100, 2000, 20_000, 200_000, 1_000_000] as const;

export interface ScaleRow {
  readonly hitsPerSecond: number;
  /** Servers that the load needs; the maximum of the template may be lower. */
  readonly servers: number;
  readonly megabytesPerSecond: number;
  readonly shards: number;
  /** Concurrent invocations of the ingest. */
  readonly ingestConcurrency: number;
  /** ACU of each instance that follows the load; the maximum of the template may be lower. */
  readonly acu: number;
  readonly databaseTb: number;
  readonly lakeTb: number;
  /** GB a month that cross zones to the database. */
  readonly crossZoneGb: number;
  readonly quotas: readonly string[];
  /** The limits that the load exceeds; the first is the bottleneck. */
  readonly exceeded: readonly Limit[];
  /** The limit that comes next above the load. */
  readonly next: Limit | undefined;
  /** As if every limit that can be raised were raised. */
  readonly usd: number;
  readonly usdPerMillion: number;
  /** Whether the database fits into a cluster. */
  readonly possible: boolean;
}

/** Rows for each load; a what-if replaces settings and assumptions. */
export const scale = (stacks: readonly CostedStack[], load: Omit<Load, 'hitsPerSecond'>, changes: Changes = {}): readonly ScaleRow[] =>
  scaleLoads.map((hitsPerSecond) => rowOf(stacks, { ...load, hitsPerSecond }, changes));

function rowOf(stacks: readonly CostedStack[], load: Load, changes: Changes): ScaleRow {
  const asIs = estimate(stacks, load, changes);
  // The cost at a load that the limits of the template would refuse: servers and capacity as many as the load needs.
  const { neededServers, neededAcu } = asIs.traffic;
  const raised = {
    maxServers: Math.max(asIs.shape.maxServers, neededServers),
    maxAcu: Math.max(asIs.shape.maxAcu, Math.min(neededAcu, largestAcu)),
  };
  const whole = estimate(stacks, load, { ...changes, shape: { ...changes.shape, ...raised } });
  const limits = limitsOf(asIs);
  return {
    hitsPerSecond: load.hitsPerSecond,
    ...sizes(whole),
    quotas: quotasToRaise(asIs),
    exceeded: limits.filter(({ hitsPerSecond }) => hitsPerSecond < load.hitsPerSecond),
    next: limits.find(({ hitsPerSecond }) => hitsPerSecond >= load.hitsPerSecond),
    usd: whole.usd,
    usdPerMillion: whole.usdPerMillion ?? 0,
    possible: isPossible(whole),
  };
}

const sizes = ({ traffic, shape }: Estimate) => ({
  servers: traffic.servers,
  megabytesPerSecond: traffic.megabytesPerSecond,
  shards: traffic.shards,
  ingestConcurrency: traffic.ingestConcurrency,
  acu: traffic.acu,
  databaseTb: traffic.databaseGb / 1000,
  lakeTb: shape.hitsLiveIn === 'lake' ? (traffic.lakeGb * traffic.monthsKept(shape.keepMonths + 0.5)) / 1000 : 0,
  crossZoneGb: traffic.hitGb * traffic.assumed.crossZoneShare,
});

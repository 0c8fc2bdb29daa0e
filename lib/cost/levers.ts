// The levers of the cost: each a what-if of the model, with its price in other values and the clauses of its subject.
import { type Changes, type Estimate, estimate } from './estimate';
import type { CostedStack } from './resources';
import type { Load, Traffic } from './traffic';

export interface Lever {
  readonly name: string;
  readonly title: string;
  /** What pulls it, in the configuration or the browser client. @default - nothing does: its saving is a what-if */
  readonly setting?: string;
  readonly givesUp: string;
  /** Clauses whose subject the lever touches; all of them stay kept. */
  readonly clauses: readonly string[];
  /** The changes; undefined where the deployment has them already, or where the lever does not apply. */
  readonly changes: (base: Estimate) => Changes | undefined;
}

const inLake = ({ shape }: Estimate, changes: Changes): Changes | undefined => (shape.hitsLiveIn === 'lake' ? changes : undefined);

/** Shards for the peak of a day whose mean is the load. */
const peakShards = ({ megabytesPerSecond, assumed }: Traffic): number =>
  Math.max(assumed.onDemandShards, Math.ceil(megabytesPerSecond * assumed.provisionedRoom * assumed.dayPeak));

const streamLevers: readonly Lever[] = [
  {
    name: 'provisioned-stream',
    title: 'stream provisioned, with shards for the peak of the day at all hours',
    setting: 'collection.stream',
    givesUp: 'scaling by itself: hits of a higher peak wait on the disks, and people raise the shards',
    clauses: ['TOM-6.9'],
    changes: ({ shape, traffic }) =>
      shape.streamMode === 'provisioned' ? undefined : { shape: { streamMode: 'provisioned', shards: peakShards(traffic) } },
  },
  {
    name: 'following-shards',
    title: 'stream provisioned, with shards that a function of its own keeps at the load of the hour',
    givesUp: 'room for an unplanned spot: shards are added within minutes, and hits wait on the disks until then',
    clauses: ['TOM-6.9'],
    changes: ({ shape }) => (shape.streamMode === 'provisioned' ? undefined : { shape: { streamMode: 'provisioned' } }),
  },
  {
    name: 'advantage-stream',
    title: 'stream in on-demand advantage mode',
    givesUp: 'a bill below 25 MB/s: this is the least, for all streams of the account and region together',
    clauses: ['TOM-6.9'],
    changes: ({ shape }) => (shape.streamMode === 'advantage' ? undefined : { shape: { streamMode: 'advantage' } }),
  },
  {
    name: 'longer-batches',
    title:
      'batches of five seconds in the ingest, of 1,000 records at most: rows of a site are together in the pages that the export reads',
    setting: 'collection.ingest.batchSeconds',
    givesUp: 'hits in the database within a second or two: they are there after five',
    clauses: ['TOM-5.1'],
    changes: ({ shape }) => (shape.ingestSeconds < 5 ? { shape: { ingestSeconds: 5 } } : undefined),
  },
];

/** Dead letters are replayed for 30 days. (data.hotDays) */
const leastWindow = 32;

const databaseLevers: readonly Lever[] = [
  {
    name: 'no-visitor-index',
    title: 'visitor index dropped',
    givesUp: 'the hits of one visitor in milliseconds: export and erasure scan the days of the site, or read the lake',
    clauses: ['DSS-4.2', 'TOM-4.13'],
    changes: ({ shape }) => (shape.visitorIndex ? { shape: { visitorIndex: false } } : undefined),
  },
  {
    name: 'one-acu-floor',
    title: 'one ACU as minimum of each instance; the proxy bills eight in any case, and keeps the cluster from pausing',
    setting: 'data.capacity.minimum',
    givesUp:
      'cached pages after a quiet hour, fast growth, and room for Performance Insights: AWS recommends 2 ACU with it, and an instance may stay above 1',
    clauses: ['TOM-6.9'],
    changes: ({ shape }) => (shape.minAcu > 1 ? { shape: { minAcu: 1 } } : undefined),
  },
  {
    name: 'small-reader',
    title: 'readers that scale by their own load',
    setting: 'data.readerScaling',
    givesUp: 'a failover to an instance as large as the writer: the new writer grows within minutes, and hits wait in the stream',
    clauses: ['TOM-6.3'],
    changes: ({ shape }) => {
      const followers = shape.databaseInstances - 1;
      return shape.loneReaders < followers ? { shape: { loneReaders: followers } } : undefined;
    },
  },
  {
    name: 'io-optimized',
    title: 'Aurora I/O-Optimized; saves where I/O is more than about a quarter of the bill of the database',
    setting: 'data.storage',
    givesUp: 'cheap storage: dearer where hits are kept in the database. The way back is open at any time, the way there once in 30 days',
    clauses: [],
    changes: ({ shape }) => (shape.ioOptimized ? undefined : { shape: { ioOptimized: true } }),
  },
  {
    name: 'short-window',
    title: 'window of 32 days in the database, the least of data.hotDays',
    setting: 'data.hotDays',
    givesUp: 'reads of older hits in milliseconds: the lake answers them in seconds',
    clauses: ['DSS-5.5.2'],
    changes: (base) => (base.shape.hotDays > leastWindow ? inLake(base, { shape: { hotDays: leastWindow } }) : undefined),
  },
];

const edgeLevers: readonly Lever[] = [
  {
    name: 'waf-at-cloudflare',
    title: "hits without AWS WAF, behind Cloudflare's firewall with mutual TLS",
    setting: 'edge.cloudflare.hitFirewall',
    givesUp:
      "rate limits and managed rules of AWS on hits; Cloudflare's bill is not in the model. Never without mutual TLS, nor for other paths: " +
      'people need a load balancer of their own, about 30 dollars a month with its addresses',
    clauses: ['TOM-4.11'],
    changes: ({ shape }) => (shape.wafOnHits ? { shape: { wafOnHits: false } } : undefined),
  },
  {
    name: 'slow-flow-records',
    title: 'flow records at 600 s where clients connect',
    givesUp:
      'records within a minute. Interfaces of Nitro instances are recorded each minute whatever the setting (CreateFlowLogs, ' +
      'MaxAggregationInterval); whether those of a load balancer follow it is not documented',
    clauses: ['TOM-3.4', 'DSS-5.6.7'],
    changes: ({ shape }) => (shape.flowSeconds < 600 ? { shape: { flowSeconds: 600 } } : undefined),
  },
  {
    name: 'longer-keep-alive',
    title: 'idle timeout of 120 s, by which a connection carries five requests instead of three (assumed)',
    givesUp: 'open connections: each lasts twice as long; much longer ones become the measure of the load balancer',
    clauses: ['DSS-5.3.2', 'DSS-6.8'],
    changes: ({ shape }) => (shape.idleSeconds < 120 ? { shape: { idleSeconds: 120 } } : undefined),
  },
  {
    name: 'session-resumption',
    title: 'half of the new connections resume a TLS session (assumed)',
    givesUp:
      'nothing. The load balancer supports resumption by itself (AWS Knowledge Center), and has no attribute for it: clients decide which ' +
      'connections resume',
    clauses: ['DSS-5.3.2', 'DSS-6.8'],
    changes: ({ traffic }) => (traffic.assumed.resumedShare < 0.5 ? { assumed: { resumedShare: 0.5 } } : undefined),
  },
  {
    name: 'batches',
    title: 'batches of ten hits by the browser client',
    setting: 'hits and seconds of the browser client',
    givesUp: 'hits of a page that ends without its last beacon; pixels and single hits of other clients stay as they are',
    clauses: ['TOM-5.1'],
    changes: ({ traffic }) => (traffic.load.hitsPerRequest < 10 ? { load: { hitsPerRequest: 10 } } : undefined),
  },
];

export const levers: readonly Lever[] = [...streamLevers, ...databaseLevers, ...edgeLevers];

/** The levers that someone can pull today. */
export const settledLevers: readonly Lever[] = levers.filter(({ setting }) => setting !== undefined);

/** Changes of one what-if on top of another. */
const together = (one: Changes, other: Changes): Changes => ({
  shape: { ...one.shape, ...other.shape },
  load: { ...one.load, ...other.load },
  assumed: { ...one.assumed, ...other.assumed },
});

export interface Saving {
  readonly lever: Lever;
  /** US dollars a month; negative where the lever costs more. */
  readonly usd: number;
}

/** The saving of each lever alone that applies, the largest first. */
export function savings(stacks: readonly CostedStack[], load: Load, changes: Changes = {}): readonly Saving[] {
  const base = estimate(stacks, load, changes);
  return levers
    .flatMap((lever) => {
      const change = lever.changes(base);
      return change === undefined ? [] : [{ lever, usd: base.usd - estimate(stacks, load, together(changes, change)).usd }];
    })
    .sort((one, other) => other.usd - one.usd);
}

/** The changes of several levers, each on top of those before it. */
export const pulled = (stacks: readonly CostedStack[], load: Load, names: readonly string[], changes: Changes = {}): Changes =>
  names.reduce((sum, name) => {
    const change = levers.find((lever) => lever.name === name)?.changes(estimate(stacks, load, sum));
    return change === undefined ? sum : together(sum, change);
  }, changes);

/**
 * The levers that together cost least: each in the order of its own saving, if it still saves a dollar. A lever that
 * saves nothing beside those before it may save beside those after it, so that all are tried until none saves more.
 */
export function cheapest(
  stacks: readonly CostedStack[],
  load: Load,
  changes: Changes = {},
  of: readonly Lever[] = levers,
): readonly string[] {
  const names = savings(stacks, load, changes).flatMap(({ lever }) => (of.includes(lever) ? [lever.name] : []));
  let chosen: readonly string[] = [];
  let usd = estimate(stacks, load, changes).usd;
  for (let before = -1; before < chosen.length; ) {
    before = chosen.length;
    for (const name of names.filter((each) => !chosen.includes(each))) {
      const next = [...chosen, name];
      const cost = estimate(stacks, load, pulled(stacks, load, next, changes)).usd;
      if (cost < usd - 1) [chosen, usd] = [next, cost];
    }
  }
  return chosen;
}

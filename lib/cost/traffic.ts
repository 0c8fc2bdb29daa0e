// The quantities of a load in a month: requests, connections, bytes, rows, shards, servers.
import { type Assumed, acuByLoad } from './assumptions';
import { daysInMonth, secondsInMonth } from './prices/prices';
import type { Shape } from './shape';

export interface Load {
  /** The rate holds all day and all month. */
  readonly hitsPerSecond: number;
  readonly sites: number;
  readonly hitsPerRequest: number;
  /** The month since the first hit; 1 is the first. Stores grow until the month after `keepMonths` whole months. */
  readonly month: number;
}

const gigabyte = 1e9;

/** Quantities of one month, from which cost lines follow. */
export class Traffic {
  readonly hits: number;
  readonly requests: number;
  readonly connections: number;
  /** GB of hits on the stream. */
  readonly hitGb: number;

  constructor(
    readonly load: Load,
    readonly shape: Shape,
    readonly assumed: Assumed,
  ) {
    this.hits = load.hitsPerSecond * secondsInMonth;
    this.requests = this.hits / load.hitsPerRequest;
    // Browsers close idle connections by themselves, Firefox after 115 seconds.
    const laterShare = Math.min(1, Math.max(0, shape.idleSeconds / 60 - 1));
    this.connections = this.requests / (assumed.requestsPerConnection + assumed.laterRequests * laterShare);
    this.hitGb = (this.hits * assumed.hitBytes) / gigabyte;
  }

  get megabytesPerSecond(): number {
    return (this.load.hitsPerSecond * this.assumed.hitBytes) / 1e6;
  }

  /** GB to the internet: answers and handshakes. */
  get outGb(): number {
    const { answerBytes, handshakeBytes, resumedBytes, resumedShare } = this.assumed;
    const handshake = handshakeBytes * (1 - resumedShare) + resumedBytes * resumedShare;
    return (this.requests * answerBytes + this.connections * handshake) / gigabyte;
  }

  /** Load balancer capacity units: the largest of new connections, open connections and bytes. (Its price page) */
  get lcu(): number {
    const perSecond = this.connections / secondsInMonth;
    const bytes = this.hitGb + this.outGb + (this.requests * this.assumed.headerBytes) / gigabyte;
    return Math.max(perSecond / 25, (perSecond * this.shape.idleSeconds) / 3000, bytes / (secondsInMonth / 3600));
  }

  /** Public addresses of the load balancer: one a zone, and more as its capacity grows. */
  get addresses(): number {
    const { zones } = this.shape;
    return zones * Math.max(1, Math.ceil(this.lcu / (zones * this.assumed.lcuForAddresses)));
  }

  /** Servers of the fleet without its maximum, in equal numbers over the zones. */
  get neededServers(): number {
    const { minServers, serverTarget, zones } = this.shape;
    const byRequests = this.load.hitsPerSecond / this.load.hitsPerRequest / serverTarget;
    const needed = Math.ceil(Math.max(byRequests, this.load.hitsPerSecond / this.assumed.serverHits));
    return needed <= minServers ? minServers : Math.ceil(needed / zones) * zones;
  }

  get servers(): number {
    return Math.min(this.neededServers, this.shape.maxServers);
  }

  /** Shards of the stream; an on-demand one has room for twice its rate. */
  get shards(): number {
    const { streamMode, shards } = this.shape;
    if (streamMode === 'provisioned' && shards !== undefined) return shards;
    const room = streamMode === 'provisioned' ? this.assumed.provisionedRoom : this.assumed.onDemandRoom;
    return Math.max(this.assumed.onDemandShards, Math.ceil(this.megabytesPerSecond * room));
  }

  /** Invocations of the ingest a second, each of a batch of one second at least; without hits there are none. */
  get invocationsPerSecond(): number {
    const { ingestParallel, ingestSeconds } = this.shape;
    return Math.min(this.load.hitsPerSecond, (this.shards * ingestParallel) / Math.max(1, ingestSeconds));
  }

  /** Seconds of the ingest in each second, which is the number of concurrent invocations. */
  get ingestConcurrency(): number {
    return this.invocationsPerSecond * this.assumed.invocationSeconds + this.load.hitsPerSecond * this.assumed.ingestSeconds;
  }

  /** ACU of one instance without the maximum, on straight lines between the assumed points and beyond the last. */
  get neededAcu(): number {
    const { hitsPerSecond } = this.load;
    const index = acuByLoad.findIndex(([hits]) => hits >= hitsPerSecond);
    const end = index === -1 ? acuByLoad.length - 1 : Math.max(1, index);
    const [[fromHits, fromAcu], [toHits, toAcu]] = [acuByLoad[end - 1], acuByLoad[end]] as [[number, number], [number, number]];
    return fromAcu + ((toAcu - fromAcu) * (hitsPerSecond - fromHits)) / (toHits - fromHits);
  }

  get acu(): number {
    const { minAcu, maxAcu } = this.shape;
    // Without a hit an instance is at its minimum, whatever that is.
    const needed = this.load.hitsPerSecond === 0 ? minAcu : this.neededAcu;
    return Math.min(maxAcu, Math.max(minAcu, needed));
  }

  /** ACU of all instances: those in promotion tiers 0 and 1 have the capacity of the writer, others their minimum. */
  get clusterAcu(): number {
    const { databaseInstances, loneReaders, minAcu } = this.shape;
    return this.acu * (databaseInstances - loneReaders) + minAcu * loneReaders;
  }

  /** GB of rows that a month adds to the database. */
  get rowGb(): number {
    const { rowBytes, visitorIndexBytes } = this.assumed;
    return (this.hits * (rowBytes + (this.shape.visitorIndex ? visitorIndexBytes : 0))) / gigabyte;
  }

  /** GB of the database in this month: rows, aggregates, and what it has without hits. */
  get databaseGb(): number {
    const { hitsLiveIn, keepMonths, hotDays } = this.shape;
    const { quietDatabaseGb, aggregateBytes } = this.assumed;
    if (hitsLiveIn === 'database') return quietDatabaseGb + this.rowGb * this.monthsKept(keepMonths + 0.5);
    // Days leave the window whole, so that half a day more is in it on average.
    const rows = this.rowGb * this.monthsKept((hotDays + 0.5) / daysInMonth);
    const perMonth = this.hits === 0 ? 0 : (this.load.sites * daysInMonth * aggregateBytes) / gigabyte;
    return quietDatabaseGb + rows + perMonth * this.monthsKept(keepMonths + 0.5);
  }

  /** Months of data that a store holds on average in this month, of those that it keeps at most. */
  monthsKept(atMost: number): number {
    return Math.min(this.load.month - 0.5, atMost);
  }

  /** GB of flow records of clients' connections, before compression: a record for each interval and direction. */
  get flowGb(): number {
    const { activeShare, flowRecordBytes } = this.assumed;
    const { idleSeconds, flowSeconds } = this.shape;
    const records = 2 * (1 + (activeShare * idleSeconds) / flowSeconds);
    return (this.connections * records * flowRecordBytes) / gigabyte;
  }

  /** GB of access logs before compression. */
  get accessLogGb(): number {
    return (this.requests * this.assumed.accessLineBytes) / gigabyte;
  }

  /** GB that a month adds to the lake. */
  get lakeGb(): number {
    return (this.hits * this.assumed.lakeBytes) / gigabyte;
  }

  /** Objects that a month adds to the lake: one of each site and day, or of each `lakeRows` rows of them. */
  get lakeObjects(): number {
    return this.hits === 0 ? 0 : this.lakeDays * Math.ceil(this.hits / this.lakeDays / this.assumed.lakeRows);
  }

  /** Days of sites that a month adds to the lake. */
  get lakeDays(): number {
    return this.hits === 0 ? 0 : this.load.sites * daysInMonth;
  }

  /**
   * Pages that the export reads for each hit: it reads a site in the order of arrival, and a day outgrows memory. The
   * ingest stores a batch site by site, so that a run of rows of one site is together, and begins anywhere in a page.
   * Hits are spread evenly over the sites. The count of the day, after it, finds the pages in memory.
   */
  get exportPagesPerHit(): number {
    const { sites, hitsPerSecond } = this.load;
    if (hitsPerSecond === 0) return 0;
    const batch = hitsPerSecond / this.invocationsPerSecond;
    const rowsOfRun = Math.max(1, batch / (sites * (1 - (1 - 1 / sites) ** batch)));
    return (1 + ((rowsOfRun - 1) * this.assumed.rowBytes) / this.assumed.pageBytes) / rowsOfRun;
  }

  /** Seconds in which the export moves one row to the lake. */
  get exportSecondsPerHit(): number {
    return 1 / this.assumed.encodedRows + 1 / this.assumed.exportedRows;
  }
}

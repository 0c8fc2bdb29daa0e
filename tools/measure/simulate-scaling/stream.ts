// The capacity of a Kinesis stream, second by second ("Quotas and limits", "Choose the data stream capacity mode").

/** Of one shard, and of one MB/s of an on-demand stream. */
const shardBytes = 1e6;
const shardRecords = 1000;
/** All readers without fan-out share it. */
const shardReadBytes = 2e6;

/** An on-demand stream accepts twice the peak rate of the last 30 days, without the last 15 minutes. */
const reactionSeconds = 15 * 60;
const smallestShards = 4;

export interface StreamSettings {
  /** Shards of a provisioned stream. @default - on demand */
  readonly shards?: number | undefined;
  readonly retentionSeconds: number;
  /** Readers that share the reads of a shard: the ingest, and each delivery. */
  readonly readers: number;
}

export class Stream {
  /** Bytes written in each second. */
  private readonly written: number[] = [];

  constructor(
    private readonly settings: StreamSettings,
    /** Maximum of an on-demand stream, in bytes per second. */
    private readonly ceiling: number,
    /** Peak of the days before, in bytes per second. */
    private peak: number,
  ) {}

  /** Seconds must not decrease. */
  shards(second: number): number {
    if (this.settings.shards !== undefined) return this.settings.shards;
    this.peak = Math.max(this.peak, this.written[second - reactionSeconds] ?? 0);
    return Math.min(this.ceiling / shardBytes, Math.max(smallestShards, (2 * this.peak) / shardBytes));
  }

  bytesIn(second: number): number {
    return this.shards(second) * shardBytes;
  }

  recordsIn(second: number): number {
    return this.shards(second) * shardRecords;
  }

  write(second: number, bytes: number): void {
    this.written[second] = bytes;
  }

  /** Bytes that the ingest can read in a second in which the other readers read what is written. */
  bytesForIngest(second: number): number {
    const others = (this.settings.readers - 1) * (this.written[second] ?? 0);
    return Math.max(0, this.shards(second) * shardReadBytes - others);
  }
}

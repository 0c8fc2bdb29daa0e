// A model of the path of accepted hits: spool, stream, ingest, database. No hit leaves it but to the database or, too
// old, to the dead letters.
import { streamRecordLimits } from '../../../runtime/hit-lines';
import { Database, type DatabaseAssumptions, type DatabaseSettings } from './database';
import { Stream, type StreamSettings } from './stream';
import { WaitingLine } from './waiting-line';

export interface IngestSettings {
  /** Batches of one shard that are stored concurrently. */
  readonly parallel: number;
  readonly batchRecords: number;
  /** Longest wait for a full batch, in seconds. */
  readonly batchSeconds: number;
  /** Age at which a record becomes a dead letter, in seconds. */
  readonly maxAgeSeconds: number;
  /** Reserved concurrency of the function. @default - the quota of the account */
  readonly concurrency?: number | undefined;
}

/** The settings of the templates. */
export interface PathSettings {
  readonly stream: StreamSettings;
  readonly ingest: IngestSettings;
  readonly database: DatabaseSettings;
}

/** Values that are not in the templates. */
export interface PathAssumptions extends DatabaseAssumptions {
  /** Bytes of a hit in the spool and on the stream. */
  readonly hitBytes: number;
  /** Maximum of an on-demand stream, in bytes per second ("Quotas and limits", Amazon Kinesis Data Streams). */
  readonly streamCeiling: number;
  /** An invocation of the ingest without its hits, and each hit of it, in seconds. */
  readonly invocationSeconds: number;
  readonly ingestSeconds: number;
  /** Concurrent executions of the account. */
  readonly functionConcurrency: number;
}

/** Ages of the oldest hit, in seconds. */
export interface Lag {
  readonly spool: number;
  /** Since it was written to the stream. */
  readonly stream: number;
  /** Since it was accepted. */
  readonly whole: number;
}

/** What holds hits back. */
export type PathLimit = 'stream: capacity' | 'ingest: reads of the stream' | 'ingest: batches' | 'database: growth' | 'database: maximum';

/** A server closes a segment of its spool at least twice a second, and a record is within a segment. */
const segmentsPerSecond = 2;
/** Payload of an invocation, 6 MB, of records in Base64 ("Lambda quotas"). */
const batchBytes = (6e6 * 3) / 4;

export class HitPath {
  private readonly spool = new WaitingLine();
  private readonly inStream = new WaitingLine();
  private readonly all = new WaitingLine();
  private readonly stream: Stream;
  private readonly database: Database;
  private readonly hitsPerRecord: number;
  accepted = 0;
  stored = 0;
  deadLetters = 0;

  /** Before, the path was in a steady state at `before` hits a second, with a peak of `peak` in each of 30 days. */
  constructor(
    private readonly settings: PathSettings,
    private readonly assumptions: PathAssumptions,
    { before, peak }: { readonly before: number; readonly peak: number },
  ) {
    const { hitBytes, streamCeiling } = assumptions;
    this.stream = new Stream(settings.stream, streamCeiling, peak * hitBytes);
    this.database = new Database(settings.database, assumptions, before);
    this.hitsPerRecord = Math.max(1, Math.min(streamRecordLimits.hits, Math.floor(streamRecordLimits.bytes / hitBytes)));
  }

  get spooled(): number {
    return this.spool.waiting;
  }

  get streaming(): number {
    return this.inStream.waiting;
  }

  get acu(): number {
    return this.database.capacity;
  }

  lag(second: number): Lag {
    return { spool: this.spool.age(second), stream: this.inStream.age(second), whole: this.all.age(second) };
  }

  shards(second: number): number {
    return Math.ceil(this.stream.shards(second));
  }

  /** Hits that the stream takes in a second: by bytes, and by records, of which each server sends a few. */
  writable(second: number, servers: number): number {
    const records = Math.max(0, this.stream.recordsIn(second) - segmentsPerSecond * servers);
    return Math.min(this.stream.bytesIn(second) / this.assumptions.hitBytes, records * this.hitsPerRecord);
  }

  /** One second. Returns what held back hits of a second before. */
  step(second: number, accepted: number, servers: number): readonly PathLimit[] {
    this.accepted += accepted;
    this.spool.arrive(second, accepted);
    this.all.arrive(second, accepted);
    const written = Math.min(this.spool.waiting, this.writable(second, servers));
    this.spool.leave(written);
    this.inStream.arrive(second, written);
    this.stream.write(second, written * this.assumptions.hitBytes);
    this.expire(second);
    const held = this.store(second);
    return [...(this.spool.age(second) > 0 ? (['stream: capacity'] as const) : []), ...held];
  }

  /** Hits that the batches store in a second, which are full where enough hits wait. */
  private batches(second: number): number {
    const { ingest } = this.settings;
    const { hitBytes, invocationSeconds, ingestSeconds, functionConcurrency } = this.assumptions;
    const lanes = Math.min(this.shards(second) * ingest.parallel, ingest.concurrency ?? functionConcurrency);
    const most = Math.min(ingest.batchRecords * this.hitsPerRecord, batchBytes / hitBytes);
    const hits = Math.max(1, Math.min(most, this.inStream.waiting / lanes));
    return (lanes * hits) / (invocationSeconds + hits * ingestSeconds);
  }

  private expire(second: number): void {
    const age = Math.min(this.settings.ingest.maxAgeSeconds, this.settings.stream.retentionSeconds);
    const expired = this.inStream.arrivedBy(second - age);
    this.inStream.leave(expired);
    this.all.leave(expired);
    this.deadLetters += expired;
  }

  private store(second: number): readonly PathLimit[] {
    const readable = this.stream.bytesForIngest(second) / this.assumptions.hitBytes;
    const batches = this.batches(second);
    const offered = Math.min(this.inStream.waiting, readable, batches);
    const { rows, isLargest } = this.database;
    const stored = Math.min(offered, rows);
    this.inStream.leave(stored);
    this.all.leave(stored);
    this.stored += stored;
    this.database.follow(offered);
    if (this.inStream.age(second) === 0) return [];
    // A capacity that has grown to what is offered holds nothing back; the sums differ in their last digits.
    if (rows < offered * (1 - 1e-9)) return [isLargest ? 'database: maximum' : 'database: growth'];
    return [readable < batches ? 'ingest: reads of the stream' : 'ingest: batches'];
  }
}

// Reads the stream and calls a function with its records, like Lambda's event source mapping: in order within a shard,
// a failed batch again until it succeeds, from the first failed record if the function names one
// ("ReportBatchItemFailures", AWS Lambda).
import { setTimeout } from 'node:timers/promises';
import {
  type _Record,
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis';
import type { Checkpoints } from './checkpoints';

/** A record in the event of a function ("Using Lambda to process records from Amazon Kinesis Data Streams"). */
export interface StreamRecord {
  readonly eventID: string;
  readonly kinesis: {
    readonly sequenceNumber: string;
    readonly partitionKey: string;
    /** Base64. */
    readonly data: string;
    /** Seconds since 1970. */
    readonly approximateArrivalTimestamp: number;
  };
}

export interface StreamEvent {
  readonly Records: readonly StreamRecord[];
}

/** Result of a function; without failures, the batch is done. */
export interface StreamAnswer {
  readonly batchItemFailures?: readonly { readonly itemIdentifier: string }[];
}

export type StreamFunction = (event: StreamEvent) => Promise<StreamAnswer>;

export interface EventSourceOptions {
  readonly endpoint: string;
  readonly stream: string;
  readonly call: StreamFunction;
  readonly checkpoints: Checkpoints;
  /** Most records in a batch. */
  readonly batchSize: number;
  /** Milliseconds to wait for further records after the first. @default 0 */
  readonly window?: number;
  /** Called for each failed call. */
  readonly failed?: (error: unknown) => void;
}

export const region = 'eu-west-3';

/** A client of the stand-in, which accepts any credentials. */
export function streamClient(endpoint: string): KinesisClient {
  return new KinesisClient({ region, endpoint, credentials: { accessKeyId: 'twin', secretAccessKey: 'twin' }, maxAttempts: 2 });
}

/** Creates the stream, if it does not exist. */
export async function createStream(endpoint: string, stream: string, shards: number): Promise<void> {
  const client = streamClient(endpoint);
  try {
    await client.send(new CreateStreamCommand({ StreamName: stream, ShardCount: shards }));
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ResourceInUseException')) throw error;
  } finally {
    client.destroy();
  }
}

/** Milliseconds between two reads of an empty shard; AWS reads once a second. */
const idlePause = 200;
/** Milliseconds before a failed batch is tried again: the first value, doubled up to the second. */
const retryPause = [100, 2000] as const;

/** Reads each shard in a loop of its own, so that no shard waits for the slowest. */
export class EventSource {
  private readonly client: KinesisClient;
  private readonly stopping = new AbortController();
  private readonly shards: ShardState[] = [];
  private loops: Promise<void>[] = [];
  /** Calls of the function that failed, wholly or in part. */
  failures = 0;

  constructor(private readonly options: EventSourceOptions) {
    this.client = streamClient(options.endpoint);
  }

  async start(): Promise<void> {
    const { Shards = [] } = await this.client.send(new ListShardsCommand({ StreamName: this.options.stream }));
    for (const { ShardId: id = '' } of Shards) {
      const state: ShardState = { id, waiting: 0, since: undefined, emptyReads: 0 };
      this.shards.push(state);
      this.loops.push(this.run(state));
    }
  }

  /** Records that were read and not processed. */
  waiting(): number {
    return this.shards.reduce((sum, { waiting }) => sum + waiting, 0);
  }

  /** Age of the oldest of them in seconds, like Lambda's metric IteratorAge. */
  age(): number {
    const oldest = Math.min(...this.shards.map(({ since }) => since ?? Number.POSITIVE_INFINITY));
    return Number.isFinite(oldest) ? Math.max(0, (Date.now() - oldest) / 1000) : 0;
  }

  /**
   * Empty reads of a shard, the least of all shards; two more than before prove that every earlier record is
   * processed.
   */
  emptyReads(): number {
    return Math.min(...this.shards.map(({ emptyReads }) => emptyReads));
  }

  /** Ends after the current batches. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.loops);
    this.client.destroy();
  }

  private async run(state: ShardState): Promise<void> {
    const { signal } = this.stopping;
    let iterator: string | undefined;
    let batch: _Record[] = [];
    while (!signal.aborted) {
      try {
        iterator ??= await this.iterator(state.id, batch.at(-1)?.SequenceNumber);
        const read = await this.client.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: this.options.batchSize }));
        iterator = read.NextShardIterator;
        batch = [...batch, ...(read.Records ?? [])];
        note(state, batch);
        if (batch.length === 0) state.emptyReads++;
        else if (batch.length >= this.options.batchSize || this.isDue(state)) batch = await this.deliver(state, batch);
        if (batch.length < this.options.batchSize) await rest(idlePause, signal);
      } catch {
        // The stream is away: the records read so far are kept, and reading resumes after them.
        iterator = undefined;
        await rest(idlePause, signal);
      }
    }
  }

  private isDue({ since = 0 }: ShardState): boolean {
    return Date.now() - since >= (this.options.window ?? 0);
  }

  private async iterator(shard: string, behind = this.options.checkpoints.get(shard)): Promise<string | undefined> {
    const from =
      behind === undefined
        ? ({ ShardIteratorType: 'TRIM_HORIZON' } as const)
        : ({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: behind } as const);
    const command = new GetShardIteratorCommand({ StreamName: this.options.stream, ShardId: shard, ...from });
    return (await this.client.send(command)).ShardIterator;
  }

  /** Calls the function until the batch is done, or the twin stops. Returns the records that are not done. */
  private async deliver(state: ShardState, batch: _Record[]): Promise<_Record[]> {
    let left = batch;
    for (let attempt = 0; left.length > 0 && !this.stopping.signal.aborted; attempt++) {
      const rest = await this.call(state.id, left);
      const done = left[left.length - rest.length - 1];
      if (done?.SequenceNumber) await this.options.checkpoints.set(state.id, done.SequenceNumber);
      if (rest.length < left.length) attempt = 0;
      left = rest;
      note(state, left);
      if (left.length > 0) await pauseBefore(attempt, this.stopping.signal);
    }
    return left;
  }

  /** Returns the records to deliver again. */
  private async call(shard: string, batch: _Record[]): Promise<_Record[]> {
    try {
      const { batchItemFailures = [] } = await this.options.call({ Records: batch.map((record) => recordOf(shard, record)) });
      if (batchItemFailures.length === 0) return [];
      this.failures++;
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      const first = batch.findIndex(({ SequenceNumber = '' }) => failed.has(SequenceNumber));
      // A result that names no record of the batch counts as a failure of the whole batch.
      return batch.slice(Math.max(0, first));
    } catch (error) {
      this.failures++;
      this.options.failed?.(error);
      return batch;
    }
  }
}

interface ShardState {
  readonly id: string;
  waiting: number;
  /** Arrival of the oldest waiting record, in milliseconds since 1970. */
  since: number | undefined;
  emptyReads: number;
}

function note(state: ShardState, batch: readonly _Record[]): void {
  state.waiting = batch.length;
  state.since = batch[0] && (batch[0].ApproximateArrivalTimestamp?.getTime() ?? Date.now());
}

const recordOf = (shard: string, record: _Record): StreamRecord => ({
  eventID: `${shard}:${record.SequenceNumber}`,
  kinesis: {
    sequenceNumber: record.SequenceNumber ?? '',
    partitionKey: record.PartitionKey ?? '',
    data: Buffer.from(record.Data ?? []).toString('base64'),
    approximateArrivalTimestamp: (record.ApproximateArrivalTimestamp?.getTime() ?? 0) / 1000,
  },
});

const pauseBefore = (attempt: number, signal: AbortSignal) => rest(Math.min(retryPause[0] * 2 ** attempt, retryPause[1]), signal);

/** Waits, or ends at once when the twin stops. */
const rest = (milliseconds: number, signal: AbortSignal): Promise<unknown> =>
  setTimeout(milliseconds, undefined, { signal }).catch(() => undefined);

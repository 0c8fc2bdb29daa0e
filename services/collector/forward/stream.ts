// The stream as an interface of the forwarder, and its implementation with Kinesis Data Streams.
import { randomBytes } from 'node:crypto';
import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { DatedRequests, withRenewal } from '../aws';
import type { Clock } from '../clock/clock';
import { putRecordsBody, withBody } from './put-records-body';

/** Outcome of a record. */
export type RecordOutcome = 'taken' | 'throttled' | 'failed';

/**
 * Failure of a whole call. `refused`: the stream rejects its content permanently. `throttled`: retry later and slower.
 * `failed`: any other reason, such as a stream that is unreachable or missing, or a missing permission.
 */
export class CallFailure extends Error {
  constructor(
    readonly kind: 'refused' | 'throttled' | 'failed',
    cause: unknown,
  ) {
    super(`${kind}: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)}`, { cause });
  }
}

export interface Stream {
  /** Puts records. Returns their outcomes in the same order. @throws CallFailure if the whole call failed */
  put(records: readonly Uint8Array[], signal: AbortSignal): Promise<readonly RecordOutcome[]>;
  close(): void;
}

/** Errors of PutRecords by their remedy ("PutRecords", Kinesis API reference, Errors and the response's ErrorCode). */
const throttling = new Set([
  'ProvisionedThroughputExceededException',
  'KMSThrottlingException',
  'LimitExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
]);
const refusing = new Set(['ValidationException', 'InvalidArgumentException', 'SerializationException', 'RequestEntityTooLargeException']);

export interface KinesisOptions {
  readonly stream: string;
  readonly region: string;
  /** @default - Kinesis */
  readonly endpoint: string | undefined;
  /** Maximum number of concurrent calls, and so of open connections. */
  readonly concurrency: number;
  readonly clock: Clock;
}

export class KinesisStream implements Stream {
  private readonly client: KinesisClient;
  /** Memory of completed bodies, for reuse: at most one for each concurrent call. */
  private readonly memory: Buffer[] = [];

  constructor(private readonly options: KinesisOptions) {
    const agent = { keepAlive: true, maxSockets: options.concurrency };
    const client = new KinesisClient({
      region: options.region,
      ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
      // HTTP/1.1 instead of the client's HTTP/2: one connection for each concurrent call, so that a lost response
      // affects no other call.
      requestHandler: new DatedRequests(options.clock, { httpAgent: agent, httpsAgent: agent }),
      // The forwarder retries, record by record.
      maxAttempts: 1,
    });
    this.client = withRenewal(client);
  }

  async put(records: readonly Uint8Array[], abortSignal: AbortSignal): Promise<readonly RecordOutcome[]> {
    const { stream } = this.options;
    const memory = this.memory.pop();
    const body = putRecordsBody(stream, records, () => randomBytes(8).toString('hex'), memory);
    const answer = await this.client
      .send(withBody(new PutRecordsCommand({ StreamName: stream, Records: [] }), body), { abortSignal })
      .catch((error: unknown) => Promise.reject(new CallFailure(kindOf(error), error)));
    // Only after a response: after a failure the socket may still refer to the body.
    this.memory.push(memory && memory.length > body.length ? memory : body);
    const results = answer.Records ?? [];
    if (results.length !== records.length) {
      throw new CallFailure('failed', `expected ${records.length} results, got ${results.length}`);
    }
    return results.map(({ ErrorCode: code, SequenceNumber: number }) => {
      if (code === undefined && number !== undefined) return 'taken';
      return code !== undefined && throttling.has(code) ? 'throttled' : 'failed';
    });
  }

  close(): void {
    this.client.destroy();
  }
}

function kindOf(error: unknown): CallFailure['kind'] {
  const name = error instanceof Error ? error.name : '';
  if (throttling.has(name)) return 'throttled';
  return refusing.has(name) ? 'refused' : 'failed';
}

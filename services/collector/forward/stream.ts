// The stream as the forwarder sees it, and Kinesis Data Streams as one.
import { randomBytes } from 'node:crypto';
import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { boundedRequests } from '../bounded-requests';
import { putRecordsBody, withBody } from './put-records-body';

/** What became of a record. */
export type Taken = 'taken' | 'throttled' | 'failed';

/**
 * Why a call failed as a whole. `refused`: the stream will never take what is in it. `throttled`: later and slower. `failed`: anything
 * else, such as a stream that cannot be reached, is not there, or does not let us.
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
  /** Puts records, and tells of each what became of it, in their order. @throws CallFailure if that is not known or holds for all */
  put(records: readonly Uint8Array[], signal: AbortSignal): Promise<readonly Taken[]>;
  close(): void;
}

/** Errors of PutRecords by what they ask for ("PutRecords", Kinesis API reference, Errors and the response's ErrorCode). */
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
  /** @default - Kinesis itself */
  readonly endpoint: string | undefined;
  /** Calls that may be under way at once: connections kept open. */
  readonly atOnce: number;
}

export class KinesisStream implements Stream {
  private readonly client: KinesisClient;
  /** Memory of bodies that were answered, for the next ones: one a call that may be under way. */
  private readonly memory: Buffer[] = [];

  constructor(private readonly options: KinesisOptions) {
    const agent = { keepAlive: true, maxSockets: options.atOnce };
    this.client = new KinesisClient({
      region: options.region,
      ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
      // HTTP/1.1 rather than the client's HTTP/2: a connection a call under way, and none that one lost answer takes down with it.
      requestHandler: new NodeHttpHandler({ ...boundedRequests, httpAgent: agent, httpsAgent: agent }),
      // Repeated by the forwarder, record by record.
      maxAttempts: 1,
    });
  }

  async put(records: readonly Uint8Array[], abortSignal: AbortSignal): Promise<readonly Taken[]> {
    const { stream } = this.options;
    const memory = this.memory.pop();
    const body = putRecordsBody(stream, records, () => randomBytes(8).toString('hex'), memory);
    const answer = await this.client
      .send(withBody(new PutRecordsCommand({ StreamName: stream, Records: [] }), body), { abortSignal })
      .catch((error: unknown) => Promise.reject(new CallFailure(kindOf(error), error)));
    // After a failure the socket may still hold the body.
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

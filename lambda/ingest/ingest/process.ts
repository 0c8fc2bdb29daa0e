// Processes an event: records from the event source mapping, or a dead letter from an operator.
import type { Database } from '../../../runtime/database';
import { type IngestResult, ingest } from '../../../runtime/ingest';
import type { ObjectStore } from '../../../runtime/object-store';
import { readDeadLetter, setAside } from './dead-letter';
import { storeBatch } from './store-batch';
import { readStreamEvent } from './stream-event';

/**
 * Lambda continues from the lowest sequence number ("Configuring partial batch response with Kinesis Data Streams and
 * Lambda").
 */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** Request of an operator. */
export interface ReplayRequest {
  /** Key of a dead letter. */
  readonly replay: string;
}

export interface Tools {
  readonly database: Database;
  readonly deadLetters: ObjectStore;
  /** Remaining time of the invocation in milliseconds. */
  readonly remaining: () => number;
  readonly now: () => Date;
}

/**
 * Time that one record needs at most, in milliseconds: its transaction has 30 s, the log entry of a failure another 30
 * s, and the answer.
 */
const timeForOneRecord = 75_000;
/**
 * Time on the stream, in milliseconds, after which a record is set aside even if nothing of its batch could be stored:
 * a day to repair the code.
 */
const longWait = 86_400_000;

/**
 * Days after which records are replayed no more, from their arrival on the stream. An erasure keeps late hits of its
 * person out for 30 days, and the window has the days of the hits for 32 at least. A record stays 7 days on the stream
 * and 30 in a dead letter. (DSS-4.2)
 */
const replayedDays = 30;

/**
 * Stores the records of an event. Records that are not stored are reported for redelivery or set aside as a dead
 * letter; none is skipped. (TOM-5.1)
 */
export async function processEvent(event: unknown, tools: Tools): Promise<BatchResponse> {
  const { database, deadLetters, remaining, now } = tools;
  const records = readStreamEvent(event);
  const outcome = await storeBatch(
    records,
    (lines) => ingest(database, lines, now()),
    () => remaining() > timeForOneRecord,
    ({ arrived }) => now().getTime() - arrived * 1000 > longWait,
  );
  const { failed, failure, culprits, ...counts } = outcome;
  if (failure !== undefined) console.error('records are reported for redelivery', failure);
  const letter = culprits.length === 0 ? undefined : await setAside(deadLetters, culprits, now());
  // The alarms' metric filters match `setAside`, `rejected` and `stray`.
  console.info({ records: records.length, ...counts, setAside: culprits.length, ...(letter === undefined ? {} : { letter }) });
  return { batchItemFailures: failed === undefined ? [] : [{ itemIdentifier: failed }] };
}

/**
 * Stores a dead letter. Idempotent. The age of its hits is measured at the time when the stream received the last of
 * them, not today, so that a late replay rejects none. The letter stays until the lifecycle rule of its bucket expires
 * it.
 *
 * @throws RangeError for records that arrived more than 30 days ago; the error of the database if any record cannot be
 * stored, for example for a day that was dropped
 */
export async function replayDeadLetter({ replay }: ReplayRequest, { database, deadLetters, now }: Tools): Promise<IngestResult> {
  const records = await readDeadLetter(deadLetters, replay);
  const oldest = new Date(Math.min(...records.map((record) => record.arrived)) * 1000);
  if (now().getTime() - oldest.getTime() > replayedDays * 86_400_000) {
    throw new RangeError(
      `dead letter ${replay}: expected records that arrived within ${replayedDays} days, got one of ${oldest.toISOString()}; its hits may be of persons whose erasure has ended, delete the letter`,
    );
  }
  const arrived = Math.max(0, ...records.map((record) => record.arrived));
  return ingest(
    database,
    records.flatMap(({ lines }) => lines),
    new Date(arrived * 1000),
  );
}

export const isReplay = (event: unknown): event is ReplayRequest =>
  typeof event === 'object' && event !== null && 'replay' in event && typeof event.replay === 'string';

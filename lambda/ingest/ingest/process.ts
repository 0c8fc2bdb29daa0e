// Processes an event: records from the event source mapping, or a dead letter from an operator.
import type { Database } from '../../../runtime/database';
import { parseHit } from '../../../runtime/hit';
import { type IngestResult, ingest } from '../../../runtime/ingest';
import type { ObjectStore } from '../../../runtime/object-store';
import { readDeadLetter, setAside } from './dead-letter';
import { storeBatch } from './store-batch';
import { readStreamEvent, type StreamRecord } from './stream-event';

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
 * Days after which hits are replayed no more, from their arrival at a collector. An erasure keeps hits of its person
 * out that arrived before it, for 30 days, and the window has their days for 32 at least. (DSS-4.2)
 */
const replayedDays = 30;
/** A replay ends, with its transactions, before the erasure does that it begins before. */
const replayMilliseconds = 3_600_000;

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
 * Stores a dead letter. Idempotent. Clocks are compared with the time when the stream received the last record, not
 * with today's, so that a late replay rejects no hit. The letter stays until the lifecycle rule of its bucket expires
 * it.
 *
 * @throws RangeError for a hit that arrived at a collector, or a record that arrived on the stream, 30 days ago or
 * earlier; the error of the database if any record cannot be stored, for example for a day that was dropped
 */
export async function replayDeadLetter({ replay }: ReplayRequest, { database, deadLetters, now }: Tools): Promise<IngestResult> {
  const records = await readDeadLetter(deadLetters, replay);
  const lines = records.flatMap((record) => record.lines);
  const arrived = new Date(Math.max(0, ...records.map((record) => record.arrived)) * 1000);
  const oldest = Math.min(...records.flatMap((record) => [record.arrived * 1000, ...receivedOf(record)]));
  if (now().getTime() - oldest > replayedDays * 86_400_000 - replayMilliseconds) {
    throw new RangeError(
      `dead letter ${replay}: expected hits that arrived within ${replayedDays} days, got one of ${new Date(oldest).toISOString()}; its person may have an erasure that has ended, delete the letter`,
    );
  }
  return ingest(database, lines, arrived);
}

/** When the collectors received the valid hits: a spool can hold a hit for days before the stream has it. */
const receivedOf = ({ lines, arrived }: StreamRecord): readonly number[] =>
  lines.flatMap((line) => {
    const parsed = parseHit(line, new Date(arrived * 1000));
    return 'hit' in parsed ? [Date.parse(parsed.hit.received)] : [];
  });

export const isReplay = (event: unknown): event is ReplayRequest =>
  typeof event === 'object' && event !== null && 'replay' in event && typeof event.replay === 'string';

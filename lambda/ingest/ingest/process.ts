// What the function does when it is called: by its event source mapping with records, or by an operator with a dead letter.
import type { Database } from '../../../runtime/database';
import { streamRecordLimits } from '../../../runtime/hit-lines';
import { type Ingested, ingest } from '../../../runtime/ingest';
import type { ObjectStore } from '../../../runtime/object-store';
import { readDeadLetter, setAside } from './dead-letter';
import { storeBatch } from './store-batch';
import { readStreamEvent } from './stream-event';

/** "Configuring partial batch response with Kinesis Data Streams and Lambda": Lambda goes on from the lowest sequence number. */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** What an operator calls the function with: the key of a dead letter. */
export interface ReplayRequest {
  readonly replay: string;
}

export interface Tools {
  readonly database: Database;
  readonly deadLetters: ObjectStore;
  /** Milliseconds that are left of the invocation. */
  readonly remaining: () => number;
  readonly now: () => Date;
}

/** Milliseconds that storing one record may take (its transaction has 30 s, the report of a failure a second one), and the answer. */
const timeForOneRecord = 75_000;
/** Milliseconds on the stream after which a record that alone cannot be stored, by its own fault, is kept aside: a day, for people to look. */
const longWait = 86_400_000;

/** Stores the records of an event. What is not stored is told, or kept as a dead letter; nothing else is ever passed over. (TOM-5.1) */
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
  if (failure !== undefined) console.error('records are to be delivered again', failure);
  const letter = culprits.length === 0 ? undefined : await setAside(deadLetters, culprits, now());
  const overfull = records.filter(({ lines }) => lines.length > streamRecordLimits.hits).length;
  if (overfull > 0) console.error({ overfull, expected: `at most ${streamRecordLimits.hits} hits in a record of the stream` });
  // The metric filters of the alarms look for `setAside`, `overfull`, `rejected` and `stray`.
  console.info({ records: records.length, ...counts, setAside: culprits.length, ...(letter === undefined ? {} : { letter }) });
  return { batchItemFailures: failed === undefined ? [] : [{ itemIdentifier: failed }] };
}

/**
 * Stores a dead letter, as often as it is asked to. Its hits are held against the time at which the stream took the last of them, not
 * against today, so that one of last month is no older today than it was then. The letter stays; the lifecycle of its bucket ends it.
 *
 * @throws the error of the database, where anything of it cannot be stored: as for a month that has left the database
 */
export async function replayDeadLetter({ replay }: ReplayRequest, { database, deadLetters }: Tools): Promise<Ingested> {
  const records = await readDeadLetter(deadLetters, replay);
  const arrived = Math.max(0, ...records.map((record) => record.arrived));
  return ingest(
    database,
    records.flatMap(({ lines }) => lines),
    new Date(arrived * 1000),
  );
}

export const isReplay = (event: unknown): event is ReplayRequest =>
  typeof event === 'object' && event !== null && 'replay' in event && typeof event.replay === 'string';

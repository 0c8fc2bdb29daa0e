// Stores a batch of the stream as far as possible, and returns the record to continue from.
import type { IngestResult } from '../../../runtime/ingest';
import { isFaultOfRecord } from './fault';
import type { StreamRecord } from './stream-event';

/** Stores all lines or throws; lines that are stored already count as duplicates. */
export type Store = (lines: readonly Uint8Array[]) => Promise<IngestResult>;

export interface BatchOutcome extends IngestResult {
  /** Sequence number of the first record that is not stored: Lambda delivers it and all later ones again. */
  readonly failed?: string;
  /** Reason of the failure. */
  readonly failure?: unknown;
  /** Lines of the earlier records that no retry would store. */
  readonly culprits: readonly StreamRecord[];
}

/**
 * Stores the batch at once, which nearly always succeeds. After a failure it stores record by record in order, so that
 * a failing record does not block earlier ones. Storing a line twice has no effect.
 *
 * A line at fault (see `isFaultOfRecord`) is a culprit if any other line of the batch was stored. If none was, the
 * code may be at fault, and the batch is delivered again until its first culprit has waited for a long time: a record
 * alone in its batch must not block the shard until the stream's retention ends.
 *
 * @param timeLeft whether there is time to store another record
 * @param waitedLong whether a record has been on the stream long enough for a repair of the code
 */
export async function storeBatch(
  records: readonly StreamRecord[],
  store: Store,
  timeLeft: () => boolean,
  waitedLong: (record: StreamRecord) => boolean,
): Promise<BatchOutcome> {
  try {
    return { ...(await store(records.flatMap(({ lines }) => lines))), culprits: [] };
  } catch (error) {
    console.warn('the batch could not be stored at once; its records are stored one by one', error);
    return storeOneByOne(records, store, timeLeft, waitedLong);
  }
}

async function storeOneByOne(...[records, store, timeLeft, waitedLong]: Parameters<typeof storeBatch>): Promise<BatchOutcome> {
  const total = { stored: 0, duplicates: 0, rejected: 0, stray: 0 };
  const counted = async (lines: readonly Uint8Array[]) => {
    const done = await store(lines);
    for (const count of Object.keys(total) as (keyof IngestResult)[]) total[count] += done[count];
  };
  const culprits: StreamRecord[] = [];
  let stop: Pick<BatchOutcome, 'failed' | 'failure'> = {};
  for (const record of records) {
    if (!timeLeft()) {
      stop = {
        failed: record.sequenceNumber,
        failure: new Error('ingest: expected time to store the batch, got too little; the records are delivered again'),
      };
      break;
    }
    const outcome = await storeRecord(record, counted);
    if ('failure' in outcome) {
      stop = { failed: record.sequenceNumber, failure: outcome.failure };
      break;
    }
    if (outcome.culprits.length > 0) culprits.push({ ...record, lines: outcome.culprits });
  }
  const [first] = culprits;
  const nothing = Object.values(total).every((count) => count === 0);
  if (first && nothing && !waitedLong(first)) {
    return {
      ...total,
      failed: first.sequenceNumber,
      failure: new Error('ingest: expected to store a part of the batch, got faults in all of it; the batch is delivered again'),
      culprits: [],
    };
  }
  return { ...total, ...stop, culprits };
}

/** Stores one record; if the record is at fault, line by line. */
async function storeRecord(
  { lines }: StreamRecord,
  store: (lines: readonly Uint8Array[]) => Promise<void>,
): Promise<{ readonly culprits: readonly Uint8Array[] } | { readonly failure: unknown }> {
  try {
    await store(lines);
    return { culprits: [] };
  } catch (failure) {
    if (!isFaultOfRecord(failure)) return { failure };
  }
  const culprits: Uint8Array[] = [];
  for (const line of lines) {
    try {
      await store([line]);
    } catch (failure) {
      if (!isFaultOfRecord(failure)) return { failure };
      culprits.push(line);
    }
  }
  return { culprits };
}

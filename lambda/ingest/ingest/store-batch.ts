// Stores a batch of the stream as far as it can be stored, and says where to go on.
import type { Ingested } from '../../../runtime/ingest';
import { isFaultOfRecord } from './fault';
import type { StreamRecord } from './stream-event';

/** Stores lines, all of them or an error; what is stored already counts as duplicate. */
export type Store = (lines: readonly Uint8Array[]) => Promise<Ingested>;

export interface BatchOutcome extends Ingested {
  /** Sequence number of the first record that is not stored: it and all after it are to be delivered again. */
  readonly failed?: string;
  /** Why. */
  readonly failure?: unknown;
  /** Of the records before that, the lines that no repetition would store. */
  readonly culprits: readonly StreamRecord[];
}

/**
 * Stores the batch at once, as nearly always can be done. Where that fails, record by record in their order, so that one that fails
 * keeps none before it waiting. What is stored twice by this changes nothing.
 *
 * A line whose own fault it is (see `isFaultOfRecord`) is a culprit if anything else of the batch could be stored; if nothing could, the
 * fault may be the code's, and the batch is delivered again: until it has waited for long, so that a record that is alone in its batch
 * does not hold up what comes after it until the stream forgets.
 *
 * @param timeLeft whether there is time to store one record more
 * @param waitedLong whether a record has been on the stream for so long that people have had the time to mend the code
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
    console.warn('the batch could not be stored at once, so it is stored record by record', error);
    return storeOneByOne(records, store, timeLeft, waitedLong);
  }
}

async function storeOneByOne(...[records, store, timeLeft, waitedLong]: Parameters<typeof storeBatch>): Promise<BatchOutcome> {
  const total = { stored: 0, duplicates: 0, rejected: 0, stray: 0 };
  const counted = async (lines: readonly Uint8Array[]) => {
    const done = await store(lines);
    for (const count of Object.keys(total) as (keyof Ingested)[]) total[count] += done[count];
  };
  const culprits: StreamRecord[] = [];
  let stop: Pick<BatchOutcome, 'failed' | 'failure'> = {};
  for (const record of records) {
    if (!timeLeft()) {
      stop = { failed: record.sequenceNumber, failure: new Error('ingest: expected to store the batch in time, got too little of it') };
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
    return { ...total, failed: first.sequenceNumber, failure: new Error('ingest: nothing of the batch could be stored'), culprits: [] };
  }
  return { ...total, ...stop, culprits };
}

/** One record; where it fails by its own fault, line by line. */
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

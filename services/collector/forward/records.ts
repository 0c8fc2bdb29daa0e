// Groups lines into records and records into calls, up to the limits of the stream.
import { streamRecordLimits } from '../../../runtime/hit-lines';

/** Limits of one call, within the quotas of PutRecords ("Quotas and limits", Kinesis Data Streams). */
export const callRecords = 500;
const callBytes = 5 * 2 ** 20;
/** Bytes that count with each record: its partition key, with a reserve. */
const keyBytes = 64;
const lineFeed = 10;

/**
 * Groups JSON lines into records of whole lines, within the limits of bytes and hits that the stream's readers have. A
 * longer line becomes a record of its own.
 */
export function toRecords(all: Buffer, limit: number = streamRecordLimits.bytes, most: number = streamRecordLimits.hits): Buffer[] {
  const records: Buffer[] = [];
  for (let start = 0; start < all.length; ) {
    const end = endOfRecord(all, start, limit, most);
    records.push(all.subarray(start, end));
    start = end;
  }
  return records;
}

function endOfRecord(all: Buffer, start: number, limit: number, most: number): number {
  let end = start;
  for (let lines = 0; lines < most && end < all.length; lines++) {
    const found = all.indexOf(lineFeed, end);
    const next = found === -1 ? all.length : found + 1;
    if (end > start && next - start > limit) break;
    end = next;
  }
  return end;
}

/** Groups records into calls. */
export function toCalls(records: readonly Buffer[]): Buffer[][] {
  const calls: Buffer[][] = [];
  let call: Buffer[] = [];
  let bytes = 0;
  for (const record of records) {
    if (call.length > 0 && (call.length === callRecords || bytes + record.length + keyBytes > callBytes)) {
      calls.push(call);
      [call, bytes] = [[], 0];
    }
    call.push(record);
    bytes += record.length + keyBytes;
  }
  return call.length > 0 ? [...calls, call] : calls;
}

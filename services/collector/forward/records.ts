// Puts hits together: lines to records, records to calls, each as full as the stream takes them.
import { streamRecordLimits } from '../../../runtime/hit-lines';

/** What one call may hold: at or below the quotas of PutRecords ("Quotas and limits", Kinesis Data Streams). */
export const callRecords = 500;
const callBytes = 5 * 2 ** 20;
/** Counts with each record: its partition key, and something for safety. */
const keyBytes = 64;
const lineFeed = 10;

/**
 * Cuts JSON lines into records of whole lines, as long as the stream's readers take them, in bytes and in hits. A line that is longer
 * becomes a record of its own.
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

/** Cuts records into calls. */
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

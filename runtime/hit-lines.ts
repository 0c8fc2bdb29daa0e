// Hits on the stream: one record holds UTF-8 JSON Lines, each hit ended by a line feed.

/** What one record of the stream may hold. */
export const streamRecordLimits = {
  /** The house's own contract; Kinesis takes a MiB, and a small record makes a small batch to try again. */
  bytes: 262_144,
  /**
   * The archive takes a record apart into 500 hits at most. One with more is not taken apart at all, and is filed whole under one site
   * ("PutRecordBatch" and "Apply dynamic partitioning to aggregated data", Amazon Data Firehose): whoever writes to the stream puts no
   * more into one. (TOM-7.1)
   */
  hits: 500,
} as const;

const lineFeed = 10;
const carriageReturn = 13;

/** The lines of a record without their ends; empty ones are left out. Bytes, so that a line that is no UTF-8 spoils no other. */
export function splitLines(record: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < record.length; ) {
    const found = record.indexOf(lineFeed, start);
    const next = found < 0 ? record.length : found;
    const end = record[next - 1] === carriageReturn && next > start ? next - 1 : next;
    if (end > start) lines.push(record.subarray(start, end));
    start = next + 1;
  }
  return lines;
}

// Records of the hit stream: UTF-8 JSON Lines, one line for each hit.

/** Limits of one record of the stream. */
export const streamRecordLimits = {
  /** A limit of this platform: Kinesis accepts 1 MiB, and a small record is a small batch to retry. */
  bytes: 262_144,
  /** A limit of this platform: a record that fails is bisected, or set aside, as a whole. */
  hits: 500,
} as const;

const lineFeed = 10;
const carriageReturn = 13;

/**
 * The lines of a record, without line ends and empty lines. Bytes: a line that is not UTF-8 must not affect the
 * others.
 */
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

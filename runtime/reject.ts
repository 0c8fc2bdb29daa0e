// Records that could not be stored as hits, with the reason. They are kept, so that no received record is lost.
import { createHash } from 'node:crypto';

/** Reason why a record was not stored as a hit. */
export type RejectReason =
  | 'no-site'
  | 'invalid-utf8'
  | 'not-json'
  | 'unknown-field'
  | 'missing-field'
  | 'invalid-value'
  | 'too-long'
  | 'unstorable-character'
  | 'clock-skew'
  | 'database';

export interface Reject {
  readonly reason: RejectReason;
  /** The expected and the actual form, without data of the record. */
  readonly detail: string;
  /** The record as received. */
  readonly record: Uint8Array;
}

/** Number of bytes of a record that the reject store keeps. */
const keptBytes = 65_536;

/** The columns of the reject store, in the order digest, reason, detail, record, record_length. */
export function rejectColumns(rejects: readonly Reject[]): [Buffer[], string[], string[], Buffer[], number[]] {
  return [
    rejects.map(({ record }) => createHash('sha256').update(record).digest()),
    rejects.map(({ reason }) => reason),
    rejects.map(({ detail }) => detail.slice(0, 1000)),
    rejects.map(({ record }) => Buffer.from(record.subarray(0, keptBytes))),
    rejects.map(({ record }) => record.length),
  ];
}

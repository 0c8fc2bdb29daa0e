// A record that could not be stored as a hit, with the reason: kept, so that nothing that came in is lost.
import { createHash } from 'node:crypto';

/** Why a record was not stored; the operator's first clue. */
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
  /** What was expected and what came, without the record's own data. */
  readonly detail: string;
  /** The record as it came. */
  readonly record: Uint8Array;
}

/** Bytes of a record that the reject store keeps. */
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

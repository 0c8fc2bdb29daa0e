// Why a hit is not taken.

/** Of few words, for counters and for the answer to a batch. */
export type UnfitReason =
  | 'invalid-utf8'
  | 'not-json'
  | 'not-encoded'
  | 'unknown-field'
  | 'missing-field'
  | 'invalid-value'
  | 'too-long'
  | 'unstorable-character'
  | 'clock-skew'
  | 'unknown-site'
  | 'origin';

/** A value, not an error: refusing must cost no more than taking. */
export class Unfit {
  /**
   * @param detail `<where>: expected ..., got ...`, with nothing that the client sent but names of ours
   * @param status that it is answered with where the hit came alone
   */
  constructor(
    readonly reason: UnfitReason,
    readonly detail: string,
    readonly status: 400 | 403 | 404 | 413 = 400,
  ) {}
}

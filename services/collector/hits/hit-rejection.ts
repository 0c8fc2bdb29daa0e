// The reason why a hit is rejected.

/** A fixed set, for counters and for the answer to a batch. */
export type HitRejectionReason =
  | 'media-type'
  | 'charset'
  | 'content-encoding'
  | 'not-json'
  | 'not-encoded'
  | 'missing-field'
  | 'invalid-value'
  | 'too-long'
  | 'unknown-site'
  | 'origin';

/** A value, not an error: a rejection must not cost more than an accepted hit. */
export class HitRejection {
  /**
   * @param detail `<where>: expected ..., got ...`, without values that the client sent
   * @param status of the answer to a single hit
   */
  constructor(
    readonly reason: HitRejectionReason,
    readonly detail: string,
    readonly status: 400 | 403 | 404 | 413 | 415 = 400,
  ) {}
}

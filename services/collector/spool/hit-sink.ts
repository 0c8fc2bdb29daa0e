// The interface that stores hits before they are answered.

/**
 * Reason why hits cannot be stored. `full`: the spool exceeds its limit. `disk`: the disk fails or is too slow.
 * `array`: the array is unusable. `stopping`: the program stops.
 */
export type RefusalReason = 'full' | 'disk' | 'array' | 'stopping';

/** Hits that are not stored and are answered 503. */
export class SpoolRefusal extends Error {
  constructor(readonly reason: RefusalReason) {
    super(`spool: expected room for hits on a healthy disk, got ${reason}; send them again later`);
    this.name = 'SpoolRefusal';
  }
}

const refusals = new Map<RefusalReason, SpoolRefusal>();

/** The refusal for a reason: one instance, because an overloaded server has no time for a stack trace per hit. */
export function refusalFor(reason: RefusalReason): SpoolRefusal {
  const refusal = refusals.get(reason) ?? new SpoolRefusal(reason);
  refusals.set(reason, refusal);
  return refusal;
}

export interface HitSink {
  /**
   * Stores hits. Resolves when they are durable on the disk; only then may they be answered. Rejects with a {@link
   * SpoolRefusal}. Concurrent calls may return the same promise.
   *
   * @param lines complete JSON lines in UTF-8, each with a line feed
   * @param hits number of lines
   */
  append(lines: Buffer | string, hits: number): Promise<void>;
}

// Where hits go before they are answered.

/**
 * Why hits cannot be kept. `full`: the spool is past its limit. `disk`: it cannot be written, or too slowly. `array`: the mirror is
 * degraded beyond use. `stopping`: the program ends.
 */
export type RefusalReason = 'full' | 'disk' | 'array' | 'stopping';

/** Hits that are not kept; to be answered 503 with Retry-After. */
export class SpoolRefusal extends Error {
  constructor(readonly reason: RefusalReason) {
    super(`spool: expected room for hits on a disk that is well, got ${reason}; send them again later`);
    this.name = 'SpoolRefusal';
  }
}

const refusals = new Map<RefusalReason, SpoolRefusal>();

/** The refusal of that reason: always the same, as a server that is overloaded has no time for a stack trace a hit. */
export function refusalFor(reason: RefusalReason): SpoolRefusal {
  const refusal = refusals.get(reason) ?? new SpoolRefusal(reason);
  refusals.set(reason, refusal);
  return refusal;
}

export interface HitSink {
  /**
   * Keeps hits. Resolves when they are durable on the disk, and only then may they be answered; rejects with a {@link SpoolRefusal}.
   * Calls made at about the same time are given the same promise.
   *
   * @param lines whole JSON lines in UTF-8, each ended by a line feed
   * @param hits number of lines
   */
  append(lines: Buffer | string, hits: number): Promise<void>;
}

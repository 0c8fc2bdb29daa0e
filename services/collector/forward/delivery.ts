// Delivers records until each was taken, or was refused for ever and is kept aside.
import type { Report } from '../report';
import { backoffMilliseconds } from './backoff';
import type { Pace } from './pace';
import { CallFailure, type Stream, type Taken } from './stream';

export interface DeliveryOptions {
  readonly stream: Stream;
  readonly pace: Pace;
  readonly report: Report;
  /** Keeps a record that the stream will never take. Durable when it resolves. */
  readonly keepRefused: (record: Uint8Array, reason: string) => Promise<void>;
  readonly random: () => number;
  /** Waits; rejects as soon as the signal is aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export class Delivery {
  /** Since the start: calls, records taken and their bytes, records sent again, calls throttled in whole or in part, records refused. */
  readonly counts = { calls: 0, records: 0, bytes: 0, retries: 0, throttled: 0, refused: 0 };
  /** Why the last call put nothing on the stream; undefined after one that did. */
  trouble: string | undefined;
  /** Whether the stream has taken anything: before, a refusal tells of the stream's settings rather than of a record. */
  private proven = false;

  constructor(private readonly options: DeliveryOptions) {}

  /** Resolves when nothing is left to be sent. Rejects when the signal is aborted. */
  async deliver(records: readonly Buffer[], signal: AbortSignal): Promise<void> {
    let left = records;
    for (let failed = 0; left.length > 0; ) {
      signal.throwIfAborted();
      const before = left.length;
      try {
        left = await this.attempt(left, signal);
      } catch (error) {
        if (!(error instanceof CallFailure)) throw error;
        if (error.kind === 'refused' && this.proven) return this.divide(left, error, signal);
        this.note(error);
      }
      if (left.length === 0) return;
      // Where most of it goes through there is no reason to wait longer and longer.
      failed = left.length < before / 2 ? 1 : failed + 1;
      this.counts.retries += left.length;
      await this.options.sleep(backoffMilliseconds(failed, this.options.random), signal);
    }
  }

  /** One call. Gives the records that were not taken. */
  private async attempt(records: readonly Buffer[], signal: AbortSignal): Promise<readonly Buffer[]> {
    this.counts.calls++;
    const results: readonly Taken[] = await this.options.stream.put(records, signal);
    const left = records.filter((_, index) => results[index] !== 'taken');
    this.counts.records += records.length - left.length;
    for (const [index, record] of records.entries()) if (results[index] === 'taken') this.counts.bytes += record.length;
    if (left.length < records.length) this.proven = true;
    if (results.includes('throttled')) this.slowDown();
    else this.options.pace.went();
    // A part that has to be sent again is everyday life of a stream near its limit; the counts tell of it.
    this.tell(left.length < records.length ? undefined : `none of ${records.length} records taken`);
    return left;
  }

  /** Finds the record that is refused, and lets the others through. */
  private async divide(records: readonly Buffer[], refusal: CallFailure, signal: AbortSignal): Promise<void> {
    const [only] = records;
    if (only && records.length === 1) {
      await this.options.keepRefused(only, refusal.message);
      this.counts.refused++;
      this.options.report('record-refused', { bytes: only.length, reason: refusal.message });
      return;
    }
    const half = Math.ceil(records.length / 2);
    await this.deliver(records.slice(0, half), signal);
    await this.deliver(records.slice(half), signal);
  }

  private note(failure: CallFailure): void {
    if (failure.kind === 'throttled') this.slowDown();
    this.tell(failure.message);
  }

  private slowDown(): void {
    this.counts.throttled++;
    this.options.pace.throttled();
  }

  /** Reports when trouble begins and when it ends, not each attempt. */
  private tell(trouble: string | undefined): void {
    if (trouble !== undefined && this.trouble === undefined) this.options.report('stream-trouble', { trouble });
    if (trouble === undefined && this.trouble !== undefined) this.options.report('stream-well');
    this.trouble = trouble;
  }
}

// Delivers records until each is on the stream, or was rejected permanently and is set aside.
import type { Report } from '../report';
import { backoffMilliseconds } from './backoff';
import type { Pace } from './pace';
import { CallFailure, type RecordOutcome, type Stream } from './stream';

export interface DeliveryOptions {
  readonly stream: Stream;
  readonly pace: Pace;
  readonly report: Report;
  /** Stores a record that the stream rejects permanently. The record is durable when the promise resolves. */
  readonly keepRefused: (record: Uint8Array, reason: string) => Promise<void>;
  readonly random: () => number;
  /** Waits; rejects when the signal is aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export class Delivery {
  /**
   * Since the start: calls, delivered records and their bytes, repeated records, calls throttled in whole or in part,
   * rejected records.
   */
  readonly counts = { calls: 0, records: 0, bytes: 0, retries: 0, throttled: 0, refused: 0 };
  /** Reason why the last call put no record on the stream; undefined after a call that did. */
  trouble: string | undefined;
  /** Whether the stream has accepted a record: before that, a rejection is due to settings rather than to a record. */
  private hasDelivered = false;

  constructor(private readonly options: DeliveryOptions) {}

  /** Resolves when all records are delivered or set aside. Rejects when the signal is aborted. */
  async deliver(records: readonly Buffer[], signal: AbortSignal): Promise<void> {
    let left = records;
    for (let failed = 0; left.length > 0; ) {
      signal.throwIfAborted();
      const before = left.length;
      try {
        left = await this.attempt(left, signal);
      } catch (error) {
        if (!(error instanceof CallFailure)) throw error;
        if (error.kind === 'refused' && this.hasDelivered) return this.divide(left, error, signal);
        this.handleFailure(error);
      }
      if (left.length === 0) return;
      // The delay starts over while most records are accepted.
      failed = left.length < before / 2 ? 1 : failed + 1;
      this.counts.retries += left.length;
      await this.options.sleep(backoffMilliseconds(failed, this.options.random), signal);
    }
  }

  /** One call. Returns the records that were not accepted. */
  private async attempt(records: readonly Buffer[], signal: AbortSignal): Promise<readonly Buffer[]> {
    this.counts.calls++;
    const results: readonly RecordOutcome[] = await this.options.stream.put(records, signal);
    const left = records.filter((_, index) => results[index] !== 'taken');
    this.counts.records += records.length - left.length;
    for (const [index, record] of records.entries()) if (results[index] === 'taken') this.counts.bytes += record.length;
    if (left.length < records.length) this.hasDelivered = true;
    if (results.includes('throttled')) this.slowDown();
    else this.options.pace.succeeded();
    // Partial failures are normal near the stream's limit; they are counted and not reported.
    this.setTrouble(left.length < records.length ? undefined : `expected records to be accepted, got none of ${records.length}`);
    return left;
  }

  /** Finds the rejected record by halving, and delivers the others. */
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

  private handleFailure(failure: CallFailure): void {
    if (failure.kind === 'throttled') this.slowDown();
    this.setTrouble(failure.message);
  }

  private slowDown(): void {
    this.counts.throttled++;
    this.options.pace.throttled();
  }

  /** Reports the begin and the end of trouble, not each attempt. */
  private setTrouble(trouble: string | undefined): void {
    if (trouble !== undefined && this.trouble === undefined) this.options.report('stream-trouble', { trouble });
    if (trouble === undefined && this.trouble !== undefined) this.options.report('stream-well');
    this.trouble = trouble;
  }
}

// Delivers segments to the stream and deletes a segment after the delivery of all its records.
//
// The progress within a segment is in memory only: after a crash the segment is delivered again from its start. The
// ingest stores each hit once, by its id.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../report';
import { joinFrames, readSegment, type SegmentContent } from '../spool/frame';
import type { Segment, Segments } from '../spool/segments';
import { Delivery } from './delivery';
import { Pace } from './pace';
import { toCalls, toRecords } from './records';
import type { Stream } from './stream';

/** Source of segments: the spool. */
export interface SegmentSource {
  readonly segments: Pick<Segments, 'read' | 'remove' | 'setAside' | 'keepRefused' | 'putBack'>;
  /** The oldest segment that no worker has, if any. */
  take(): Segment | undefined;
  readonly isEmpty: boolean;
}

export interface ForwarderOptions {
  readonly source: SegmentSource;
  readonly stream: Stream;
  /** Maximum number of segments, and so of calls, in progress. */
  readonly concurrency: number;
  readonly report: Report;
  /** @default Math.random */
  readonly random?: () => number;
}

/** Delay before the next look for a segment. */
const pollMilliseconds = 100;
/** Delay before a failed segment is retried. */
const retryMilliseconds = 5_000;

export class Forwarder {
  readonly delivery: Delivery;
  /** Since the start: delivered hits, damaged segments and their damaged bytes, bytes of torn ends. */
  readonly counts = { hits: 0, damagedSegments: 0, damagedBytes: 0, tornBytes: 0 };
  private readonly stopped = new AbortController();
  private readonly pace: Pace;
  private workers: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: ForwarderOptions) {
    this.pace = new Pace(options.concurrency);
    const { stream, report, source, random = Math.random } = options;
    this.delivery = new Delivery({
      ...{ stream, report, pace: this.pace, random },
      keepRefused: (record, reason) => source.segments.keepRefused(record, reason),
      sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
    });
  }

  start(): void {
    this.workers = Promise.all(Array.from({ length: this.options.concurrency }, (_, index) => this.work(index)));
  }

  /** Continues until the source is empty or the time limit, then stops. Returns whether the source is empty. */
  async drain(milliseconds: number): Promise<boolean> {
    const until = performance.now() + milliseconds;
    while (!this.options.source.isEmpty && performance.now() < until) await sleep(20);
    await this.stop();
    return this.options.source.isEmpty;
  }

  /** Stops at once: segments in progress are put back and delivered again later. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.workers;
  }

  private async work(index: number): Promise<void> {
    const { signal } = this.stopped;
    // Each worker reuses its memory.
    let memory: Buffer | undefined;
    while (!signal.aborted) {
      const segment = index < this.pace.concurrency ? this.options.source.take() : undefined;
      try {
        if (segment) memory = await this.deliverSegment(segment, signal, memory);
        else await sleep(pollMilliseconds, undefined, { signal });
      } catch (error) {
        if (segment) this.giveBack(segment, signal.aborted, error);
      }
    }
  }

  /** After a failed disk, a defect or a stop: the segment stays in the spool. */
  private giveBack(segment: Segment, stopped: boolean, error: unknown): void {
    this.options.source.segments.putBack(segment, stopped ? 0 : retryMilliseconds);
    if (!stopped) this.options.report('segment-not-shipped', { segment: segment.name, error: String(error) });
  }

  /** Delivers one segment. Returns the memory that it was read into. */
  private async deliverSegment(segment: Segment, signal: AbortSignal, memory?: Buffer): Promise<Buffer> {
    const { segments } = this.options.source;
    const bytes = await segments.read(segment, memory);
    const { lines, hits, tornBytes, damagedBytes } = checkSegment(segment, bytes.length, readSegment(bytes));
    for (const call of toCalls(toRecords(joinFrames(bytes, lines)))) await this.delivery.deliver(call, signal);
    this.counts.hits += hits;
    if (tornBytes > 0) {
      this.counts.tornBytes += tornBytes;
      this.options.report('torn-end', { segment: segment.name, bytes: tornBytes });
    }
    if (damagedBytes > 0) await this.keepEvidence(segment, damagedBytes, hits);
    else await segments.remove(segment);
    return memory && memory.length >= segment.bytes ? memory : bytes;
  }

  private async keepEvidence(segment: Segment, bytes: number, hits: number): Promise<void> {
    await this.options.source.segments.setAside(segment);
    this.counts.damagedSegments++;
    this.counts.damagedBytes += bytes;
    this.options.report('segment-damaged', { segment: segment.name, bytes, hits });
  }
}

/**
 * Missing bytes that were answered, or present at the start of the process, are damage: no interrupted write explains
 * them.
 */
function checkSegment({ bytes, answered = false }: Segment, length: number, content: SegmentContent): SegmentContent {
  const { tornBytes, damagedBytes } = content;
  const missing = bytes - length + (answered ? tornBytes : 0);
  return { ...content, tornBytes: answered ? 0 : tornBytes, damagedBytes: damagedBytes + missing };
}

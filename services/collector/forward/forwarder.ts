// Ships segments to the stream and deletes those of which each record was taken.
//
// How far a segment is delivered is kept in memory alone: after a crash it is sent again from its beginning. The ingest stores a hit
// once, by its id.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../report';
import { joinFrames, readSegment, type SegmentContent } from '../spool/frame';
import type { Segment, Segments } from '../spool/segments';
import { Delivery } from './delivery';
import { Pace } from './pace';
import { toCalls, toRecords } from './records';
import type { Stream } from './stream';

/** Where segments come from: the spool. */
export interface SegmentSource {
  readonly segments: Pick<Segments, 'read' | 'remove' | 'setAside' | 'keepRefused' | 'putBack'>;
  /** The oldest that nobody has, if there is one. */
  take(): Segment | undefined;
  readonly isEmpty: boolean;
}

export interface ForwarderOptions {
  readonly source: SegmentSource;
  readonly stream: Stream;
  /** Segments, and so calls, that may be under way at once. */
  readonly atOnce: number;
  readonly report: Report;
  /** @default Math.random */
  readonly random?: () => number;
}

/** From one look for a segment to the next, where there was none. */
const lookMilliseconds = 100;
/** Until a segment that could not be shipped is tried again. */
const restMilliseconds = 5_000;

export class Forwarder {
  readonly delivery: Delivery;
  /** Since the start: hits delivered, segments with damage, bytes that were damaged, bytes of torn ends. */
  readonly counts = { hits: 0, damagedSegments: 0, damagedBytes: 0, tornBytes: 0 };
  private readonly stopped = new AbortController();
  private readonly pace: Pace;
  private workers: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: ForwarderOptions) {
    this.pace = new Pace(options.atOnce);
    const { stream, report, source, random = Math.random } = options;
    this.delivery = new Delivery({
      ...{ stream, report, pace: this.pace, random },
      keepRefused: (record, reason) => source.segments.keepRefused(record, reason),
      sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
    });
  }

  start(): void {
    this.workers = Promise.all(Array.from({ length: this.options.atOnce }, (_, index) => this.work(index)));
  }

  /** Goes on until the source is empty or the time is up; then ends. Gives whether it is empty. */
  async drain(milliseconds: number): Promise<boolean> {
    const until = Date.now() + milliseconds;
    while (!this.options.source.isEmpty && Date.now() < until) await sleep(20);
    await this.stop();
    return this.options.source.isEmpty;
  }

  /** Ends at once: what is under way is put back, and will be sent again. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.workers;
  }

  private async work(index: number): Promise<void> {
    const { signal } = this.stopped;
    // Each worker reads into the same memory again and again.
    let memory: Buffer | undefined;
    while (!signal.aborted) {
      const segment = index < this.pace.atOnce ? this.options.source.take() : undefined;
      try {
        if (segment) memory = await this.ship(segment, signal, memory);
        else await sleep(lookMilliseconds, undefined, { signal });
      } catch (error) {
        if (segment) this.giveBack(segment, signal.aborted, error);
      }
    }
  }

  /** The disk failed, or there is a defect of ours, or the time is up: the segment stays. */
  private giveBack(segment: Segment, stopped: boolean, error: unknown): void {
    this.options.source.segments.putBack(segment, stopped ? 0 : restMilliseconds);
    if (!stopped) this.options.report('segment-not-shipped', { segment: segment.name, error: String(error) });
  }

  /** Gives the memory that the segment was read into. */
  private async ship(segment: Segment, signal: AbortSignal, memory?: Buffer): Promise<Buffer> {
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

/** What was answered, or was there when the process began, and is not there any more is damage: no write was cut short then. */
function checkSegment({ bytes, answered = false }: Segment, length: number, content: SegmentContent): SegmentContent {
  const { tornBytes, damagedBytes } = content;
  const cut = bytes - length + (answered ? tornBytes : 0);
  return { ...content, tornBytes: answered ? 0 : tornBytes, damagedBytes: damagedBytes + cut };
}

// The spool on the mirrored disk: what is appended is durable when it is answered, and waits in segments for the stream. (TOM-6.2)
import type { Report } from '../report';
import { type ArrayState, readArrayState } from './array';
import { DiskProbe } from './disk-probe';
import { type Files, machineFiles } from './files';
import { type Group, newGroup } from './group';
import { type HitSink, type RefusalReason, refusalFor } from './hit-sink';
import { type FolderLock, lockFolder } from './lock';
import { SegmentWriter } from './segment-writer';
import { type Segment, Segments } from './segments';

export interface SpoolOptions {
  readonly folder: string;
  /** Bytes on the disk and on their way to it, above which hits are refused. */
  readonly limitBytes: number;
  /** Longest wait for others, in milliseconds. */
  readonly commitDelayMilliseconds: number;
  /** Whether to wait for the disk. @default true */
  readonly durable?: boolean;
  /** Folder of the mirror in sysfs. @default - the mirror is not watched */
  readonly arrayFolder?: string | undefined;
  /** Size that completes a segment. @default 8 MiB */
  readonly segmentBytes?: number;
  /** Age that completes a segment while nothing else waits for the stream. @default 500 ms */
  readonly sealAfterMilliseconds?: number;
  readonly report: Report;
  /** @default the machine's */
  readonly files?: Files;
}

/** Bytes of a group that is written at once, without waiting for more. */
const fullGroupBytes = 256 * 1024;
/** Bytes that may wait in memory for a slow disk. */
const waitingBytes = 64 * 2 ** 20;
/** Longest time for one write, after which the disk counts as ill. */
const stalledMilliseconds = 10_000;
/** Age that completes a segment in any case. */
const oldestMilliseconds = 60_000;
/** Between two looks at the array and at a write under way. */
const watchMilliseconds = 1_000;
/** Most bytes of one append: a batch of hits is far smaller. */
const longestAppend = 16 * 2 ** 20;

export class Spool implements HitSink {
  readonly segments: Segments;
  array: ArrayState = 'whole';
  private readonly options: Required<Omit<SpoolOptions, 'arrayFolder'>> & Pick<SpoolOptions, 'arrayFolder'>;
  private readonly probe: DiskProbe;
  private readonly queue: Group[] = [];
  private gathering: Group | undefined;
  /** Whether the group that gathers has waited long enough. */
  private waited = false;
  private timer: NodeJS.Timeout | undefined;
  private writer: SegmentWriter | undefined;
  private watcher: NodeJS.Timeout | undefined;
  private writing: Promise<void> | undefined;
  private writingSince = 0;
  private sealing = false;
  private inMemory = 0;
  private stopping = false;
  private stalled = false;
  private readingArray = false;
  /** Bytes from which on nothing is taken. */
  private fullFrom: number;
  private refusing: RefusalReason | undefined;

  private constructor(
    options: SpoolOptions,
    segments: Segments,
    private readonly lock: FolderLock,
  ) {
    this.options = { durable: true, segmentBytes: 8 * 2 ** 20, sealAfterMilliseconds: 500, files: machineFiles, ...options };
    this.segments = segments;
    this.fullFrom = options.limitBytes;
    this.probe = new DiskProbe(options.folder, this.options.files, options.report, () => this.decide());
  }

  /** Takes the folder for this process and takes up what an earlier one left. @throws Error if another process has the folder */
  static async open(options: SpoolOptions): Promise<Spool> {
    const files = options.files ?? machineFiles;
    await files.makeFolder(options.folder);
    const lock = await lockFolder(options.folder);
    try {
      const spool = new Spool(options, await Segments.open(options.folder, files, options.report), lock);
      await spool.watch();
      spool.watcher = setInterval(() => void spool.watch(), watchMilliseconds);
      spool.watcher.unref();
      return spool;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  append(lines: Buffer | string, hits: number): Promise<void> {
    if (this.refusing !== undefined) return Promise.reject(refusalFor(this.refusing));
    const { length } = lines;
    if (length > longestAppend || (typeof lines === 'string' ? lines.charCodeAt(length - 1) : lines[length - 1]) !== 10) {
      return Promise.reject(new RangeError(`append: expected lines of at most ${longestAppend} bytes in all, got ${length} or no line`));
    }
    if (this.isFull || this.bytes + length > this.options.limitBytes) {
      this.fullFrom = Math.min(this.fullFrom, this.bytes);
      return Promise.reject(refusalFor('full'));
    }
    if (this.inMemory + length > waitingBytes) return Promise.reject(refusalFor('disk'));
    const group = this.gathering ?? this.gather(lines);
    const added = group.add(lines, hits);
    if (added < 0) {
      this.enqueue();
      return this.append(lines, hits);
    }
    this.inMemory += added;
    if (group.bytes >= fullGroupBytes) this.enqueue();
    return group.promise;
  }

  /** Bytes on the disk and on their way to it. */
  get bytes(): number {
    return this.segments.bytes + (this.writer?.length ?? 0) + this.inMemory;
  }

  /** Why hits are refused now; undefined while they are taken. */
  get refusal(): RefusalReason | undefined {
    return this.refusing ?? (this.isFull ? 'full' : undefined);
  }

  /**
   * Once hits did not fit, none are taken until something has left: that a short one now and then still would must not make a server
   * look well that refuses the others.
   */
  private get isFull(): boolean {
    if (this.bytes < this.fullFrom) this.fullFrom = this.options.limitBytes;
    return this.bytes >= this.fullFrom;
  }

  /** When the oldest hit came that the stream has not taken, in milliseconds since 1970; undefined if there is none. */
  get oldest(): number | undefined {
    return this.segments.oldest ?? (this.hasOpenSegment ? this.writer?.since : undefined);
  }

  /** Whether nothing waits for the stream. */
  get isEmpty(): boolean {
    return this.segments.count === 0 && !this.hasOpenSegment && this.inMemory === 0;
  }

  /** The oldest segment for the stream. Where none waits, the one being written is completed, if it is old enough. */
  take(): Segment | undefined {
    if (!this.segments.hasWaiting && this.ageOfOpen() >= this.options.sealAfterMilliseconds) this.seal();
    return this.segments.take();
  }

  /** Takes nothing more, makes durable what was taken, and completes the segment. Segments may still be taken. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.decide();
    clearTimeout(this.timer);
    this.enqueue();
    while (this.writing) await this.writing;
    this.seal();
  }

  /** Lets go of the folder; call {@link stop} first. */
  async close(): Promise<void> {
    clearInterval(this.watcher);
    this.probe.close();
    this.writer?.close();
    await this.lock.release();
  }

  private get hasOpenSegment(): boolean {
    return (this.writer?.length ?? 0) > 0;
  }

  private ageOfOpen = (): number => (this.writer && this.hasOpenSegment ? Date.now() - this.writer.since : -1);

  private gather(lines: Buffer | string): Group {
    this.gathering = newGroup(lines);
    const { commitDelayMilliseconds: delay } = this.options;
    this.waited = false;
    if (delay > 0) this.timer = setTimeout(this.ripen, delay);
    else setImmediate(this.ripen);
    return this.gathering;
  }

  /**
   * The group that gathers has waited long enough. While another is being written it gathers on: a disk that takes longer for a write
   * than groups wait would else have more and more of them before it.
   */
  private readonly ripen = (): void => {
    this.waited = true;
    if (!this.writing) this.enqueue();
  };

  /** The group that gathers is written next. */
  private readonly enqueue = (): void => {
    if (!this.gathering) return;
    clearTimeout(this.timer);
    this.queue.push(this.gathering);
    this.gathering = undefined;
    this.writing ??= this.writeAll();
  };

  private async writeAll(): Promise<void> {
    for (let group = this.next(); group; group = this.next()) {
      this.writingSince = Date.now();
      await this.write(group);
      if (this.sealing || (this.writer?.length ?? 0) >= this.options.segmentBytes) this.completeSegment();
    }
    this.writingSince = 0;
    this.writing = undefined;
  }

  private next(): Group | undefined {
    if (this.queue.length === 0 && this.waited) this.enqueue();
    return this.queue.shift();
  }

  private async write(group: Group): Promise<void> {
    this.writer ??= this.newWriter();
    try {
      if (this.probe.isIll) throw refusalFor('disk');
      await this.writer.append(group);
      this.inMemory -= group.bytes;
      group.resolve();
    } catch (error) {
      await this.fail(group, error);
    }
    group.release();
  }

  /** Nothing of the group counts, nor of those that wait: the same disk would take them. */
  private async fail(group: Group, error: unknown): Promise<void> {
    if (!this.probe.isIll) this.probe.fell(error);
    this.inMemory -= group.bytes;
    const writer = this.writer;
    this.writer = undefined;
    if (writer && (await writer.abandon())) this.addSegment(writer);
    group.reject(refusalFor('disk'));
  }

  private newWriter(): SegmentWriter {
    const { folder, files, durable } = this.options;
    const now = Date.now();
    const name = this.segments.newName(now);
    return new SegmentWriter(name, now, folder, this.segments.path(name), files, durable);
  }

  private seal(): void {
    if (this.writing) this.sealing = true;
    else this.completeSegment();
  }

  private completeSegment(): void {
    this.sealing = false;
    const writer = this.writer;
    if (!writer || !this.hasOpenSegment) return;
    this.writer = undefined;
    writer.close();
    this.addSegment(writer);
  }

  private addSegment({ name, length, since }: SegmentWriter): void {
    this.segments.add({ name, bytes: length, since, answered: true });
  }

  /** Looks at what changes by itself: the array, a write that does not end, an old segment. */
  private async watch(): Promise<void> {
    // First what needs no file: on a disk that hangs, reading one may never end.
    this.stalled = this.writingSince > 0 && Date.now() - this.writingSince > stalledMilliseconds;
    if (this.ageOfOpen() > oldestMilliseconds) this.seal();
    this.decide();
    if (this.options.arrayFolder === undefined || this.readingArray) return;
    this.readingArray = true;
    const state = await readArrayState(this.options.arrayFolder);
    this.readingArray = false;
    if (state !== this.array) this.options.report('array', { state, was: this.array });
    this.array = state;
    this.decide();
  }

  private decide(): void {
    if (this.stopping) this.refusing = 'stopping';
    else if (this.array === 'unusable') this.refusing = 'array';
    else this.refusing = this.probe.isIll || this.stalled ? 'disk' : undefined;
  }
}

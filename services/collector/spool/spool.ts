// The spool on the mirrored disks: hits are durable before they are answered, and wait in segments for the stream.
// (TOM-6.2)
import { machineBoot } from '../clock/boot';
import { type ArrayState, readArrayState } from './array';
import { DiskProbe } from './disk-probe';
import { machineFiles } from './files';
import { type Group, newGroup } from './group';
import { type HitSink, type RefusalReason, refusalFor } from './hit-sink';
import { type FolderLock, lockFolder } from './lock';
import { SegmentWriter } from './segment-writer';
import { type Segment, Segments } from './segments';
import type { SpoolOptions } from './spool-options';

/** Size in bytes at which a group is written without further wait. */
const fullGroupBytes = 256 * 1024;
/** Maximum bytes in memory that wait for a slow disk. */
const waitingBytes = 64 * 2 ** 20;
/** Time limit of one write, after which the disk counts as failed. */
const stalledMilliseconds = 10_000;
/** Age that completes any segment. */
const oldestMilliseconds = 60_000;
/** Interval of the checks of the array and of the current write. */
const watchMilliseconds = 1_000;
/** Maximum bytes of one append; a batch of hits is far smaller. */
const longestAppend = 16 * 2 ** 20;

export class Spool implements HitSink {
  readonly segments: Segments;
  array: ArrayState = 'whole';
  private readonly options: Required<Omit<SpoolOptions, 'arrayFolder'>> & Pick<SpoolOptions, 'arrayFolder'>;
  private readonly probe: DiskProbe;
  private readonly queue: Group[] = [];
  private gathering: Group | undefined;
  /** Whether the commit delay of the gathering group is over. */
  private delayIsOver = false;
  private timer: NodeJS.Timeout | undefined;
  private writer: SegmentWriter | undefined;
  private watcher: NodeJS.Timeout | undefined;
  private writing: Promise<void> | undefined;
  private writingSince: number | undefined;
  private sealing = false;
  private inMemory = 0;
  private stopping = false;
  private stalled = false;
  private readingArray = false;
  /** Size in bytes from which on hits are refused. */
  private fullFrom: number;
  private refusing: RefusalReason | undefined;

  private constructor(
    options: SpoolOptions,
    segments: Segments,
    private readonly lock: FolderLock,
  ) {
    this.options = {
      durable: true,
      segmentBytes: 8 * 2 ** 20,
      sealAfterMilliseconds: 500,
      files: machineFiles,
      boot: machineBoot(),
      ...options,
    };
    this.segments = segments;
    this.fullFrom = options.limitBytes;
    this.probe = new DiskProbe(options.folder, this.options.files, options.report, () => this.updateRefusal());
  }

  /**
   * Locks the folder for this process and opens the segments of earlier ones.
   *
   * @throws Error if another process has the lock
   */
  static async open(options: SpoolOptions): Promise<Spool> {
    const { files = machineFiles, boot = machineBoot() } = options;
    await files.makeFolder(options.folder);
    const lock = await lockFolder(options.folder);
    try {
      const spool = new Spool({ ...options, boot }, await Segments.open(options.folder, files, options.report, boot), lock);
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
      return Promise.reject(
        new RangeError(`append: expected complete lines of at most ${longestAppend} bytes, got ${length} bytes; append smaller batches`),
      );
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

  /** Size in bytes, including data in memory. */
  get bytes(): number {
    return this.segments.bytes + (this.writer?.length ?? 0) + this.inMemory;
  }

  /** Reason why hits are refused; undefined while they are accepted. */
  get refusal(): RefusalReason | undefined {
    return this.refusing ?? (this.isFull ? 'full' : undefined);
  }

  /**
   * After hits did not fit, all are refused until the size decreases: a server that accepts only a short hit now and
   * then must not seem healthy.
   */
  private get isFull(): boolean {
    if (this.bytes < this.fullFrom) this.fullFrom = this.options.limitBytes;
    return this.bytes >= this.fullFrom;
  }

  /** Milliseconds that the oldest undelivered hit has waited; 0 without one. */
  get age(): number {
    const oldest = this.segments.oldest ?? (this.hasOpenSegment ? this.writer?.since : undefined);
    return oldest === undefined ? 0 : this.now() - oldest;
  }

  /** Whether no hit waits for the stream. */
  get isEmpty(): boolean {
    return this.segments.count === 0 && !this.hasOpenSegment && this.inMemory === 0;
  }

  /** The oldest waiting segment. If none waits, the current one is completed if it is old enough. */
  take(): Segment | undefined {
    if (!this.segments.hasWaiting && this.ageOfOpen() >= this.options.sealAfterMilliseconds) this.seal();
    return this.segments.take();
  }

  /** Refuses further hits, makes accepted ones durable, and completes the segment. Segments can still be taken. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.updateRefusal();
    clearTimeout(this.timer);
    this.enqueue();
    while (this.writing) await this.writing;
    this.seal();
  }

  /** Releases the folder; call {@link stop} first. */
  async close(): Promise<void> {
    clearInterval(this.watcher);
    this.probe.close();
    this.writer?.close();
    await this.lock.release();
  }

  private get hasOpenSegment(): boolean {
    return (this.writer?.length ?? 0) > 0;
  }

  private ageOfOpen = (): number => (this.writer && this.hasOpenSegment ? this.now() - this.writer.since : -1);

  /** Milliseconds of the clock of the boot, which cannot be set. */
  private now = (): number => this.options.boot.now();

  private gather(lines: Buffer | string): Group {
    this.gathering = newGroup(lines);
    const { commitDelayMilliseconds: delay } = this.options;
    this.delayIsOver = false;
    if (delay > 0) this.timer = setTimeout(this.endDelay, delay);
    else setImmediate(this.endDelay);
    return this.gathering;
  }

  /**
   * Ends the commit delay of the gathering group. During a write it continues to gather: with a disk slower than the
   * delay, the queue would otherwise grow.
   */
  private readonly endDelay = (): void => {
    this.delayIsOver = true;
    if (!this.writing) this.enqueue();
  };

  /** Queues the gathering group for the next write. */
  private readonly enqueue = (): void => {
    if (!this.gathering) return;
    clearTimeout(this.timer);
    this.queue.push(this.gathering);
    this.gathering = undefined;
    this.writing ??= this.writeAll();
  };

  private async writeAll(): Promise<void> {
    for (let group = this.next(); group; group = this.next()) {
      this.writingSince = this.now();
      await this.write(group);
      if (this.sealing || (this.writer?.length ?? 0) >= this.options.segmentBytes) this.completeSegment();
    }
    this.writingSince = undefined;
    this.writing = undefined;
  }

  private next(): Group | undefined {
    if (this.queue.length === 0 && this.delayIsOver) this.enqueue();
    return this.queue.shift();
  }

  private async write(group: Group): Promise<void> {
    this.writer ??= this.newWriter();
    try {
      if (this.probe.isFailed) throw refusalFor('disk');
      await this.writer.append(group);
      this.inMemory -= group.bytes;
      group.resolve();
    } catch (error) {
      await this.fail(group, error);
    }
    group.release();
  }

  /** Refuses the group; the waiting groups, which are for the same disk, are refused next. */
  private async fail(group: Group, error: unknown): Promise<void> {
    if (!this.probe.isFailed) this.probe.markFailed(error);
    this.inMemory -= group.bytes;
    const writer = this.writer;
    this.writer = undefined;
    if (writer && (await writer.abandon())) this.addSegment(writer);
    group.reject(refusalFor('disk'));
  }

  private newWriter(): SegmentWriter {
    const { folder, files, durable } = this.options;
    const name = this.segments.newName();
    return new SegmentWriter(name, this.now(), folder, this.segments.path(name), files, durable);
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

  /** Checks the array, the duration of the current write, and the age of the segment. */
  private async watch(): Promise<void> {
    // The checks without files come first: on a hanging disk a read may never end.
    this.stalled = this.writingSince !== undefined && this.now() - this.writingSince > stalledMilliseconds;
    if (this.ageOfOpen() > oldestMilliseconds) this.seal();
    this.updateRefusal();
    if (this.options.arrayFolder === undefined || this.readingArray) return;
    this.readingArray = true;
    const state = await readArrayState(this.options.arrayFolder);
    this.readingArray = false;
    if (state !== this.array) this.options.report('array', { state, was: this.array });
    this.array = state;
    this.updateRefusal();
  }

  private updateRefusal(): void {
    if (this.stopping) this.refusing = 'stopping';
    else if (this.array === 'unusable') this.refusing = 'array';
    else this.refusing = this.probe.isFailed || this.stalled ? 'disk' : undefined;
  }
}

// The segments that wait for the stream: what there is, who has it, and what becomes of it.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Report } from '../report';
import type { Files } from './files';

/** A segment that nobody writes to any more. */
export interface Segment {
  readonly name: string;
  /** Bytes that count: what lies behind was never answered. */
  readonly bytes: number;
  /** When its first hit came, in milliseconds since 1970. */
  readonly since: number;
  /** Whether each of these bytes was answered, as this process knows of what it wrote itself. Of others, the end may be torn. */
  readonly answered?: boolean;
}

/** A file's name: a number, so that names never come twice, and the time of its first hit. */
const pattern = /^(\d{12})-(\d{13})\.segment$/;
/** Where segments go that are damaged, and records that the stream refuses. They stay until somebody looks at them. */
const damagedFolder = 'damaged';
const refusedFolder = 'refused';
/** A file that was being written when the process ended; nothing counts on it. */
export const unfinished = '.unfinished';

export class Segments {
  /** Bytes in the folder, of segments and of what is kept aside. */
  bytes = 0;
  /** Of these, bytes that are kept aside for people. */
  asideBytes = 0;
  private number = 0;
  private readonly waiting: Segment[] = [];
  private readonly taken = new Set<Segment>();
  /** Delivered, but still on the disk, which refused to remove them. */
  private readonly leftovers = new Set<Segment>();

  private constructor(
    private readonly folder: string,
    private readonly files: Files,
    private readonly report: Report,
  ) {}

  /** Opens the folder and takes up what an earlier process left there. What is in the segments is seen when they are read. */
  static async open(folder: string, files: Files, report: Report): Promise<Segments> {
    const segments = new Segments(folder, files, report);
    for (const path of [folder, join(folder, damagedFolder), join(folder, refusedFolder)]) await files.makeFolder(path);
    await files.syncFolder(folder);
    await segments.takeUp();
    return segments;
  }

  private async takeUp(): Promise<void> {
    for (const aside of [damagedFolder, refusedFolder]) {
      for (const name of await this.files.list(join(this.folder, aside)))
        this.asideBytes += await this.files.size(join(this.folder, aside, name));
    }
    this.bytes = this.asideBytes;
    for (const name of (await this.files.list(this.folder)).sort()) {
      const [, number, since] = pattern.exec(name) ?? [];
      if (number !== undefined) {
        this.number = Math.max(this.number, Number(number));
        this.add({ name, bytes: await this.files.size(join(this.folder, name)), since: Number(since) });
      } else if (name.endsWith(unfinished)) await this.files.removeIfThere(join(this.folder, name));
    }
    if (this.waiting.length > 0) this.report('recovered', { segments: this.waiting.length, bytes: this.bytes });
  }

  /** A name that no segment has had. */
  newName(since: number): string {
    this.number++;
    return `${String(this.number).padStart(12, '0')}-${String(since).padStart(13, '0')}.segment`;
  }

  path = (name: string): string => join(this.folder, name);

  /** A segment is complete and waits for the stream. */
  add(segment: Segment): void {
    this.waiting.push(segment);
    this.bytes += segment.bytes;
  }

  /** The oldest segment that nobody has; it is the caller's until it is put back or gone. */
  take(): Segment | undefined {
    const segment = this.waiting.shift();
    if (segment) this.taken.add(segment);
    return segment;
  }

  /** Gives a segment back, to be taken again after a rest, so that one that cannot be read does not keep the others waiting. */
  putBack(segment: Segment, restMilliseconds: number): void {
    const back = () => {
      if (this.taken.delete(segment)) this.waiting.push(segment);
    };
    if (restMilliseconds > 0) setTimeout(back, restMilliseconds).unref();
    else back();
  }

  get count(): number {
    return this.waiting.length + this.taken.size;
  }

  get hasWaiting(): boolean {
    return this.waiting.length > 0;
  }

  /** When the oldest hit came that the stream has not taken; undefined if there is none. */
  get oldest(): number | undefined {
    let oldest: number | undefined;
    for (const { since } of this.waiting) oldest = Math.min(oldest ?? since, since);
    for (const { since } of this.taken) oldest = Math.min(oldest ?? since, since);
    return oldest;
  }

  /** What counts of a segment, in `into` if it has room. */
  read({ name, bytes }: Segment, into?: Buffer): Promise<Buffer> {
    return this.files.read(this.path(name), bytes, into);
  }

  /** Each record of the segment was taken. Where the disk will not let it go, it is tried again with the next one. */
  async remove(segment: Segment): Promise<void> {
    this.taken.delete(segment);
    this.leftovers.add(segment);
    for (const leftover of [...this.leftovers]) {
      try {
        await this.files.removeIfThere(this.path(leftover.name));
        if (this.leftovers.delete(leftover)) this.bytes -= leftover.bytes;
      } catch (error) {
        this.report('segment-not-removed', { segment: leftover.name, error: String(error) });
      }
    }
    await this.files.syncFolder(this.folder).catch((error: unknown) => this.report('folder-not-synced', { error: String(error) }));
  }

  /** Keeps a damaged segment as evidence; its good frames were taken. Where the disk does not let it, it stays, for the next process. */
  async setAside(segment: Segment): Promise<void> {
    this.taken.delete(segment);
    try {
      await this.files.rename(this.path(segment.name), join(this.folder, damagedFolder, segment.name));
      this.asideBytes += segment.bytes;
      for (const folder of [join(this.folder, damagedFolder), this.folder]) await this.files.syncFolder(folder);
    } catch (error) {
      this.report('segment-not-set-aside', { segment: segment.name, error: String(error) });
    }
  }

  /**
   * Keeps a record that the stream will never take, with the reason beside it; named by its content, so that it is kept once, however
   * often the segment is sent again. Durable when it returns.
   */
  async keepRefused(record: Uint8Array, reason: string): Promise<void> {
    const folder = join(this.folder, refusedFolder);
    const name = createHash('sha256').update(record).digest('hex').slice(0, 32);
    // A process that kept it may have ended before its name was durable.
    if ((await this.files.list(folder)).includes(`${name}.jsonl`)) return this.files.syncFolder(folder);
    for (const [file, content] of [
      [`${name}.txt`, Buffer.from(`${reason}\n`)],
      [`${name}.jsonl`, record],
    ] as const) {
      const temporary = join(this.folder, `${file}${unfinished}`);
      await this.files.removeIfThere(temporary);
      const open = await this.files.create(temporary);
      try {
        await open.write(content, 0);
        await open.sync();
      } finally {
        await open.close();
      }
      await this.files.rename(temporary, join(folder, file));
      this.bytes += content.length;
      this.asideBytes += content.length;
    }
    await this.files.syncFolder(folder);
  }
}

// The segments that wait for the stream: the files, their assignment to workers, and their removal.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Boot } from '../clock/boot';
import type { Report } from '../report';
import type { Files } from './files';
import { readSegmentName, segmentName } from './segment-name';

/** A completed segment. */
export interface Segment {
  readonly name: string;
  /** Length in bytes that counts; bytes after it were never answered. */
  readonly bytes: number;
  /** Arrival of its first hit, by the clock of the boot. */
  readonly since: number;
  /**
   * Whether all these bytes were answered: true for segments that this process wrote. The end of others may be torn.
   */
  readonly answered?: boolean;
}

/** Folders of damaged segments, and of records that the stream rejects. An operator removes them. */
const damagedFolder = 'damaged';
const refusedFolder = 'refused';
/** Suffix of a file whose write may be interrupted; such a file is removed at the start. */
export const unfinished = '.unfinished';

export class Segments {
  /** Bytes in the folder, of segments and of data that was set aside. */
  bytes = 0;
  /** Of these, bytes of data that was set aside. */
  asideBytes = 0;
  private number = 0;
  private readonly waiting: Segment[] = [];
  private readonly taken = new Set<Segment>();
  /** Delivered segments whose removal failed. */
  private readonly leftovers = new Set<Segment>();

  private constructor(
    private readonly folder: string,
    private readonly files: Files,
    private readonly report: Report,
    private readonly boot: Boot,
  ) {}

  /** Opens the folder with the segments of earlier processes. Their content is checked when they are read. */
  static async open(folder: string, files: Files, report: Report, boot: Boot): Promise<Segments> {
    const segments = new Segments(folder, files, report, boot);
    for (const path of [folder, join(folder, damagedFolder), join(folder, refusedFolder)]) await files.makeFolder(path);
    await files.syncFolder(folder);
    await segments.recover();
    return segments;
  }

  private async recover(): Promise<void> {
    for (const aside of [damagedFolder, refusedFolder]) {
      for (const name of await this.files.list(join(this.folder, aside)))
        this.asideBytes += await this.files.size(join(this.folder, aside, name));
    }
    this.bytes = this.asideBytes;
    for (const name of (await this.files.list(this.folder)).sort()) {
      const named = readSegmentName(name, this.boot);
      if (named) {
        this.number = Math.max(this.number, named.number);
        this.add({ name, bytes: await this.files.size(join(this.folder, name)), since: named.since });
      } else if (name.endsWith(unfinished)) await this.files.removeIfThere(join(this.folder, name));
    }
    if (this.waiting.length > 0) this.report('recovered', { segments: this.waiting.length, bytes: this.bytes });
  }

  /** A name that no segment had before. */
  newName(): string {
    this.number++;
    return segmentName(this.number, this.boot);
  }

  path = (name: string): string => join(this.folder, name);

  /** A segment is complete and waits for the stream. */
  add(segment: Segment): void {
    this.waiting.push(segment);
    this.bytes += segment.bytes;
  }

  /** The oldest waiting segment. The caller has it until it is put back, removed or set aside. */
  take(): Segment | undefined {
    const segment = this.waiting.shift();
    if (segment) this.taken.add(segment);
    return segment;
  }

  /** Puts a segment back after a delay, so that an unreadable segment does not block the others. */
  putBack(segment: Segment, delayMilliseconds: number): void {
    const back = () => {
      if (this.taken.delete(segment)) this.waiting.push(segment);
    };
    if (delayMilliseconds > 0) setTimeout(back, delayMilliseconds).unref();
    else back();
  }

  get count(): number {
    return this.waiting.length + this.taken.size;
  }

  get hasWaiting(): boolean {
    return this.waiting.length > 0;
  }

  /** Arrival of the oldest undelivered hit, by the clock of the boot; undefined without one. */
  get oldest(): number | undefined {
    let oldest: number | undefined;
    for (const { since } of this.waiting) oldest = Math.min(oldest ?? since, since);
    for (const { since } of this.taken) oldest = Math.min(oldest ?? since, since);
    return oldest;
  }

  /** Reads the part of a segment that counts, into `into` if it is large enough. */
  read({ name, bytes }: Segment, into?: Buffer): Promise<Buffer> {
    return this.files.read(this.path(name), bytes, into);
  }

  /** Removes a delivered segment. A failed removal is retried with the next segment. */
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

  /**
   * Sets a damaged segment aside as evidence; its valid frames were delivered. After an error it stays for the next
   * process.
   */
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
   * Stores a record that the stream rejects permanently, with the reason in a second file. Its name is a hash of its
   * content, so that a repeated delivery stores it once. Durable when the promise resolves.
   */
  async keepRefused(record: Uint8Array, reason: string): Promise<void> {
    const folder = join(this.folder, refusedFolder);
    const name = createHash('sha256').update(record).digest('hex').slice(0, 32);
    // The process that stored it may have ended before the name was durable.
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

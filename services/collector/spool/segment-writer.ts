// The segment that is being written: group after group, each durable before it counts.
import type { Files, OpenFile } from './files';
import type { Group } from './group';

export class SegmentWriter {
  /** Bytes that are durable, and so count. */
  length = 0;
  hits = 0;
  private file: OpenFile | undefined;

  /** @param path of the file, which is made with the first group */
  constructor(
    readonly name: string,
    readonly since: number,
    private readonly folder: string,
    private readonly path: string,
    private readonly files: Files,
    private readonly durable: boolean,
  ) {}

  /** Makes a group durable. After an error nothing is to be written here any more: see {@link abandon}. */
  async append(group: Group): Promise<void> {
    const first = this.file === undefined;
    this.file ??= await this.files.create(this.path);
    const frame = group.frame(first);
    await this.file.write(frame, this.length);
    if (this.durable) {
      await this.file.sync();
      // Its name, too, or there would be durable data that nobody finds.
      if (first) await this.files.syncFolder(this.folder);
    }
    this.length += frame.length;
    this.hits += group.hits;
  }

  /** Nothing more comes. The data is durable already: how closing ends says nothing about it. */
  close(): void {
    this.file?.close().catch(() => undefined);
    this.file = undefined;
  }

  /**
   * Takes back what was not made durable. A file whose fsync failed is never written again: the kernel marks pages clean that it could
   * not write, and a second fsync would succeed (PostgreSQL wiki, "Fsync Errors"). What cannot be taken back is not read by this
   * process; one after a crash may deliver it, although it was answered 503.
   *
   * @returns whether the segment holds groups that count
   */
  async abandon(): Promise<boolean> {
    const opened = this.file !== undefined;
    this.close();
    if (!opened) return false;
    const undo = this.length > 0 ? this.files.truncate(this.path, this.length) : this.files.removeIfThere(this.path);
    await undo.catch(() => undefined);
    return this.length > 0;
  }
}

// Writes one segment, group by group; only durable groups count.
import type { Files, OpenFile } from './files';
import type { Group } from './group';

export class SegmentWriter {
  /** Length of the durable groups in bytes. */
  length = 0;
  hits = 0;
  private file: OpenFile | undefined;

  /** @param path of the file, which is created with the first group */
  constructor(
    readonly name: string,
    readonly since: number,
    private readonly folder: string,
    private readonly path: string,
    private readonly files: Files,
    private readonly durable: boolean,
  ) {}

  /** Makes a group durable. After an error the segment must not be written again: see {@link abandon}. */
  async append(group: Group): Promise<void> {
    const first = this.file === undefined;
    this.file ??= await this.files.create(this.path);
    const frame = group.frame(first);
    await this.file.write(frame, this.length);
    if (this.durable) {
      await this.file.sync();
      // The name too: data without a durable name is lost.
      if (first) await this.files.syncFolder(this.folder);
    }
    this.length += frame.length;
    this.hits += group.hits;
  }

  /** Closes the file. The data is already durable, so an error has no meaning. */
  close(): void {
    this.file?.close().catch(() => undefined);
    this.file = undefined;
  }

  /**
   * Removes data that is not durable. A file is never written again after a failed fsync: the kernel marks pages clean
   * that it could not write, and a second fsync would succeed (PostgreSQL wiki, "Fsync Errors"). Data that cannot be
   * removed is not read by this process; after a crash the next process may deliver it, although it was answered 503.
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

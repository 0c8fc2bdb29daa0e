// Finds out when a disk that failed is well again.
import { join } from 'node:path';
import type { Report } from '../report';
import type { Files } from './files';
import { unfinished } from './segments';

/** From one attempt to the next. */
const everyMilliseconds = 1_000;
/** What must fit on the disk again: a group of usual length, so that a full disk does not take two hits and fail again. */
const probeBytes = 2 ** 20;

export class DiskProbe {
  private ill = false;
  private timer: NodeJS.Timeout | undefined;

  /** @param changed called when the disk is well again, or no more */
  constructor(
    private readonly folder: string,
    private readonly files: Files,
    private readonly report: Report,
    private readonly changed: () => void,
  ) {}

  get isIll(): boolean {
    return this.ill;
  }

  /** The disk failed. It counts as ill until a file of {@link probeBytes} could be made, made durable and removed. */
  fell(error: unknown): void {
    if (!this.ill) this.report('disk-failed', { error: String(error) });
    this.ill = true;
    this.changed();
    this.timer = setTimeout(() => void this.look(), everyMilliseconds);
    this.timer.unref();
  }

  close(): void {
    clearTimeout(this.timer);
  }

  private async look(): Promise<void> {
    try {
      await this.attempt(join(this.folder, `probe${unfinished}`));
    } catch {
      this.timer = setTimeout(() => void this.look(), everyMilliseconds);
      this.timer.unref();
      return;
    }
    this.ill = false;
    this.report('disk-well');
    this.changed();
  }

  private async attempt(path: string): Promise<void> {
    await this.files.removeIfThere(path);
    const file = await this.files.create(path);
    try {
      await file.write(Buffer.alloc(probeBytes), 0);
      await file.sync();
    } finally {
      await file.close();
      await this.files.removeIfThere(path);
    }
    await this.files.syncFolder(this.folder);
  }
}

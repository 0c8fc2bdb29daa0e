// Detects the recovery of a failed disk.
import { join } from 'node:path';
import type { Report } from '../report';
import type { Files } from './files';
import { unfinished } from './segments';

/** Delay between two attempts. */
const intervalMilliseconds = 1_000;
/** Size of the probe file: that of a usual group, so that a full disk does not accept two hits and fail again. */
const probeBytes = 2 ** 20;

export class DiskProbe {
  private failed = false;
  private timer: NodeJS.Timeout | undefined;

  /** @param changed called after a failure and after a recovery */
  constructor(
    private readonly folder: string,
    private readonly files: Files,
    private readonly report: Report,
    private readonly changed: () => void,
  ) {}

  get isFailed(): boolean {
    return this.failed;
  }

  /** Marks the disk as failed until a file of {@link probeBytes} can be created, made durable and removed. */
  markFailed(error: unknown): void {
    if (!this.failed) this.report('disk-failed', { error: String(error) });
    this.failed = true;
    this.changed();
    this.timer = setTimeout(() => void this.retry(), intervalMilliseconds);
    this.timer.unref();
  }

  close(): void {
    clearTimeout(this.timer);
  }

  private async retry(): Promise<void> {
    try {
      await this.attempt(join(this.folder, `probe${unfinished}`));
    } catch {
      this.timer = setTimeout(() => void this.retry(), intervalMilliseconds);
      this.timer.unref();
      return;
    }
    this.failed = false;
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

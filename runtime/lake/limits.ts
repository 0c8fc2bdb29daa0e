// Limits of a read of the lake in bytes, time and memory, whatever is stored there.
import { rowGroupLimits } from './columns';

/** A read that was ended by its limits: nothing is wrong with the files. */
export class LakeLimitError extends Error {
  override readonly name = 'LakeLimitError';
}

/** The limits of one read over any number of files. Each read has an object of its own. */
export class ReadLimits {
  private bytes = 0;
  private requests = 0;
  /** Bytes of row groups in memory, and the work that waits for some of them to leave. */
  private inMemory = 0;
  private readonly waiting: { readonly bytes: number; readonly begin: () => void }[] = [];

  /**
   * @param mostBytes bytes that may be read from the store
   * @param deadline time of day after which no further request is made
   * @param now the time of day in milliseconds since 1970; other clocks are for tests
   */
  constructor(
    private readonly mostBytes: number,
    private readonly deadline: Date,
    private readonly now: () => number = Date.now,
  ) {}

  /** Bytes that were read so far. */
  get bytesRead(): number {
    return this.bytes;
  }

  /**
   * Counts a request before it is made.
   * @throws LakeLimitError if it would exceed the bytes, or after the deadline; then the request must not be made
   */
  request(bytes: number): void {
    this.checkTime();
    if (this.bytes + bytes > this.mostBytes)
      throw new LakeLimitError(
        `lake: expected a read of at most ${this.mostBytes} bytes, got ${this.bytes} bytes in ${this.requests} requests and one for ${bytes} more; choose fewer days or raise the limit`,
      );
    this.bytes += bytes;
    this.requests++;
  }

  /** @throws LakeLimitError after the deadline */
  checkTime(): void {
    if (this.now() < this.deadline.getTime()) return;
    throw new LakeLimitError(
      `lake: expected a read that ends by ${this.deadline.toISOString()}, got ${this.bytes} bytes in ${this.requests} requests until then; choose fewer days or allow more time`,
    );
  }

  /**
   * Runs work that has row groups of so many bytes in memory, once they fit beside those of the other work of this
   * read: files that are read at once have as much in memory as one row group of the largest size. In the order of the
   * calls; work must not wait for other work.
   */
  async inRoom<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    const taken = Math.min(bytes, rowGroupLimits.readBytes);
    if (this.waiting.length > 0 || !this.fits(taken)) await new Promise<void>((begin) => this.waiting.push({ bytes: taken, begin }));
    else this.inMemory += taken;
    try {
      return await work();
    } finally {
      this.inMemory -= taken;
      for (let next = this.waiting[0]; next !== undefined && this.fits(next.bytes); next = this.waiting[0]) {
        this.waiting.shift();
        this.inMemory += next.bytes;
        next.begin();
      }
    }
  }

  private fits(bytes: number): boolean {
    return this.inMemory + bytes <= rowGroupLimits.readBytes;
  }
}

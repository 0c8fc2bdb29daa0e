// Limits of a read of the lake in bytes and time, whatever is stored there.

/** A read that was ended by its limits: nothing is wrong with the files. */
export class LakeLimitError extends Error {
  override readonly name = 'LakeLimitError';
}

/** The limits of one read over any number of files. Each read has an object of its own. */
export class ReadLimits {
  private bytes = 0;
  private requests = 0;

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
}

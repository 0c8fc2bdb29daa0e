// Bodies that arrive in pieces: memory grows with what came, not with what was announced, and all connections share one bound.

/** Bytes that unfinished bodies may take, shared by all connections of a server. */
export class BodyBudget {
  used = 0;

  constructor(private readonly most: number) {}

  /** Takes room; false, and nothing taken, where there is none. */
  take(bytes: number): boolean {
    if (this.used + bytes > this.most) return false;
    this.used += bytes;
    return true;
  }

  give(bytes: number): void {
    this.used -= bytes;
  }
}

const firstBytes = 4096;
const nothing = Buffer.alloc(0);

export class BodyBuffer {
  private memory = nothing;
  private reserved = 0;
  length = 0;

  private most = 0;

  constructor(private readonly budget: BodyBudget) {}

  /** Begins a body of at most so many bytes. */
  begin(most: number): void {
    this.clear();
    this.most = most;
  }

  /** Adds bytes; false where the budget is spent. */
  add(bytes: Buffer, from: number, end: number): boolean {
    const needed = this.length + end - from;
    if (needed > this.memory.length && !this.grow(needed)) return false;
    bytes.copy(this.memory, this.length, from, end);
    this.length = needed;
    return true;
  }

  private grow(needed: number): boolean {
    const size = Math.max(needed, Math.min(this.most, Math.max(firstBytes, this.memory.length * 2)));
    if (!this.budget.take(size - this.reserved)) return false;
    this.reserved = size;
    const memory = Buffer.allocUnsafeSlow(size);
    this.memory.copy(memory, 0, 0, this.length);
    this.memory = memory;
    return true;
  }

  /** What was added. */
  get content(): Buffer {
    return this.memory.subarray(0, this.length);
  }

  /** Forgets the body and gives its room back. */
  clear(): void {
    if (this.reserved === 0) return;
    this.budget.give(this.reserved);
    this.reserved = 0;
    this.memory = nothing;
    this.length = 0;
  }
}

// Bodies of requests: memory grows with the received bytes, not with the announced length, and all connections share
// one limit.

/** Limit of the bytes of unfinished headers and bodies, shared by all connections of a server. */
export class BodyBudget {
  used = 0;

  constructor(private readonly most: number) {}

  /** Reserves bytes; returns false and reserves none if they exceed the limit. */
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
  /** Bytes taken from the budget. */
  reserved = 0;
  length = 0;

  private most = 0;

  constructor(private readonly budget: BodyBudget) {}

  /** Begins a body with this maximum length. */
  begin(most: number): void {
    this.clear();
    this.most = most;
  }

  /** Adds bytes; returns false if the budget is spent. */
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

  /** The added bytes. */
  get content(): Buffer {
    return this.memory.subarray(0, this.length);
  }

  /** Drops the body and releases its bytes. */
  clear(): void {
    if (this.reserved === 0) return;
    this.budget.give(this.reserved);
    this.reserved = 0;
    this.memory = nothing;
    this.length = 0;
  }
}

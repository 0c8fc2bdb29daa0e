// Quantiles of durations over the last one to two minutes, in constant memory.

/** Bucket bounds grow by a tenth, from 0.05 ms to over a minute: a quantile is at most 10 % too high. */
const smallest = 0.05;
const growth = Math.log(1.1);
const buckets = 150;

export class Latency {
  private now = new Uint32Array(buckets);
  private before = new Uint32Array(buckets);
  /** Number of durations since the start. */
  count = 0;
  /** Sum of the durations since the start, in milliseconds. */
  sum = 0;

  observe(milliseconds: number): void {
    const bucket = milliseconds <= smallest ? 0 : Math.min(buckets - 1, Math.ceil(Math.log(milliseconds / smallest) / growth));
    this.now[bucket] = (this.now[bucket] ?? 0) + 1;
    this.count++;
    this.sum += milliseconds;
  }

  /** Drops the minute before the last; call it every minute. */
  rotate(): void {
    [this.before, this.now] = [this.now, this.before.fill(0)];
  }

  /** Milliseconds that a share of the durations, as in 0.99, did not exceed; 0 without durations. */
  quantile(share: number): number {
    let total = 0;
    for (let bucket = 0; bucket < buckets; bucket++) total += this.countIn(bucket);
    let passed = 0;
    for (let bucket = 0; total > 0 && bucket < buckets; bucket++) {
      passed += this.countIn(bucket);
      if (passed >= share * total) return smallest * Math.exp(bucket * growth);
    }
    return 0;
  }

  private countIn = (bucket: number) => (this.now[bucket] ?? 0) + (this.before[bucket] ?? 0);
}

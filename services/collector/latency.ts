// Quantiles of durations over the last one to two minutes, in a fixed amount of memory.

/** Bounds of the buckets grow by a tenth: a quantile is told at most 10 % too high. From 0.05 ms to over a minute. */
const smallest = 0.05;
const growth = Math.log(1.1);
const buckets = 150;

export class Latency {
  private now = new Uint32Array(buckets);
  private before = new Uint32Array(buckets);
  /** Durations seen since the start. */
  count = 0;
  /** Their sum, in milliseconds. */
  sum = 0;

  observe(milliseconds: number): void {
    const bucket = milliseconds <= smallest ? 0 : Math.min(buckets - 1, Math.ceil(Math.log(milliseconds / smallest) / growth));
    this.now[bucket] = (this.now[bucket] ?? 0) + 1;
    this.count++;
    this.sum += milliseconds;
  }

  /** Forgets the minute before the last; to be called every minute. */
  turn(): void {
    [this.before, this.now] = [this.now, this.before.fill(0)];
  }

  /** Milliseconds that `share` of the durations did not exceed, as in 0.99; 0 where there were none. */
  quantile(share: number): number {
    let total = 0;
    for (let bucket = 0; bucket < buckets; bucket++) total += this.seen(bucket);
    let passed = 0;
    for (let bucket = 0; total > 0 && bucket < buckets; bucket++) {
      passed += this.seen(bucket);
      if (passed >= share * total) return smallest * Math.exp(bucket * growth);
    }
    return 0;
  }

  private seen = (bucket: number) => (this.now[bucket] ?? 0) + (this.before[bucket] ?? 0);
}

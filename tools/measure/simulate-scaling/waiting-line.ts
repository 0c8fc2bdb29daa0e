// Hits that wait, first in, first out, second by second: their number, and the age of the oldest.

/** Below half a hit a line is empty: sums of fractions differ in their last digits. */
const half = 0.5;

export class WaitingLine {
  private arrived = 0;
  private gone = 0;
  /** Hits that had arrived at the end of each second. */
  private readonly arrivedUntil: number[] = [];
  private oldest = 0;

  /** Seconds must not decrease. */
  arrive(second: number, hits: number): void {
    while (this.arrivedUntil.length < second) this.arrivedUntil.push(this.arrived);
    this.arrived += hits;
    this.arrivedUntil[second] = this.arrived;
  }

  /** The oldest hits leave. */
  leave(hits: number): void {
    this.gone = Math.min(this.arrived, this.gone + hits);
  }

  get waiting(): number {
    return this.arrived - this.gone;
  }

  get isEmpty(): boolean {
    return this.waiting < half;
  }

  /** Seconds since the arrival of the oldest hit that waits. */
  age(second: number): number {
    if (this.isEmpty) return 0;
    while ((this.arrivedUntil[this.oldest] ?? Number.POSITIVE_INFINITY) <= this.gone + half) this.oldest++;
    return second - this.oldest;
  }

  /** Hits that wait and had arrived by a second. */
  arrivedBy(second: number): number {
    return second < 0 ? 0 : Math.max(0, (this.arrivedUntil[second] ?? this.arrived) - this.gone);
  }
}

// The time that a body may take: as much as a slow client needs, without room for many slow ones.
import type { HttpLimits } from './limits';

/**
 * The pace of one body: each second costs a second of its credit, each received byte earns `1 / bodyRate`, up to
 * `bodySeconds`. A pause of that length, or a lower rate for long, spends it. Bytes that came early do not earn a
 * longer pause.
 */
export class BodyPace {
  private credit = 0;
  private received = 0;
  private began = Number.NaN;
  private at = 0;

  constructor(private readonly limits: HttpLimits) {}

  /**
   * Whether the body is in time; call it every second.
   *
   * @param began time of its begin in seconds; another one is another body
   * @param received its bytes until now
   */
  isInTime(began: number, seconds: number, received: number): boolean {
    if (began !== this.began) this.begin(began);
    const earned = Math.max(0, received - this.received) / this.limits.bodyRate;
    this.credit = Math.min(this.limits.bodySeconds, this.credit + earned) - (seconds - this.at);
    this.received = received;
    this.at = seconds;
    return this.credit >= 0;
  }

  private begin(seconds: number): void {
    this.credit = this.limits.bodySeconds;
    this.received = 0;
    this.began = seconds;
    this.at = seconds;
  }
}

/** Slow bodies of all connections, counted anew with each check. */
export class SlowBodies {
  private count = 0;
  private bytes = 0;

  constructor(private readonly limits: HttpLimits) {}

  reset(): void {
    this.count = 0;
    this.bytes = 0;
  }

  /** Counts a body that takes longer than `bodySeconds`; returns false without room for it. @param held its memory */
  admit(held: number): boolean {
    if (this.count >= this.limits.slowBodies || this.bytes + held > this.limits.slowBodyBytes) return false;
    this.count++;
    this.bytes += held;
    return true;
  }
}

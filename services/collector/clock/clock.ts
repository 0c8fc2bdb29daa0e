// The clock of the server, compared with the clocks of AWS: durations never depend on it, and the times of hits are
// corrected.
import type { Report } from '../report';

/** Difference from the time of AWS, in milliseconds, above which the clock is wrong. */
const wrongMilliseconds = 60_000;
/** A Date field has whole seconds (RFC 9110 section 6.6.1). */
const second = 1_000;

/** The clocks of the machine, in milliseconds. Tests inject them. */
export interface MachineClocks {
  /** Since 1970; it can be set. */
  readonly wall: () => number;
  /** Since any moment; it cannot be set (clock_gettime(2), CLOCK_MONOTONIC). */
  readonly monotonic: () => number;
}

const machineClocks: MachineClocks = { wall: () => Date.now(), monotonic: () => performance.now() };

export class Clock {
  /** The time of AWS, in milliseconds since 1970, at a moment of the monotonic clock. */
  private reference: { readonly time: number; readonly at: number } | undefined;
  private reportedWrong = false;

  constructor(
    private readonly report: Report,
    private readonly machine: MachineClocks = machineClocks,
  ) {}

  /** A moment, for {@link observe}. */
  moment(): number {
    return this.machine.monotonic();
  }

  /**
   * Compares the clock with a response. Its time lies between the request and the response; within these bounds the
   * clock counts as right.
   *
   * @param date Date field of the response
   * @param asked moment of the request
   */
  observe(date: string | undefined, asked: number): void {
    const sent = Date.parse(date ?? '');
    if (Number.isNaN(sent)) return;
    const at = this.machine.monotonic();
    const time = Math.min(Math.max(this.machine.wall(), sent), sent + second + at - asked);
    this.reference = { time, at };
    this.reportChange();
  }

  /**
   * Milliseconds by which the clock is ahead of the time of AWS, negative behind it; 0 before the first response. A
   * clock that is set between two responses is detected at once.
   */
  get offset(): number {
    return this.reference === undefined ? 0 : this.machine.wall() - this.timeOf(this.reference);
  }

  /** Whether the clock differs from the time of AWS by more than a minute. */
  get isWrong(): boolean {
    return Math.abs(this.offset) > wrongMilliseconds;
  }

  /**
   * The present time in milliseconds since 1970, for the times of hits: that of AWS while the clock is wrong, because
   * the ingest rejects hits that are five minutes ahead (runtime/hit.ts).
   */
  now(): number {
    const wall = this.machine.wall();
    if (this.reference === undefined) return wall;
    const time = this.timeOf(this.reference);
    return Math.abs(wall - time) > wrongMilliseconds ? Math.round(time) : wall;
  }

  private timeOf({ time, at }: { readonly time: number; readonly at: number }): number {
    return time + this.machine.monotonic() - at;
  }

  /** Reports the begin and the end, not each response. */
  private reportChange(): void {
    const wrong = this.isWrong;
    if (wrong && !this.reportedWrong) this.report('clock-wrong', { secondsAhead: Math.round(this.offset / second) });
    if (!wrong && this.reportedWrong) this.report('clock-right');
    this.reportedWrong = wrong;
  }
}

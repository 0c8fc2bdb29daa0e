// How many calls may be under way at once: fewer when the stream throttles, slowly more when it does not.

/** Calls without throttling after which one more may be under way. */
const calmCalls = 20;

export class Pace {
  private allowed: number;
  private calm = 0;

  constructor(private readonly most: number) {
    this.allowed = most;
  }

  /** Calls that may be under way at once: 1 or more. */
  get atOnce(): number {
    return this.allowed;
  }

  /** A call was not throttled. */
  went(): void {
    this.calm++;
    if (this.calm < calmCalls || this.allowed >= this.most) return;
    this.calm = 0;
    this.allowed++;
  }

  /** A call was throttled, or part of it was. */
  throttled(): void {
    this.calm = 0;
    this.allowed = Math.max(1, Math.floor(this.allowed / 2));
  }
}

// Number of concurrent calls: fewer when the stream throttles, slowly more when it does not.

/** Calls without throttling after which one more concurrent call is allowed. */
const calmCalls = 20;

export class Pace {
  private allowed: number;
  private calm = 0;

  constructor(private readonly maximum: number) {
    this.allowed = maximum;
  }

  /** Allowed number of concurrent calls: 1 or more. */
  get concurrency(): number {
    return this.allowed;
  }

  /** Records a call that was not throttled. */
  succeeded(): void {
    this.calm++;
    if (this.calm < calmCalls || this.allowed >= this.maximum) return;
    this.calm = 0;
    this.allowed++;
  }

  /** Records a call that was throttled in whole or in part. */
  throttled(): void {
    this.calm = 0;
    this.allowed = Math.max(1, Math.floor(this.allowed / 2));
  }
}

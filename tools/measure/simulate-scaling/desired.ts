// Desired capacity by EC2 Auto Scaling: target tracking, step scaling, schedules and forecast, as its user guide
// describes them.
import type { ScalingSettings, StepScaling } from './settings';
import type { Scenario } from './traffic';

/** Metrics of one minute in CloudWatch. */
export interface Observed {
  readonly requestsPerServer: number;
  /** Servers past their warm-up, whose metrics count. */
  readonly warmedUp: number;
  readonly inService: number;
  readonly spoolAge: number;
}

/**
 * Consecutive minutes after which target tracking scales out and in, and the share of the target below which it scales
 * in ("How target tracking scaling for Amazon EC2 Auto Scaling works" and the alarms that it creates).
 */
const scaleOutAfter = 3;
const scaleInAfter = 15;
const scaleInBelow = 0.9;
const hour = 3600;

export class Desired {
  private wanted = 0;
  private minimum: number;
  private maximum: number;
  private readonly seen: Observed[] = [];
  /** Decisions, each with the second at which its metrics are available. */
  private readonly pending: { readonly at: number; readonly minutes: number }[] = [];

  constructor(
    private readonly scenario: Scenario,
    private readonly settings: ScalingSettings,
    private readonly delay: number,
  ) {
    this.minimum = settings.minimum;
    this.maximum = settings.maximum;
  }

  begin(servers: number): void {
    this.wanted = servers;
  }

  observe(second: number, observed: Observed): void {
    this.seen.push(observed);
    this.pending.push({ at: second + this.delay, minutes: this.seen.length });
  }

  /** The desired capacity at a second; seconds must not decrease. */
  at(second: number): number {
    for (const { second: due, minimum, maximum } of this.settings.schedules) {
      if (second % (24 * hour) !== due) continue;
      this.minimum = minimum ?? this.minimum;
      this.maximum = maximum ?? this.maximum;
    }
    while (this.pending[0] && this.pending[0].at <= second) {
      const { minutes } = this.pending.shift() ?? { minutes: 0 };
      this.decide(this.seen.slice(0, minutes));
    }
    const least = Math.max(this.minimum, this.forecast(second));
    this.wanted = Math.min(this.maximum, Math.max(least, this.wanted));
    return this.wanted;
  }

  private decide(seen: readonly Observed[]): void {
    const latest = seen.at(-1);
    if (!latest) return;
    for (const policy of this.settings.stepScaling) this.wanted = Math.max(this.wanted, this.byStep(policy, seen, latest));
    const { targetPerMinute } = this.settings;
    if (targetPerMinute === undefined) return;
    const needed = Math.ceil((latest.requestsPerServer * latest.inService) / targetPerMinute);
    if (lastAll(seen, scaleOutAfter, ({ requestsPerServer }) => requestsPerServer > targetPerMinute))
      this.wanted = Math.max(this.wanted, needed);
    else if (
      latest.warmedUp === latest.inService &&
      latest.inService === this.wanted &&
      lastAll(seen, scaleInAfter, ({ requestsPerServer }) => requestsPerServer < targetPerMinute * scaleInBelow)
    ) {
      this.wanted = Math.min(this.wanted, needed);
    }
  }

  /** Servers that warm up count towards the step ("Step scaling", instance warm-up). */
  private byStep(
    { threshold, periodSeconds, datapoints, kind, atLeast, steps }: StepScaling,
    seen: readonly Observed[],
    latest: Observed,
  ): number {
    const minutes = Math.ceil((datapoints * periodSeconds) / 60);
    if (!lastAll(seen, minutes, ({ spoolAge }) => spoolAge >= threshold)) return 0;
    const above = latest.spoolAge - threshold;
    const step = steps.find(({ from, to }) => above >= from && above < to);
    if (!step) return 0;
    const change = kind === 'ChangeInCapacity' ? step.change : Math.max(atLeast, Math.floor((latest.warmedUp * step.change) / 100));
    return latest.warmedUp + change;
  }

  /** Servers for the usual traffic of this hour, or of the next hour within the lead time. */
  private forecast(second: number): number {
    const { predictiveLead, targetPerMinute } = this.settings;
    if (predictiveLead === undefined || targetPerMinute === undefined) return 0;
    const hours = [second, second + predictiveLead].map((time) => Math.floor(time / hour) * hour);
    return Math.max(...hours.map((start) => Math.ceil((this.scenario.usual(start + hour / 2) * 60) / targetPerMinute)));
  }
}

function lastAll(seen: readonly Observed[], count: number, holds: (one: Observed) => boolean): boolean {
  return seen.length >= count && seen.slice(-count).every(holds);
}

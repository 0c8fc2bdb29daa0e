// The simulated traffic: hits per second over the day. Times are seconds since midnight UTC.

export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly seconds: number;
  /** Hits per second at a time. */
  readonly demand: (second: number) => number;
  /** Usual hits per second, the forecast of predictive scaling. */
  readonly usual: (second: number) => number;
}

const hour = 3600;
const day = 24 * hour;
/** Time of the spot: 20:45. */
export const spotAt = 20 * hour + 45 * 60;

/** A day with one peak, `peak`, in the evening, and a fifth of it at night. */
const evening = (peak: number) => (second: number) => peak * (0.6 + 0.4 * Math.cos(((second - 20.75 * hour) / day) * 2 * Math.PI));

/**
 * A television spot in the evening: within 60 seconds 20 times the previous hits, for two minutes; then the surplus
 * halves every three minutes. `peak` is the traffic before the spot, in hits per second.
 */
export function tvSpot(peak: number): Scenario {
  const usual = evening(peak);
  return {
    name: 'tv-spot',
    title: `a day with a TV spot, ${peak.toLocaleString('en')} to ${(20 * peak).toLocaleString('en')} hits/s in 60 s`,
    seconds: day,
    demand: (second) => usual(second) * spotFactor(second - spotAt),
    usual,
  };
}

function spotFactor(since: number): number {
  if (since <= 0) return 1;
  if (since < 60) return 1 + (19 * since) / 60;
  if (since < 180) return 20;
  return 1 + 19 * 0.5 ** ((since - 180) / 180);
}

/** Exponential growth from `from` to a million hits per second in `hours`, then one hour at a million. */
export function growth(from: number, hours: number): Scenario {
  const seconds = (hours + 1) * hour;
  const demand = (second: number) => Math.min(1e6, from * (1e6 / from) ** (second / (hours * hour)));
  return {
    name: 'million',
    title: `growth from ${from.toLocaleString('en')} to 1,000,000 hits/s in ${hours} hours`,
    seconds,
    demand,
    usual: () => from,
  };
}

// How long to wait before an attempt is repeated.

/** Wait before the first repetition, on average half of it, and the longest. */
const first = 100;
const longest = 10_000;

/**
 * Exponential backoff with full jitter ("Exponential Backoff And Jitter", AWS Architecture Blog): anything between nothing and a bound
 * that doubles, so that collectors that failed together do not come back together.
 *
 * @param attempt failed attempts before this wait: 1 or more
 * @param random as Math.random
 * @returns milliseconds
 */
export const backoffMilliseconds = (attempt: number, random: () => number): number =>
  random() * Math.min(longest, first * 2 ** (attempt - 1));

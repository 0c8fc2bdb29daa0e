// Delay before a retry.

/** Bounds of the first and of the longest delay, in milliseconds. The average delay is half of its bound. */
const firstBound = 100;
const longestBound = 10_000;

/**
 * Exponential backoff with full jitter ("Exponential Backoff And Jitter", AWS Architecture Blog): a random delay
 * between zero and a bound that doubles, so that collectors do not retry in step.
 *
 * @param attempt failed attempts before this wait: 1 or more
 * @param random as Math.random
 * @returns milliseconds
 */
export const backoffMilliseconds = (attempt: number, random: () => number): number =>
  random() * Math.min(longestBound, firstBound * 2 ** (attempt - 1));

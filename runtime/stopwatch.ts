// Durations in a program that may be frozen.

/**
 * Starts to measure; the result returns the milliseconds since then. Two clocks run, and the longer duration counts:
 * the clock of the day may be set back, and the monotonic clock may stand still while Lambda freezes a function
 * ("Understanding the Lambda execution environment lifecycle"). Too long a duration ends an idle connection or a
 * cached value early, which does no harm.
 */
export function stopwatch(): () => number {
  const [monotonic, wall] = [performance.now(), Date.now()];
  return () => Math.max(performance.now() - monotonic, Date.now() - wall);
}

// Erasures that wait in the window or in the lake, and when people are notified of one. (DSS-4.2)

/**
 * Hours after which an erasure that has not ended is late: half of the day that is promised. In the lake it takes two
 * runs, and an hour between them.
 */
export const lateErasureHours = 12;

/** The erasure that has waited for longest, as `rempart.oldest_lake_erasure` and `oldest_window_erasure` return it. */
export interface OldestErasure {
  readonly site: number;
  /** Time at which the wait began. */
  readonly since: string;
}

const hourMilliseconds = 3_600_000;

/** Whole hours for which an erasure has waited. */
export const hoursWaited = ({ since }: OldestErasure, now: Date): number =>
  Math.max(0, Math.floor((now.getTime() - Date.parse(since)) / hourMilliseconds));

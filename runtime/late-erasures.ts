// Erasures that wait in the window or in the lake. (DSS-4.2)

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

// Days of UTC, as `2026-11-28`: their bounds, their folder in the archive, and the days that can be exported. Pure.

const millisecondsOfDay = 86_400_000;

/**
 * Log data becomes available for export up to 12 hours after its ingestion ("Exporting log data to Amazon S3"); two
 * more hours are kept in reserve.
 */
const millisecondsUntilComplete = 14 * 3_600_000;

/** The day of a time. */
export const dayOf = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 10);

export const startOf = (day: string): number => Date.parse(`${day}T00:00:00.000Z`);
export const endOf = (day: string): number => startOf(day) + millisecondsOfDay;

/** The folder of a day below that of the sessions, as in `2026/11/28`. */
export const folderOf = (day: string): string => day.replaceAll('-', '/');

export interface Reach {
  /** When the log group was created: no day before has sessions. */
  readonly created: number;
  readonly now: number;
  /** Days before today that are examined. */
  readonly reachDays: number;
}

/** The days whose sessions are complete, oldest first. */
export function completeDays({ created, now, reachDays }: Reach): readonly string[] {
  const days: string[] = [];
  const oldest = Math.max(startOf(dayOf(created)), startOf(dayOf(now)) - reachDays * millisecondsOfDay);
  for (let start = oldest; start + millisecondsOfDay + millisecondsUntilComplete <= now; start += millisecondsOfDay)
    days.push(dayOf(start));
  return days;
}

/** Whether a day ended more than a number of days ago. */
export const isLate = (day: string, now: number, lateDays: number): boolean => endOf(day) + lateDays * millisecondsOfDay <= now;

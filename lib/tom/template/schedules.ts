// Schedules of EventBridge Scheduler in the templates.
import type { Resource } from './assembly';

const minutes = '[0-5]?\\d';
const hours = '(?:[01]?\\d|2[0-3])';

/** Fixed minutes, at fixed hours or every hour, of every day and year, as in `cron(40 5 * * ? *)`. */
const everyDay = new RegExp(`^cron\\(${minutes}(?:,${minutes})* (?:\\*|${hours}(?:,${hours})*) (?:\\* \\* \\?|\\? \\* \\*) \\*\\)$`);
const rate = /^rate\((\d+) (minute|hour|day)s?\)$/;
const minutesIn = { minute: 1, hour: 60, day: 1440 } as const;

/**
 * Whether a schedule is enabled and starts its target at least once every day, without a start or end date. ("Schedule
 * types in EventBridge Scheduler")
 */
export function runsDaily(schedule: Resource): boolean {
  const seconds = secondsBetweenStarts(schedule);
  return seconds !== undefined && seconds <= minutesIn.day * 60;
}

/**
 * Longest time between two starts of an enabled schedule without a start or end date, in seconds; `undefined` for
 * every other schedule, and for an expression that this file does not read.
 */
export function secondsBetweenStarts(schedule: Resource): number | undefined {
  const isEnabled = [undefined, 'ENABLED'].some((state) => state === schedule.at('State'));
  const isUnlimited = schedule.at('StartDate') === undefined && schedule.at('EndDate') === undefined;
  if (!isEnabled || !isUnlimited) return undefined;
  const text = String(schedule.at('ScheduleExpression'));
  if (everyDay.test(text)) return minutesIn.day * 60;
  const [, count, unit] = rate.exec(text) ?? [];
  const minutesBetween = Number(count) * minutesIn[unit as keyof typeof minutesIn];
  return minutesBetween >= 1 ? minutesBetween * 60 : undefined;
}

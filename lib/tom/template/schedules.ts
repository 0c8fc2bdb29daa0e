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
  const isEnabled = [undefined, 'ENABLED'].some((state) => state === schedule.at('State'));
  return (
    isEnabled &&
    schedule.at('StartDate') === undefined &&
    schedule.at('EndDate') === undefined &&
    isDaily(schedule.at('ScheduleExpression'))
  );
}

function isDaily(expression: unknown): boolean {
  const text = String(expression);
  if (everyDay.test(text)) return true;
  const [, count, unit] = rate.exec(text) ?? [];
  const interval = Number(count) * minutesIn[unit as keyof typeof minutesIn];
  return interval >= 1 && interval <= minutesIn.day;
}

// The hours at which the plan runs, if it follows the clocks of Paris: a night of 23 hours, and one of 25.
import { day, hour } from './vault';

/** The last Sunday of a month, 01:00 UTC, at which European clocks change. */
function change(year: number, month: number): number {
  const last = new Date(Date.UTC(year, month + 1, 0));
  return last.getTime() - last.getUTCDay() * day + hour;
}

/** Hours by which the clocks of Paris are ahead of UTC. */
export function offset(at: number): number {
  const year = new Date(at).getUTCFullYear();
  return at >= change(year, 2) && at < change(year, 9) ? 2 : 1;
}

/** The instants of a day of Paris at which the plan runs: at four, and evenly after. */
export const planTimes = (midnight: number, perDay: number): readonly number[] =>
  Array.from({ length: perDay }, (_, index) => {
    const local = midnight + (4 + (24 / perDay) * index) * hour;
    return local - offset(local - hour) * hour;
  });

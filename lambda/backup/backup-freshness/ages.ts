// The age of the newest usable recovery point of a store: now, and the highest since the runs before.
import { clockTolerance, hour, type UsablePoint } from './points';

/**
 * Time before a run in which the highest age counts: longer than two missed runs, after which the alarm on missed runs
 * is raised. A gap that began and ended between two runs is thereby reported.
 */
const lookBack = 4 * hour;

/**
 * Highest age in milliseconds within the time looked back on. The age of a store grows until a newer point is usable,
 * so it is highest at these instants and now. Before the first point, the data of the store has been without a backup
 * since it was created.
 */
export function highestAge(points: readonly UsablePoint[], since: number, now: number): number {
  const turns = points.map(({ usableFrom }) => usableFrom).filter((at) => at > now - lookBack && at <= now);
  const before = turns.map((at) => ageAt(points, since, at, (usableFrom) => usableFrom < at));
  return (
    Math.max(
      ageAt(points, since, now, (usableFrom) => usableFrom <= now + clockTolerance),
      ...before,
    ) + clockTolerance
  );
}

function ageAt(points: readonly UsablePoint[], since: number, at: number, isUsable: (usableFrom: number) => boolean): number {
  const instants = points.filter(({ usableFrom }) => isUsable(usableFrom)).map((point) => point.dataAt(at));
  return Math.max(0, at - Math.max(since, ...instants));
}

// In which order the partitions of a restored database are counted. Pure.

const day = 86_400_000;
/** Newest partitions, which are counted each time. */
const always = 2;

/**
 * The two newest partitions, then the others from a place that moves with the date. One test may have time for few of
 * the others: in as many days as there are others, each of them is the first once.
 */
export function orderOn(now: Date, names: readonly string[]): readonly string[] {
  const oldestFirst = [...names].sort();
  const others = placed(oldestFirst.slice(0, -always));
  const first = (Math.floor(now.getTime() / day) * stepFor(others.length)) % others.length;
  return [...oldestFirst.slice(-always).reverse(), ...others.slice(first), ...others.slice(0, first)];
}

/**
 * Each name at its place in the circle: its day modulo the number of names, or the next free one. The place of a day
 * remains when a new day comes and the oldest leaves.
 */
function placed(names: readonly string[]): readonly string[] {
  const circle: (string | undefined)[] = names.map(() => undefined);
  for (const name of names) {
    let place = dayOf(name) % names.length;
    while (circle[place] !== undefined) place = (place + 1) % names.length;
    circle[place] = name;
  }
  return circle.filter((name) => name !== undefined);
}

/** Days since 1970 of the first day of a partition, as in hits_2026_11_30; months are hits_2026_11. */
const dayOf = (name: string): number => {
  const [year = 0, month = 1, date = 1] = name.split('_').slice(1).map(Number);
  return Math.floor(Date.UTC(year, month - 1, date) / day);
};

/** A step that leads to each place of a circle, and spreads those of successive days: about three fifths of it. */
function stepFor(places: number): number {
  let step = Math.max(1, Math.round(places * 0.618));
  while (commonDivisor(step, places) > 1) step--;
  return step;
}

const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b));

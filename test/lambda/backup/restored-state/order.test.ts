// The order in which partitions of a restored database are counted.
import { orderOn } from '../../../../lambda/backup/restored-state/order';
import { dayFrom } from '../../../../runtime/hit-days';

const start = new Date('2026-11-30T06:00:00Z');
const on = (day: number) => new Date(start.getTime() + day * 86_400_000);
const named = (day: string) => `hits_${day.replaceAll('-', '_')}`;
/** Partitions of a window of so many days, which moves with the date. */
const windowOn = (day: number, length: number) => Array.from({ length }, (_, index) => named(dayFrom(on(day), -index)));
const lengths = Array.from({ length: 60 }, (_, index) => index + 3);

test('the two newest come first, each partition once', () => {
  for (let day = 0; day < 40; day++) {
    const names = windowOn(day, 35);
    const order = orderOn(on(day), names);
    expect(order.slice(0, 2)).toEqual([named(dayFrom(on(day), 0)), named(dayFrom(on(day), -1))]);
    expect([...order].sort()).toEqual([...names].sort());
  }
  expect(orderOn(start, [])).toEqual([]);
  expect(orderOn(start, ['hits_2026_11_30'])).toEqual(['hits_2026_11_30']);
  expect(orderOn(start, ['hits_2026_11_29', 'hits_2026_11_30'])).toEqual(['hits_2026_11_30', 'hits_2026_11_29']);
});

test.each(lengths)('with time for one besides the two newest, as many days as there are others count each of %i once', (length) => {
  const others = length - 2;
  for (let first = 0; first < 3; first++) {
    const names = windowOn(0, length);
    const thirds = Array.from({ length: others }, (_, day) => orderOn(on(first + day), names)[2]);
    expect(new Set(thirds).size).toBe(others);
  }
});

test.each(lengths)('the same in a window of %i days that moves: each partition has its turn before it leaves', (length) => {
  const turns = new Map<string, number>();
  for (let day = 0; day < 3 * length; day++) {
    const name = orderOn(on(day), windowOn(day, length))[2] ?? '';
    turns.set(name, (turns.get(name) ?? 0) + 1);
  }
  for (let day = 0; day < length; day++) expect(turns.get(named(dayFrom(on(day), 0)))).toBe(1);
});

test('months of an earlier release have their turn beside days', () => {
  const names = ['hits_2026_08', 'hits_2026_09', ...windowOn(0, 31)];
  const thirds = Array.from({ length: 31 }, (_, day) => orderOn(on(day), names)[2]);
  expect(thirds).toEqual(expect.arrayContaining(['hits_2026_08', 'hits_2026_09']));
  expect(new Set(thirds).size).toBe(31);
});

test('the turn goes through the window in large steps, not from one end to the other', () => {
  const names = windowOn(0, 35);
  const ages = Array.from({ length: 6 }, (_, day) => names.indexOf(orderOn(on(day), names)[2] ?? ''));
  expect(Math.max(...ages) - Math.min(...ages)).toBeGreaterThan(20);
});

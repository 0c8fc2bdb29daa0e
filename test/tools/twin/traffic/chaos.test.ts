// Chaos: follows from its seed, brings every kind of trouble, and leaves no part away.
import { incidents, playChaos } from '../../../../tools/twin/traffic/chaos';

const kinds = 6;
const first = (count: number, seed: number) => {
  const stream = incidents(seed);
  return Array.from({ length: count }, () => stream.next().value);
};

test('follows from the seed', () => {
  expect(first(30, 3)).toEqual(first(30, 3));
  expect(first(30, 3)).not.toEqual(first(30, 4));
});

test.each([1, 2, 3])('brings each kind before any comes again (seed %i)', (seed) => {
  expect(new Set(first(kinds, seed).map(({ what }) => what)).size).toBe(kinds);
});

test('the incident that is under way when it is to end is finished', async () => {
  const stopping = new AbortController();
  const done: string[] = [];
  const part = (name: string) => async () => {
    stopping.abort();
    await new Promise((resolve) => setTimeout(resolve, 50));
    done.push(name);
  };
  const parts = {
    collector: { crash: part('collector') },
    functions: { crash: part('functions') },
    stream: { restart: part('stream') },
    archive: { restart: part('archive') },
    database: { restart: part('database'), crash: part('database') },
  };
  const told: string[] = [];
  const count = await playChaos(parts, 1, (what) => told.push(what), stopping.signal);
  expect([count, done.length, told.length]).toEqual([1, 1, 1]);
});

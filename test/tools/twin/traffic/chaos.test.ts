// Chaos: determined by its seed, with every kind of incident, and without a missing part at the end.
import { incidents, playChaos } from '../../../../tools/twin/traffic/chaos';

const kinds = 6;
const first = (count: number, seed: number) => {
  const stream = incidents(seed);
  return Array.from({ length: count }, () => stream.next().value);
};

test('the seed determines the incidents', () => {
  expect(first(30, 3)).toEqual(first(30, 3));
  expect(first(30, 3)).not.toEqual(first(30, 4));
});

test.each([1, 2, 3])('each kind occurs before any is repeated (seed %i)', (seed) => {
  expect(new Set(first(kinds, seed).map(({ what }) => what)).size).toBe(kinds);
});

test('the current incident is finished when the run ends', async () => {
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
  const reported: string[] = [];
  const count = await playChaos(parts, 1, (what) => reported.push(what), stopping.signal);
  expect([count, done.length, reported.length]).toEqual([1, 1, 1]);
});

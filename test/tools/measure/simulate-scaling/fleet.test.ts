import { type Assumptions, simulate as simulateOn } from '../../../../tools/measure/simulate-scaling/fleet';
import type { PathSettings } from '../../../../tools/measure/simulate-scaling/path';
import type { ScalingSettings } from '../../../../tools/measure/simulate-scaling/settings';
import { growth, type Scenario, spotAt, tvSpot } from '../../../../tools/measure/simulate-scaling/traffic';

const settings: ScalingSettings = {
  minimum: 2,
  maximum: 60,
  warmupSeconds: 60,
  targetPerMinute: 5000 * 60,
  stepScaling: [],
  schedules: [],
  warmPool: 0,
  spoolBytes: 50 * 2 ** 30,
};
const assumptions: Assumptions = {
  capacity: 10_000,
  bootSeconds: 120,
  warmBootSeconds: 30,
  metricDelay: 60,
  hitBytes: 500,
  streamCeiling: 200e6,
  functionConcurrency: 1000,
  acuDoublingSeconds: 60,
  rowsPerAcu: 1000,
  invocationSeconds: 0.05,
  ingestSeconds: 0.0005,
};
const path: PathSettings = {
  stream: { retentionSeconds: 168 * 3600, readers: 2 },
  ingest: { parallel: 2, batchRecords: 100, batchSeconds: 1, maxAgeSeconds: 144 * 3600 },
  database: { minAcu: 2, maxAcu: 256 },
};
const simulate = (...[scenario, changed, assumed]: [Scenario, ScalingSettings, Assumptions]) =>
  simulateOn(scenario, changed, assumed, path);
/** A stream of one shard takes 2,000 hits a second. */
const oneShard: PathSettings = { ...path, stream: { ...path.stream, shards: 1 } };

const steady = (rate: number, seconds = 3600): Scenario => ({
  name: 'steady',
  title: 'steady',
  seconds,
  demand: () => rate,
  usual: () => rate,
});
const jump = (from: number, to: number): Scenario => ({ ...steady(from, 3600), demand: (second) => (second < 600 ? from : to) });

test('a steady load that fits is served by a steady fleet', () => {
  const outcome = simulate(steady(9000), settings, assumptions);
  expect(outcome).toMatchObject({ refused: 0, secondsOfRefusal: 0, peakServers: 2, hits: 9000 * 3600 });
  expect(outcome.serverHours).toBeCloseTo(2);
});

test('after a jump hits are refused until alarm, delay and boot are over, and none after that', () => {
  const { samples, refused } = simulate(jump(9000, 45_000), settings, assumptions);
  // Three minutes above the target, one until they are seen, two of boot.
  const end = 600 + 180 + 60 + 120;
  expect(refused).toBeGreaterThan((45_000 - 20_000) * (end - 600 - 60));
  expect(refused).toBeLessThan((45_000 - 20_000) * (end - 600 + 60));
  expect(samples.filter(({ second }) => second > end + 60).every((sample) => sample.refused === 0 && sample.servers === 9)).toBe(true);
});

test('the maximum holds, and what is beyond it is refused', () => {
  const { peakServers, samples } = simulate(jump(9000, 100_000), { ...settings, maximum: 5 }, assumptions);
  expect(peakServers).toBe(5);
  expect(samples.at(-1)?.refused).toBeCloseTo(50_000 * 60);
});

test('a fleet that has grown shrinks again, after a quarter of an hour', () => {
  const scenario = { ...steady(9000, 7200), demand: (second: number) => (second >= 600 && second < 2400 ? 45_000 : 9000) };
  const servers = simulate(scenario, settings, assumptions).samples.map((sample) => sample.servers);
  expect(servers[2400 / 60 + 10]).toBe(9);
  expect(servers.at(-1)).toBe(2);
});

test('servers of the warm pool come sooner', () => {
  const cold = simulate(jump(9000, 45_000), settings, assumptions);
  const warm = simulate(jump(9000, 45_000), { ...settings, warmPool: 10 }, assumptions);
  expect(warm.refused).toBeLessThan(cold.refused);
});

test('a schedule has the servers ready before the jump', () => {
  const ready = simulate(jump(9000, 45_000), { ...settings, schedules: [{ second: 300, minimum: 9 }] }, assumptions);
  expect(ready.refused).toBe(0);
});

test('the forecast raises the fleet for what is usual, and not for a surprise', () => {
  const usual = (second: number) => (second < 3600 ? 9000 : 45_000);
  const known: Scenario = { ...steady(9000, 7200), demand: usual, usual };
  expect(simulate(known, settings, assumptions).refused).toBeGreaterThan(0);
  expect(simulate(known, { ...settings, predictiveLead: 300 }, assumptions).refused).toBe(0);
  expect(simulate({ ...known, usual: () => 9000 }, { ...settings, predictiveLead: 300 }, assumptions).refused).toBeGreaterThan(0);
});

test('what the stream does not take waits on the disks, and steps grow the fleet by its age', () => {
  const steps = [
    {
      metric: 'SpoolAge',
      threshold: 60,
      periodSeconds: 60,
      datapoints: 1,
      kind: 'ChangeInCapacity',
      atLeast: 1,
      steps: [{ from: 0, to: Number.POSITIVE_INFINITY, change: 3 }],
    },
  ] as const;
  const outcome = simulateOn({ ...steady(9000), usual: () => 100 }, { ...settings, stepScaling: steps }, assumptions, oneShard);
  expect(outcome.refused).toBe(0);
  // 7,000 of each second wait, and 1,900 of a second leave after the hour.
  expect(outcome.samples.at(-1)?.lag.spool).toBeCloseTo((3600 * 7) / 9, -1);
  expect(outcome.drainedAfter).toBeCloseTo((7000 * 3600) / 1900, -2);
  expect(outcome.bottlenecks[0]).toMatchObject({ limit: 'stream: capacity', second: 1 });
  expect(outcome.peakServers).toBeGreaterThan(2);
});

test('full disks refuse what the stream does not take', () => {
  const small = { ...settings, spoolBytes: 2 ** 20 };
  const { samples, bottlenecks } = simulateOn({ ...steady(9000), usual: () => 100 }, small, assumptions, oneShard);
  expect(samples.at(-1)?.refused).toBeCloseTo((9000 - 2000) * 60);
  expect(bottlenecks.map(({ limit }) => limit)).toContain('servers: disks full');
});

test('the spot is 20 times within a minute, and the growth ends at a million', () => {
  const spot = tvSpot(1000);
  expect(spot.demand(spotAt)).toBeCloseTo(1000);
  expect(spot.demand(spotAt + 60) / spot.usual(spotAt + 60)).toBeCloseTo(20);
  expect(spot.demand(spotAt + 3600) / spot.usual(spotAt + 3600)).toBeLessThan(1.1);
  const { demand, seconds } = growth(1000, 6);
  expect([demand(0), demand(seconds - 1)]).toEqual([1000, 1e6]);
});

test('every accepted hit is stored after a spot, and the oldest age is that of its whole way', () => {
  const { balance, hits, refused, worst, drainedAfter } = simulateOn(tvSpot(1000), settings, assumptions, {
    ...path,
    database: { minAcu: 2, maxAcu: 4 },
  });
  expect(balance.accepted).toBeCloseTo(hits - refused, -1);
  expect(balance.stored + balance.deadLetters + balance.spooled + balance.streaming).toBeCloseTo(balance.accepted, -1);
  expect(balance.deadLetters).toBe(0);
  expect(worst.whole).toBeGreaterThan(worst.spool);
  expect(worst.whole).toBeGreaterThan(600);
  expect(drainedAfter).toBe(0);
});

test('hits that no one stores in time are dead letters, and the run ends a day after the last is deleted', () => {
  const none: PathSettings = {
    stream: { retentionSeconds: 7200, readers: 2 },
    ingest: { ...path.ingest, maxAgeSeconds: 3600 },
    database: { minAcu: 0.1, maxAcu: 0.1 },
  };
  const { balance, drainedAfter, bottlenecks } = simulateOn(steady(1000, 600), settings, assumptions, none);
  expect(drainedAfter).toBeUndefined();
  // 100 of 1,000 a second are stored: the oldest hit is an hour old after 4,000 seconds.
  expect(balance.deadLetters / (900 * (600 + 7200 + 86_400 - 4000))).toBeCloseTo(1, 2);
  expect(bottlenecks[0]?.limit).toBe('database: maximum');
});

// The path of accepted hits: each is stored, a dead letter, or waiting; and each limit that is halved lengthens
// the lag.
import fc from 'fast-check';
import { HitPath, type PathAssumptions, type PathLimit, type PathSettings } from '../../../../tools/measure/simulate-scaling/path';

const settings: PathSettings = {
  stream: { shards: 4, retentionSeconds: 168 * 3600, readers: 1 },
  ingest: { parallel: 2, batchRecords: 100, batchSeconds: 1, maxAgeSeconds: 144 * 3600 },
  database: { minAcu: 2, maxAcu: 16 },
};
const assumptions: PathAssumptions = {
  hitBytes: 1000,
  streamCeiling: 200e6,
  invocationSeconds: 0.05,
  ingestSeconds: 0.0005,
  functionConcurrency: 1000,
  acuDoublingSeconds: 60,
  rowsPerAcu: 500,
};

interface Run {
  readonly path: HitPath;
  readonly worst: { spool: number; stream: number; whole: number };
  readonly limits: ReadonlySet<PathLimit>;
}

function run(rates: readonly number[], changed: Partial<PathSettings> = {}, assumed: Partial<PathAssumptions> = {}, servers = 3): Run {
  const path = new HitPath({ ...settings, ...changed }, { ...assumptions, ...assumed }, { before: 100, peak: 100 });
  const worst = { spool: 0, stream: 0, whole: 0 };
  const limits = new Set<PathLimit>();
  for (const [second, rate] of rates.entries()) {
    for (const limit of path.step(second, rate, servers)) limits.add(limit);
    const lag = path.lag(second);
    for (const name of ['spool', 'stream', 'whole'] as const) worst[name] = Math.max(worst[name], lag[name]);
  }
  return { path, worst, limits };
}

const held = (rate: number, seconds: number): number[] => Array<number>(seconds).fill(rate);
/** A minute of a peak, and an hour after it. */
const peak = (rate: number): number[] => [...held(100, 60), ...held(rate, 120), ...held(100, 3600)];

test('a load below every limit waits nowhere', () => {
  const { worst, limits, path } = run(held(1000, 600), { database: { minAcu: 2, maxAcu: 2 } });
  expect(worst).toEqual({ spool: 0, stream: 0, whole: 0 });
  expect([...limits]).toEqual([]);
  expect(path.stored).toBeCloseTo(600_000);
});

test('the spool keeps what the stream does not take, first in, first out', () => {
  const { worst, limits } = run([...held(8000, 100), ...held(0, 200)], { database: { minAcu: 64, maxAcu: 64 } });
  // 400,000 hits wait after 100 seconds, which the stream takes in another 100; the last waits half of 200 seconds.
  expect(worst.spool).toBeGreaterThanOrEqual(99);
  expect(worst.spool).toBeLessThanOrEqual(101);
  expect(worst.stream).toBe(0);
  expect([...limits]).toEqual(['stream: capacity']);
});

test('a stream on demand takes twice the highest rate of a quarter of an hour ago, up to its ceiling', () => {
  const onDemand = { stream: { ...settings.stream, shards: undefined } };
  const { path } = run(held(30_000, 2000), onDemand, { streamCeiling: 20e6 });
  expect([0, 899, 900, 1799, 1800].map((second) => new HitPathShards(onDemand).at(second))).toEqual([4, 4, 8, 8, 16]);
  expect(path.shards(2000)).toBe(16);
  expect(run(held(30_000, 4000), onDemand, { streamCeiling: 20e6 }).path.shards(4000)).toBe(20);
});

/** The shards of a stream under a load above every one of them. */
class HitPathShards {
  constructor(private readonly changed: Partial<PathSettings>) {}

  at(second: number): number {
    return run(held(30_000, second), this.changed).path.shards(second);
  }
}

test('a shard takes 1,000 records a second, and each server closes two a second', () => {
  // Records of 500 hits, of 10 bytes: the stream has room for bytes, not for records.
  const path = new HitPath(
    { ...settings, stream: { ...settings.stream, shards: 1 } },
    { ...assumptions, hitBytes: 1 },
    { before: 1, peak: 1 },
  );
  expect(path.writable(0, 0)).toBe(500_000);
  expect(path.writable(0, 400)).toBe(100_000);
  expect(path.writable(0, 500)).toBe(0);
});

test('readers share the reads of a shard, so that a stream at its limit keeps the ingest from catching up', () => {
  const database = { minAcu: 64, maxAcu: 64 };
  const slow = { ...settings.ingest, parallel: 10 };
  const behind = (readers: number) => run(held(4000, 600), { database, ingest: slow, stream: { ...settings.stream, readers } });
  expect(behind(2).limits).toEqual(new Set());
  expect([...behind(3).limits]).toEqual(['ingest: reads of the stream']);
});

test('batches are limited by shards, parallel batches, records, and concurrency', () => {
  const database = { minAcu: 64, maxAcu: 64 };
  const one = { ...settings.ingest, parallel: 1, batchRecords: 1 };
  // A batch of one record of 262 hits takes 0.181 s: 1,447 hits a second for each of four.
  expect(run(held(4000, 100), { database, ingest: one }).limits).toEqual(new Set());
  const reserved = run(held(4000, 100), { database, ingest: { ...one, concurrency: 2 } });
  expect([...reserved.limits]).toEqual(['ingest: batches']);
  expect(reserved.path.stored).toBeCloseTo((100 * 2 * 262) / (0.05 + 262 * 0.0005), -3);
  expect([...run(held(4000, 100), { database, ingest: one }, { functionConcurrency: 2 }).limits]).toEqual(['ingest: batches']);
});

test('the database grows with the load, by a doubling a minute, to its maximum', () => {
  const { limits, path } = run(held(4000, 300), { database: { minAcu: 2, maxAcu: 256 } });
  // What waited since is read at twice the rate of the shards.
  expect([...limits]).toEqual(['database: growth', 'ingest: reads of the stream']);
  expect(path.acu).toBeGreaterThanOrEqual(8);
  expect(run(held(4000, 60)).path.acu).toBeCloseTo(4, 1);
  expect([...run(held(4000, 300), { database: { minAcu: 2, maxAcu: 6 } }).limits]).toEqual(['database: growth', 'database: maximum']);
});

test('records that grow too old are dead letters, and are counted', () => {
  const database = { minAcu: 2, maxAcu: 2 };
  const { path, worst } = run(held(2000, 1000), { database, ingest: { ...settings.ingest, maxAgeSeconds: 100 } });
  expect(worst.stream).toBeLessThanOrEqual(100);
  expect(path.deadLetters).toBeGreaterThan(800_000);
  expect(path.stored + path.deadLetters + path.streaming).toBeCloseTo(2_000_000);
  // The retention of the stream ends what no dead letter keeps.
  const short = run(held(2000, 1000), { database, stream: { ...settings.stream, retentionSeconds: 50 } });
  expect(short.worst.stream).toBeLessThanOrEqual(50);
});

test.each<[string, Partial<PathSettings>, Partial<PathSettings>, keyof Run['worst'], number]>([
  ['shards', {}, { stream: { ...settings.stream, shards: 2 } }, 'spool', 6000],
  [
    'parallel batches',
    {
      ingest: { ...settings.ingest, batchRecords: 1, parallel: 2 },
      database: { minAcu: 64, maxAcu: 64 },
      stream: { ...settings.stream, shards: 1 },
    },
    {
      ingest: { ...settings.ingest, batchRecords: 1, parallel: 1 },
      database: { minAcu: 64, maxAcu: 64 },
      stream: { ...settings.stream, shards: 1 },
    },
    'whole',
    900,
  ],
  ['the largest capacity', { database: { minAcu: 2, maxAcu: 8 } }, { database: { minAcu: 2, maxAcu: 4 } }, 'stream', 6000],
  ['the smallest capacity', { database: { minAcu: 4, maxAcu: 16 } }, { database: { minAcu: 2, maxAcu: 16 } }, 'stream', 6000],
])('half of %s lengthens the lag', (_, full, half, stage, rate) => {
  const assumed = { ingestSeconds: 0.002 };
  const [before, after] = [full, half].map((changed) => run(peak(rate), changed, assumed).worst);
  expect(after?.[stage]).toBeGreaterThan((before?.[stage] ?? 0) + 5);
  expect(after?.whole).toBeGreaterThan(before?.whole ?? Number.POSITIVE_INFINITY);
});

test.each<[string, Partial<PathAssumptions>, Partial<PathAssumptions>]>([
  ['the growth of the database', { acuDoublingSeconds: 30 }, { acuDoublingSeconds: 60 }],
  ['the rows of a unit of capacity', { rowsPerAcu: 500 }, { rowsPerAcu: 250 }],
])('half of %s lengthens the lag', (_, full, half) => {
  const [before, after] = [full, half].map((assumed) => run(peak(3500), {}, assumed).worst.whole);
  expect(after).toBeGreaterThan((before ?? Number.POSITIVE_INFINITY) + 5);
});

test('no hit is lost or made, whatever the traffic and the limits; ages add up', () => {
  const traffic = fc.array(fc.nat({ max: 50_000 }), { minLength: 1, maxLength: 200 });
  const limits = fc.record({
    shards: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
    readers: fc.integer({ min: 1, max: 4 }),
    parallel: fc.integer({ min: 1, max: 10 }),
    batchRecords: fc.integer({ min: 1, max: 1000 }),
    maxAgeSeconds: fc.integer({ min: 1, max: 300 }),
    concurrency: fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
    maxAcu: fc.integer({ min: 2, max: 128 }),
    hitBytes: fc.integer({ min: 100, max: 60_000 }),
  });
  fc.assert(
    fc.property(traffic, limits, (rates, { shards, readers, parallel, batchRecords, maxAgeSeconds, concurrency, maxAcu, hitBytes }) => {
      const changed: PathSettings = {
        stream: { ...settings.stream, shards, readers },
        ingest: { ...settings.ingest, parallel, batchRecords, maxAgeSeconds, concurrency },
        database: { minAcu: 2, maxAcu },
      };
      const path = new HitPath(changed, { ...assumptions, hitBytes }, { before: 100, peak: 100 });
      let accepted = 0;
      for (const [second, rate] of rates.entries()) {
        const before = path.stored;
        path.step(second, rate, 3);
        accepted += rate;
        expect(path.stored).toBeGreaterThanOrEqual(before);
        const sum = path.stored + path.deadLetters + path.spooled + path.streaming;
        expect(Math.abs(sum - accepted)).toBeLessThan(1e-6 * (1 + accepted));
        const { spool, stream, whole } = path.lag(second);
        expect(Math.min(spool, stream)).toBeGreaterThanOrEqual(0);
        expect(stream).toBeLessThanOrEqual(maxAgeSeconds);
        expect(whole).toBeGreaterThanOrEqual(Math.max(spool, stream));
        expect(whole).toBeLessThanOrEqual(second);
      }
    }),
    { numRuns: 150 },
  );
});

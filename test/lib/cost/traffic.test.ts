import { type Assumed, assumed } from '../../../lib/cost/assumptions';
import { resourcesOf } from '../../../lib/cost/resources';
import { type Shape, shapeOf } from '../../../lib/cost/shape';
import { type Load, Traffic } from '../../../lib/cost/traffic';
import { asPriced, load, production } from './load';

const shape = { ...shapeOf(resourcesOf(production())), ...asPriced };
const traffic = (of: Load, changes: Partial<Shape> = {}, values: Partial<Assumed> = {}) =>
  new Traffic(of, { ...shape, ...changes }, assumed(values));

test('a load has its requests, connections and bytes', () => {
  const found = traffic(load(2000, 1, { hitsPerRequest: 10 }));
  expect(found.hits).toBe(5_256_000_000);
  expect(found.requests).toBe(525_600_000);
  expect(found.connections).toBe(175_200_000);
  expect(found.hitGb).toBe(5256);
  expect(found.outGb).toBeCloseTo(525.6 * 0.35 + 175.2 * 5, 6);
});

test.each([
  [30, 3],
  [60, 3],
  [90, 4],
  [120, 5],
  [600, 5],
])('a connection that ends after %i idle seconds has %d requests', (idleSeconds, requests) => {
  expect(traffic(load(100), { idleSeconds }).connections).toBeCloseTo(262_800_000 / requests, 6);
});

test.each([
  ['new connections, 25 a second', {}, 6666.67 / 25],
  ['open connections, 3,000', { idleSeconds: 300 }, (4000 * 300) / 3000],
])('capacity units follow %s', (_, changes, lcu) => {
  expect(traffic(load(20_000), changes, { handshakeBytes: 500 }).lcu).toBeCloseTo(lcu, 1);
});

test('capacity units follow bytes, 1 GB an hour, where handshakes or requests are large', () => {
  // 1 kB of a hit, 0.7 kB of headers in, 0.35 kB and a third of 5 kB out.
  expect(traffic(load(20_000)).lcu).toBeCloseTo((20_000 * (1000 + 700 + 350 + 5000 / 3) * 3600) / 1e9, 3);
  // 20 MB/s of hits, and 200 requests a second with 0.7 kB in, 0.35 kB out, and a third of a handshake of 5 kB.
  const bytes = 20_000_000 + 200 * (700 + 350 + 5000 / 3);
  expect(traffic(load(20_000, 1, { hitsPerRequest: 100 })).lcu).toBeCloseTo((bytes * 3600) / 1e9, 3);
});

test.each([
  [0, 3],
  [12_000, 3],
  [12_001, 6],
  [24_000, 6],
  [24_001, 9],
])('%i hits a second need %i servers: 4,000 for each, equal in three zones, three at least', (hits, servers) => {
  expect(traffic(load(hits)).neededServers).toBe(servers);
});

test('the maximum of the template bounds the servers, and hits bound them where requests are few', () => {
  expect(traffic(load(400_000)).servers).toBe(40);
  expect(traffic(load(400_000)).neededServers).toBe(102);
  expect(traffic(load(400_000, 1, { hitsPerRequest: 100 })).neededServers).toBe(21);
});

test.each([
  [100, 'on-demand', 4],
  [20_000, 'on-demand', 40],
  [2000, 'provisioned', 4],
  [20_000, 'provisioned', 24],
] as const)('%i hits a second have in a stream %s %i shards', (hits, streamMode, shards) => {
  expect(traffic(load(hits), { streamMode }).shards).toBe(shards);
});

test('a provisioned stream has the shards of its template', () => {
  expect(traffic(load(20_000), { streamMode: 'provisioned', shards: 7 }).shards).toBe(7);
});

test.each([
  [0, 2],
  [100, 2.5],
  [1050, 5.25],
  [2000, 8],
  [11_000, 12],
  [20_000, 16],
  [29_000, 20],
])('%i hits a second need %d ACU', (hits, acu) => {
  expect(traffic(load(hits), { maxAcu: 128 }).acu).toBeCloseTo(acu, 6);
});

test('the template bounds the capacity', () => {
  expect(traffic(load(29_000)).acu).toBe(16);
  expect(traffic(load(0), { minAcu: 1 }).acu).toBe(1);
  expect(traffic(load(0), { minAcu: 6 }).acu).toBe(6);
  expect(traffic(load(2000)).clusterAcu).toBe(16);
  expect(traffic(load(2000), { loneReaders: 1 }).clusterAcu).toBe(10);
});

describe('the database', () => {
  // 100 hits a second are 262.8 million a month of 1.3 kB: 341.64 GB.
  test.each([
    [1, 10 + 341.64 * 0.5],
    [12, 10 + 341.64 * 11.5],
    [26, 10 + 341.64 * 25.5],
    [60, 10 + 341.64 * 25.5],
  ])('holds hits until the month after keepMonths: month %i', (month, gigabytes) => {
    expect(traffic(load(100, month), { hitsLiveIn: 'database' }).databaseGb).toBeCloseTo(gigabytes, 4);
  });

  test('holds 35 days of hits and the aggregates, if hits are in the lake', () => {
    const days = 730 / 24;
    const window = (341.64 * 35.5) / days;
    // 100 sites, each 100 kB a day.
    const aggregates = 100 * days * 1e-4;
    const found = (month: number) => traffic(load(100, month), { hitsLiveIn: 'lake' }).databaseGb;
    expect(found(1)).toBeCloseTo(10 + 341.64 * 0.5 + aggregates * 0.5, 4);
    expect(found(26)).toBeCloseTo(10 + window + aggregates * 25.5, 4);
  });

  test('is smaller without the visitor index', () => {
    expect(traffic(load(100), { visitorIndex: false }).rowGb).toBeCloseTo(262.8 * 1.2, 4);
  });
});

test.each([
  [60, 60, 87.6, 3],
  [600, 60, 87.6, 2.1],
  // Five requests of a connection instead of three.
  [60, 120, 52.56, 4],
])('flow records at %i s, idle %i s: %d million connections have %d each', (flowSeconds, idleSeconds, connections, records) => {
  expect(traffic(load(100), { flowSeconds, idleSeconds }).flowGb).toBeCloseTo((connections * records * 275) / 1000, 6);
});

test('a batch of five seconds has a fifth of the invocations', () => {
  expect(traffic(load(2000)).invocationsPerSecond).toBe(8);
  expect(traffic(load(2000), { ingestSeconds: 0 }).invocationsPerSecond).toBe(8);
  expect(traffic(load(2000), { ingestSeconds: 5 }).invocationsPerSecond).toBe(1.6);
});

test('without a hit there is no invocation of the ingest', () => {
  expect(traffic(load(0)).ingestConcurrency).toBe(0);
  expect(traffic(load(100)).ingestConcurrency).toBeCloseTo(0.402, 3);
});

describe('the export to the lake', () => {
  test.each([
    // A hundred sites with 26,280,000 hits a day: 262,800 each, in three objects.
    [262_800_000 / 86_400 / 10, 100, 3],
    [100, 10_000, 1],
  ])('writes at %d hits a second of %i sites %i objects of a site and day', (hits, sites, objects) => {
    expect(traffic(load(hits, 1, { sites })).lakeObjects).toBeCloseTo((objects * sites * 730) / 24, 6);
  });

  test('writes and reads nothing without a hit', () => {
    expect(traffic(load(0)).lakeObjects).toBe(0);
    expect(traffic(load(0)).exportPagesPerHit).toBe(0);
  });

  test('reads a page for a run of rows of one site', () => {
    // Of one site, 250 hits of a batch are one run: a page, and 249 rows of 1.2 kB in pages of 8 KiB.
    expect(traffic(load(2000, 1, { sites: 1 })).exportPagesPerHit).toBeCloseTo((1 + (249 * 1200) / 8192) / 250, 6);
    // Of 200 sites, 250 hits are of 142.9 sites.
    const run = 250 / (200 * (1 - 0.995 ** 250));
    expect(traffic(load(2000, 1, { sites: 200 })).exportPagesPerHit).toBeCloseTo((1 + ((run - 1) * 1200) / 8192) / run, 6);
    expect(traffic(load(2000, 1, { sites: 100_000 })).exportPagesPerHit).toBeCloseTo(1, 2);
    expect(traffic(load(1, 1, { sites: 1 })).exportPagesPerHit).toBe(1);
  });

  test('encodes 76,842 rows a second of processor time, and reads 20,000', () => {
    expect(traffic(load(1)).exportSecondsPerHit).toBeCloseTo(1 / 15_869.6, 9);
  });
});

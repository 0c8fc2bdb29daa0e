// Each lever against a saving computed by hand, at a load where it matters.
import { type Changes, estimate } from '../../../lib/cost/estimate';
import { cheapest, levers, pulled, savings } from '../../../lib/cost/levers';
import { asPriced, load, production, sum } from './load';

const stacks = production();
const database: Changes = { shape: { ...asPriced, hitsLiveIn: 'database' } };
const lake: Changes = { shape: { ...asPriced, hitsLiveIn: 'lake' } };

const saving = (name: string, hits: number, month = 1, base = database): number =>
  savings(stacks, load(hits, month), base).find(({ lever }) => lever.name === name)?.usd ?? Number.NaN;

test.each([
  // ../shared/data/prices.md: 115 instead of 974; 703 instead of 9,476; 111 instead of 76.
  ['provisioned-stream', 2000, 1, 974 - 115],
  // With 48 in place of 80 invocations of the ingest a second.
  ['provisioned-stream', 20_000, 1, 9476 - 703 + 32 * 2.628 * (0.2 + 0.043 * 13.3334)],
  ['provisioned-stream', 100, 1, 76 - 111],
  // 4,820 instead of 9,476.
  ['advantage-stream', 20_000, 1, 9476 - 4822],
  // A page read of each hit, and 0.1 of 1.3 kB.
  ['no-visitor-index', 20_000, 1, 52_560 * 0.22 + 0.5 * 5256 * 0.119],
  ['one-acu-floor', 0, 1, 2 * 0.14 * 730],
  ['small-reader', 2000, 1, 6 * 0.14 * 730 + 6 * 0.018 * 730],
  // I/O of 1,619 against a third of the capacity and 1.3 of the storage.
  ['io-optimized', 2000, 1, 1618.8 - 1635.2 / 3 - 407.7 * 1.3],
  // 31,536 against a load balancer, three addresses and a trust store.
  ['waf-at-cloudflare', 20_000, 1, 31_536 - (0.02646 + 3 * 0.005 + 0.005) * 730],
  // 2.1 instead of 3 records, in Parquet, and their storage: half a month, 8 : 1.
  ['slow-flow-records', 20_000, 1, 0.9 * 17_520 * 0.275 * (0.285 + (0.5 * 0.024) / 8)],
  // Half of the handshakes with a tenth of the bytes: 2.25 of 5 kB, in the tier of 0.07 and the one below.
  ['session-resumption', 100, 1, 87.6 * 2.25 * 0.09],
])('%s at %i hits a second, month %i', (name, hits, month, expected) => {
  const found = saving(name, hits, month);
  expect(Math.abs(found - expected)).toBeLessThan(Math.max(1.5, Math.abs(expected) * 0.01));
});

test('batches of ten bring the first month of 2,000 a second to about 7,640', () => {
  const { usd } = estimate(stacks, load(2000), { ...database, load: { hitsPerRequest: 10 } });
  // The access stack came since, and the archive was in its steady state.
  expect(Math.abs((usd - 202 + 220) / 7640 - 1)).toBeLessThan(0.015);
});

test('a longer idle timeout saves handshakes, and with it bytes of the load balancer', () => {
  const base = estimate(stacks, load(20_000), database);
  const longer = estimate(stacks, load(20_000), pulled(stacks, load(20_000), ['longer-keep-alive'], database));
  // Bytes: 1 kB and 0.7 kB in, 0.35 kB and a fifth of 5 kB out. 4,000 connections a second of 120 s are 160 units.
  expect(longer.traffic.lcu).toBeCloseTo((20_000 * 3050 * 3600) / 1e9, 6);
  expect(longer.usd).toBeLessThan(base.usd);
});

describe('the lake', () => {
  test('is column files for 25 months, delivered as Iceberg, with queries of each site', () => {
    const found = estimate(stacks, load(2000, 26), lake);
    // 150 of 1,000 bytes: 788.4 GB a month.
    expect(sum(found, 'S3::Bucket', /^lake$/)).toBeCloseTo(788.4 * 25.5 * 0.024, 4);
    expect(sum(found, 'S3::Bucket', /compaction/)).toBeCloseTo(788.4 * 0.02 * 0.44, 4);
    expect(sum(found, 'KinesisFirehose::DeliveryStream')).toBeCloseTo(5256 * 0.075, 4);
    // 100 sites, five queries a day over a fifth of 30 days.
    expect(sum(found, 'S3::Bucket', /queries/)).toBeCloseTo((5 * (730 / 24) * 788.4 * (30 / (730 / 24)) * 0.2 * 5) / 1000, 4);
    expect(sum(found, 'S3::Bucket', /archived/)).toBe(0);
    // 15,208 queries, 30 days, four reads.
    const reads = 100 * 5 * (730 / 24) * 30 * 4;
    expect(sum(found, 'S3::Bucket', /reads/)).toBeCloseTo((reads / 10_000) * 0.0042, 6);
    expect(sum(found, 'CloudTrail::Trail', /data events/)).toBeCloseTo(((reads + 16 * 8760) / 100_000) * 0.1, 6);
    // 16 partitions, each five minutes; 0.0053 for 1,000 files.
    expect(sum(found, 'S3::Bucket', /files written/)).toBeCloseTo(16 * 8.76 * 0.0053, 6);
  });

  test('a query bills 10 MB at least', () => {
    const found = estimate(stacks, load(1, 26, { sites: 10_000 }), lake);
    expect(sum(found, 'S3::Bucket', /queries/)).toBeCloseTo((10_000 * 5 * (730 / 24) * 0.01 * 5) / 1000, 4);
  });

  test.each([
    // 22.54 of 25.5 months in the cold class.
    ['cold-lake', 788.4 * (25.5 - (90 * 24) / 730) * (0.024 - 0.004)],
    ['ingest-delivery', 5256 * 0.075],
    ['parquet-delivery', 5256 * (0.075 - 0.035 - 0.02 - 0.021) - 0.876 * 5],
    ['s3-tables', 788.4 * 25.5 * (0.024 - 0.0265 - 0.025 / 128) + 788.4 * (0.02 * 0.44 - 0.005) - 0.14 * 0.002 * 1000],
    ['short-window', 2000 * 86_400 * 21 * 1300e-9 * 0.119],
  ])('%s', (name, expected) => {
    expect(Math.abs(saving(name, 2000, 26, lake) - expected)).toBeLessThan(Math.max(1.5, Math.abs(expected) * 0.01));
  });

  test('its levers do not apply where hits are in the database', () => {
    const names = savings(stacks, load(2000), database).map(({ lever }) => lever.name);
    for (const name of ['cold-lake', 's3-tables', 'parquet-delivery', 'ingest-delivery', 'short-window']) expect(names).not.toContain(name);
  });
});

test.each(levers.map((lever) => [lever.name, lever] as const))('%s applies once, and names what it gives up', (name, lever) => {
  const once = pulled(stacks, load(2000, 26), [name], lake);
  expect(lever.changes(estimate(stacks, load(2000, 26), lake))).toBeDefined();
  expect(lever.changes(estimate(stacks, load(2000, 26), once))).toBeUndefined();
  expect(lever.givesUp.length).toBeGreaterThan(20);
});

test('savings are sorted, and the cheapest set is cheaper than each of its levers', () => {
  const all = savings(stacks, load(2000, 26), lake);
  expect(all.map(({ usd }) => usd)).toEqual(all.map(({ usd }) => usd).sort((one, other) => other - one));
  const names = cheapest(stacks, load(2000, 26), lake);
  const base = estimate(stacks, load(2000, 26), lake).usd;
  const best = base - estimate(stacks, load(2000, 26), pulled(stacks, load(2000, 26), names, lake)).usd;
  expect(best).toBeGreaterThan(all[0]?.usd ?? Number.POSITIVE_INFINITY);
  expect(names).not.toContain('io-optimized');
  expect(names).not.toContain('advantage-stream');
});

// Each lever against a saving computed by hand, at a load where it matters.
import { type Changes, estimate } from '../../../lib/cost/estimate';
import { cheapest, levers, pulled, savings } from '../../../lib/cost/levers';
import { asPriced, asPricedBefore, load, production } from './load';

/** Without the backups, which came since. */
const stacks = production().filter(({ name }) => !/-(?:backup|recovery)$/.test(name));
const database = asPricedBefore;
const lake: Changes = { shape: asPriced };

const saving = (name: string, hits: number, month = 1, base = database): number =>
  savings(stacks, load(hits, month), base).find(({ lever }) => lever.name === name)?.usd ?? Number.NaN;

test.each([
  // ../shared/data/prices.md: 115 instead of 974; 703 instead of 9,476; 111 instead of 76.
  ['provisioned-stream', 2000, 1, 974 - 115],
  // 40 in place of 24 shards, each with its retention, and as many invocations of the ingest as on demand.
  ['provisioned-stream', 20_000, 1, 9476 - 703 - 16 * (0.018 + 0.02) * 730],
  ['following-shards', 2000, 1, 974 - 115],
  // With 48 in place of 80 invocations of the ingest a second.
  ['following-shards', 20_000, 1, 9476 - 703 + 32 * 2.628 * (0.2 + 0.043 * 13.3334)],
  ['provisioned-stream', 100, 1, 76 - 111],
  // 4,820 instead of 9,476.
  ['advantage-stream', 20_000, 1, 9476 - 4822],
  // A page read of each hit, and 0.1 of 1.3 kB.
  ['no-visitor-index', 20_000, 1, 52_560 * 0.22 + 0.5 * 5256 * 0.119],
  ['one-acu-floor', 0, 1, 2 * 0.14 * 730],
  ['small-reader', 2000, 1, 6 * 0.14 * 730 + 6 * 0.018 * 730],
  // I/O of 1,619 against a third of the capacity and 1.3 of the storage.
  ['io-optimized', 2000, 1, 1618.8 - 1635.2 / 3 - 407.7 * 1.3],
  // 31,536 against a trust store.
  ['waf-at-cloudflare', 20_000, 1, 31_536 - 0.005 * 730],
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

test('longer batches save invocations of the ingest, and pages that the export reads', () => {
  const pages = (batch: number) => {
    const run = batch / (100 * (1 - 0.99 ** batch));
    return (1 + ((run - 1) * 1200) / 8192) / run;
  };
  // 6.4 of 8 invocations a second, each 0.043 s of 1 GB.
  const ingest = 6.4 * 2.628 * (0.2 + 0.043 * 13.3334);
  expect(saving('longer-batches', 2000, 26, lake)).toBeCloseTo(ingest + 5256 * 0.22 * (pages(250) - pages(1250)), 4);
  expect(saving('longer-batches', 2000, 26, database)).toBeCloseTo(ingest, 4);
});

test('the window has 32 days at the least', () => {
  expect(Math.abs(saving('short-window', 2000, 26, lake) - 2000 * 86_400 * 3 * 1300e-9 * 0.119)).toBeLessThan(1.5);
  expect(savings(stacks, load(2000), { shape: { hotDays: 32 } }).map(({ lever }) => lever.name)).not.toContain('short-window');
  expect(savings(stacks, load(2000), database).map(({ lever }) => lever.name)).not.toContain('short-window');
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

test('no lever saves more beside the cheapest set, one that saves beside later levers alone included', () => {
  const many = load(2000, 26, { sites: 10_000 });
  const usd = (names: readonly string[]) => estimate(stacks, many, pulled(stacks, many, names, lake)).usd;
  const names = cheapest(stacks, many, lake);
  expect(names.at(-1)).toBe('io-optimized');
  for (const { name } of levers.filter((lever) => !names.includes(lever.name)))
    expect(usd([...names, name])).toBeGreaterThan(usd(names) - 1);
});

import { beforeLake } from '../../../lib/cost/before-lake';
import type { Changes } from '../../../lib/cost/estimate';
import { estimate } from '../../../lib/cost/estimate';
import { isPossible, limitsOf, quotasToRaise } from '../../../lib/cost/limits';
import { scale } from '../../../lib/cost/scale';
import { load, production } from './load';

const stacks = production();
const database = beforeLake(25);
const lake: Changes = {};
const limits = (changes: Changes) =>
  Object.fromEntries(
    limitsOf(estimate(stacks, load(100, 26), changes)).map(({ name, hitsPerSecond }) => [name, Math.round(hitsPerSecond)]),
  );

test('a database of 25 months is full at 3,231 hits a second, one of 35 days at about 70,000', () => {
  // 256 TiB, 1.3 kB, 25.5 months.
  expect(limits(database)['database: volume of 256 TiB with 25 months']).toBe(Math.round(281_474.976e9 / (1300 * 2_628_000 * 25.5)));
  expect(limits(lake)['database: volume of 256 TiB with 35 days']).toBe(Math.round(281_474.976e9 / (1300 * 86_400 * 35.5)));
});

test('each part of the templates has its limit', () => {
  expect(limits(lake)).toMatchObject({
    'servers: 40 at the target of scaling': 160_000,
    'load balancer: 1000 targets': 4_000_000,
    'stream: 200 MB/s on demand': 200_000,
    'ingest: 1000 concurrent executions': Math.round(1000 / ((0.004 / 5) * 0.043 + 0.00058)),
    'database: 16 ACU (assumed)': 20_000,
    'database: 58,000 rows a second of one writer': 58_000,
    // Six at once; 76,842 rows are encoded and 20,000 are read in a second each.
    'lake: exports of 360 minutes in each hour': Math.round(6 / (1 / 76_842 + 1 / 20_000)),
  });
  expect(Object.keys(limits(database)).join()).not.toContain('lake:');
});

test('a remedy sends no hit past the window, from which the lake has its rows, and raises what the template limits', () => {
  const remedies = Object.fromEntries(
    limitsOf(estimate(stacks, load(100, 26), lake)).map(({ name, remedy }) => [name.split(':')[0], remedy]),
  );
  const ofWriter = limitsOf(estimate(stacks, load(100, 26), lake)).find(({ name }) => name.includes('one writer'))?.remedy;
  expect(ofWriter).toBe('divide the sites among deployments: each hit is in the database before it is in the lake');
  expect(remedies.lake).toContain('raise the reserved concurrency of lake-export');
});

test('a provisioned stream ends with its shards, a larger capacity of the database later', () => {
  const provisioned = limits({ shape: { streamMode: 'provisioned', shards: 6, maxAcu: 32 } });
  expect(provisioned['stream: 6 shards']).toBe(6000);
  expect(provisioned['stream: 200 MB/s on demand']).toBeUndefined();
  expect(provisioned['database: 32 ACU (assumed)']).toBe(56_000);
  expect(limits({ shape: { maxAcu: 8 } })['database: 8 ACU (assumed)']).toBe(2000);
});

test('2,000 hits a second fit into the database after 25 months, 20,000 do not, and fit into the lake', () => {
  const possible = (hits: number, changes: Changes) => isPossible(estimate(stacks, load(hits, 26), changes));
  expect([possible(2000, database), possible(20_000, database), possible(20_000, lake)]).toEqual([true, false, true]);
  // Two to four months of 68 TB, as in ../shared/data/prices.md.
  const months = [1, 2, 3, 4, 5, 6].filter((month) => isPossible(estimate(stacks, load(20_000, month), database)));
  expect(months.at(-1)).toBe(4);
});

describe('the scale', () => {
  const rows = scale(stacks, { sites: 200, hitsPerRequest: 1, month: 26 }, lake);
  const row = (hits: number) => rows.find(({ hitsPerSecond }) => hitsPerSecond === hits);

  test('has the sizes of each part', () => {
    expect(row(20_000)).toMatchObject({ servers: 6, shards: 40, acu: 16, megabytesPerSecond: 20, crossZoneGb: (52_560 * 2) / 3 });
    expect(row(200_000)).toMatchObject({ servers: 51, shards: 400, possible: false });
    expect(row(20_000)?.lakeTb).toBeCloseTo(52.56 * 0.1 * 25.5, 6);
    expect(row(1_000_000)?.acu).toBe(256);
  });

  test('names the first bottleneck, those after it, and the next limit', () => {
    expect(row(2000)?.exceeded).toEqual([]);
    expect(row(2000)?.next?.name).toBe('database: 16 ACU (assumed)');
    expect(row(20_000)?.exceeded).toEqual([]);
    expect(row(20_000)?.next?.name).toBe('database: 16 ACU (assumed)');
    expect(row(1_000_000)?.exceeded.map(({ name }) => name)).toEqual([
      'database: 16 ACU (assumed)',
      'database: 58,000 rows a second of one writer',
      'database: volume of 256 TiB with 35 days',
      'lake: exports of 360 minutes in each hour',
      'servers: 40 at the target of scaling',
      'stream: 200 MB/s on demand',
    ]);
  });

  test('lists the quotas', () => {
    expect(row(1_000_000)?.quotas).toEqual(['stream: 200 MB/s on demand', 'vCPUs of On-Demand Standard instances: 504 at least']);
    const many = estimate(stacks, load(100, 1, { sites: 501 }), database);
    expect(quotasToRaise(many)).toContain('delivery: 500 active partitions');
    expect(quotasToRaise(estimate(stacks, load(100, 1, { sites: 501 }), lake))).not.toContain('delivery: 500 active partitions');
  });
});

// The lines of the lake of production, against figures computed by hand.
import { objectLimits } from '../../../lambda/lake/lake-export/limits';
import { assumptions } from '../../../lib/cost/assumptions';
import { beforeLake } from '../../../lib/cost/before-lake';
import { estimate } from '../../../lib/cost/estimate';
import { load, production, sum } from './load';

const stacks = production();
// 5,256 million hits of 1 kB in a month; 100 of 1,000 bytes in the lake.
const found = estimate(stacks, load(2000, 26));
const days = 730 / 24;
// 100 sites with 1,728,000 hits a day: 18 objects of 100,000 rows.
const objects = 100 * days * 18;

test.each([
  ['lake', 'S3::Bucket', /^lake$/, (525.6 * 30 * 0.024) / days],
  ['lake, unread for 30 days', 'S3::Bucket', /^lake, unread for 30 days$/, (525.6 * 60 * 0.0125) / days],
  ['lake, unread for 90 days', 'S3::Bucket', /^lake, unread for 90 days$/, 525.6 * (25.5 - 90 / days) * 0.004],
  ['monitored objects', 'S3::Bucket', /^lake, monitored/, ((objects * 25.5) / 1000) * 0.0025],
  ['transitions', 'S3::Bucket', /^lake, transitions/, (objects / 1000) * 0.01],
  ['objects written', 'S3::Bucket', /^lake, objects/, (objects / 1000) * 0.0053],
  ['days examined', 'S3::Bucket', /^lake, days examined$/, ((100 * days) / 1000) * 0.0053],
  ['digests read', 'S3::Bucket', /^lake, digests read$/, (objects / 10_000) * 0.0042],
  ['raw hits of 14 days', 'S3::Bucket', /^raw hits$/, (1051.2 * 14 * 0.024) / days],
  ['their versions of 7 days', 'S3::Bucket', /^raw hits, versions$/, (1051.2 * 7 * 0.024) / days],
  // Both again in the other region.
  ['time control', 'S3::Bucket', /^replication, time control$/, (1051.2 + 525.6) * 0.015],
  ['transfer to the other region', 'S3::Bucket', /^replication, transfer$/, (1051.2 + 525.6) * 0.02],
  ['replicated objects', 'S3::Bucket', /^replication, objects/, ((5_256_000 / 64 + objects) / 1000) * 0.0053],
  ['metrics of replication', 'S3::Bucket', /^replication, metrics$/, 3 * 4 * 0.3],
  ['replica of raw hits', 'S3::Bucket', /^replica of raw hits$/, (1051.2 * 14 * 0.024) / days],
  ['replica of the lake', 'S3::Bucket', /^replica of the lake, unread for 90 days$/, 525.6 * (25.5 - 90 / days) * 0.004],
  ['delivery by hour', 'KinesisFirehose::DeliveryStream', /./, 5256 * 0.035],
  // 15,870 hits a second with 2 GB.
  ['export', 'Lambda::Function', /^export/, 5256e6 * (1 / 76_842 + 1 / 20_000) * 2 * 0.0000133334],
  ['I/O of the export', 'RDS::DBCluster', /I\/O of the export/, 5256 * 0.22 * found.traffic.exportPagesPerHit],
  // An object of the delivery each 64 MB, rather than each five minutes. Those of the lake are written and examined.
  ['data events', 'CloudTrail::Trail', /data events/, ((5_256_000 / 64 + 2 * objects) / 100_000) * 0.1],
] as const)('%s', (_, type, item, usd) => {
  expect(usd).toBeGreaterThan(0);
  expect(sum(found, type, item)).toBeCloseTo(usd, 6);
});

test('objects below 128 kB stay in S3 Standard, and are not monitored', () => {
  // 864 hits of a site and day: 86 kB.
  const small = estimate(stacks, load(100, 26, { sites: 10_000 }));
  expect(sum(small, 'S3::Bucket', /^lake, small objects/)).toBeCloseTo(26.28 * 25.5 * 0.024, 6);
  expect(small.lines.filter(({ item }) => /^lake(, (unread|monitored|transitions).*)?$/.test(item))).toEqual([]);
  expect(sum(small, 'S3::Bucket', /^lake, objects/)).toBeCloseTo(10 * 1000 * days * 0.001 * 0.0053, 6);
});

test('before the lake there is neither an export nor an object of it', () => {
  const before = estimate(stacks, load(2000, 26), beforeLake(25));
  expect(before.lines.filter(({ item }) => /lake/.test(item))).toEqual([]);
});

test('without a hit the lake is empty', () => {
  expect(sum(estimate(stacks, load(0, 26)), 'S3::Bucket', /^lake/)).toBe(0);
});

test('an object has as many rows as the export admits', () => {
  expect(assumptions.lakeRows.value).toBe(objectLimits.rows);
});

test('backups of the database are within the free allowance by an assumption, which can be replaced', () => {
  expect(assumptions.billedBackups).toMatchObject({ value: 0, meaning: expect.stringMatching(/free allowance, which equals its size/) });
  expect(sum(found, 'RDS::DBCluster', /^backups/)).toBe(0);
  const half = estimate(stacks, load(2000, 26), { assumed: { billedBackups: 0.5 } });
  expect(sum(half, 'RDS::DBCluster', /^backups/)).toBeCloseTo(half.traffic.databaseGb * 0.5 * 0.021, 6);
});

test('the export has the time of the runs that the template admits at once', () => {
  const resources = stacks.flatMap(({ template }) => Object.values(template.Resources ?? {}));
  const properties = resources.map(({ Properties }) => Properties as Record<string, unknown> | undefined);
  const lambda = properties.find((each) => String(each?.FunctionName).endsWith('-lake-export'));
  expect(assumptions.exportSeconds.value).toBe(Number(lambda?.ReservedConcurrentExecutions) * 3600);
});

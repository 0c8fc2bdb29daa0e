// Metrics: quantiles, the text for Prometheus, health, and the published metrics.
import type { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { Publisher } from '../../../services/collector/cloudwatch';
import { healthOf } from '../../../services/collector/health';
import { Latency } from '../../../services/collector/latency';
import { Metrics } from '../../../services/collector/metrics';

test('quantiles are at most a tenth too high', () => {
  const latency = new Latency();
  for (let value = 1; value <= 1000; value++) latency.observe(value / 10);
  for (const share of [0.01, 0.5, 0.9, 0.99, 1]) {
    const exact = share * 100;
    expect(latency.quantile(share)).toBeGreaterThanOrEqual(exact * 0.999);
    expect(latency.quantile(share)).toBeLessThanOrEqual(exact * 1.101);
  }
  expect([latency.count, Math.round(latency.sum)]).toEqual([1000, 50_050]);
});

test('durations beyond the scale count at its ends, and no durations give 0', () => {
  const latency = new Latency();
  expect(latency.quantile(0.5)).toBe(0);
  for (const value of [0, -1, 1e9]) latency.observe(value);
  expect(latency.quantile(0.5)).toBeCloseTo(0.05);
  expect(latency.quantile(1)).toBeGreaterThan(60_000);
});

test('quantiles cover the present and the last minute', () => {
  const latency = new Latency();
  latency.observe(50);
  latency.rotate();
  expect(latency.quantile(0.5)).toBeGreaterThan(45);
  latency.rotate();
  expect(latency.quantile(0.5)).toBe(0);
});

test('the text is in the exposition format', () => {
  const metrics = new Metrics();
  metrics.answered(204, 2);
  metrics.answered(503, 1);
  metrics.kept(3);
  metrics.repaired('url:cut');
  metrics.repaired('url:cut');
  metrics.rejected('too-long');
  metrics.refuse('full', 2);
  metrics.addGauge('spool_bytes', 'Bytes in the spool.', () => 7);
  metrics.addGauge('retries_total', 'Records sent again.', () => 1);
  const lines = metrics.text().split('\n');
  expect(lines.at(-1)).toBe('');
  for (const line of lines.slice(0, -1)) expect(line).toMatch(/^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="[\w.:-]+"\})? [\d.]+)$/);
  expect(lines).toEqual(
    expect.arrayContaining([
      'collector_requests_total{status="204"} 1',
      'collector_rejects_total{reason="full"} 2',
      'collector_repairs_total{repair="url:cut"} 2',
      'collector_hits_total 3',
      'collector_spool_bytes 7',
      '# TYPE collector_spool_bytes gauge',
      '# TYPE collector_retries_total counter',
    ]),
  );
  expect([metrics.requests, metrics.hits, metrics.refused]).toEqual([2, 3, 2]);
});

const well = {
  spool: { refusal: undefined, array: 'whole', segments: { asideBytes: 0 } },
  sites: { isReady: true, notReady: 0, age: 0 },
  delivery: { trouble: undefined },
  clock: { isWrong: false, offset: 59_000 },
} as const;

test.each([
  ['all is well', {}, true, []],
  ['the spool is full', { spool: { ...well.spool, refusal: 'full' } }, false, ['spool: full']],
  ['there is no snapshot', { sites: { ...well.sites, isReady: false } }, false, ['sites: no snapshot yet']],
  ['the mirror lacks a disk', { spool: { ...well.spool, array: 'degraded' } }, true, ['array: degraded']],
  ['data is set aside', { spool: { ...well.spool, segments: { asideBytes: 9 } } }, true, ['spool: damaged or refused hits are set aside']],
  ['a key is missing', { sites: { ...well.sites, notReady: 2 } }, true, ['sites: 2 without key']],
  ['the snapshot is old', { sites: { ...well.sites, age: 600_001 } }, true, ['sites: no snapshot read for ten minutes']],
  ['the clock is ahead', { clock: { isWrong: true, offset: 3_600_400 } }, true, ['clock: 3600 seconds ahead']],
  ['the clock is behind', { clock: { isWrong: true, offset: -61_000 } }, true, ['clock: 61 seconds behind']],
  ['the stream is away', { delivery: { trouble: 'away' } }, true, ['stream: accepts no records']],
] as const)('health when %s', (_, part, ok, reasons) => {
  expect(healthOf({ ...well, ...part })).toEqual({ ok, reasons });
});

describe('published every minute', () => {
  const figures = { spoolAge: 1.5, spoolBytes: 10, refused: 3, requests: 100, arrayDegraded: true, clockOffset: 61.5 };
  /** A mock of CloudWatch: keeps what it is sent, or fails. */
  const cloudWatch = { sent: [] as PutMetricDataCommand['input'][], failing: false };
  const client = {
    send: async (command: PutMetricDataCommand) => {
      if (cloudWatch.failing) throw new Error('away');
      cloudWatch.sent.push(command.input);
      return {};
    },
  };
  const events: string[] = [];
  const publisher = (group?: string) =>
    new Publisher({
      ...{ client: client as never, namespace: 'Rempart', group, figures: () => figures, report: (event) => void events.push(event) },
    });
  const values = () => Object.fromEntries((cloudWatch.sent.at(-1)?.MetricData ?? []).map(({ MetricName, Value }) => [MetricName, Value]));

  test('counts are the increase since the last publication; a failure is logged and repeated', async () => {
    const one = publisher();
    await one.publish();
    expect(values()).toEqual({ SpoolAge: 1.5, SpoolBytes: 10, Refused: 3, Requests: 100, ArrayDegraded: 1, ClockOffset: 61.5 });
    cloudWatch.failing = true;
    figures.requests = 150;
    await one.publish();
    expect(events).toEqual(['metrics-not-published']);
    cloudWatch.failing = false;
    figures.requests = 175;
    await one.publish();
    expect(values()).toMatchObject({ Requests: 75, Refused: 0 });
    one.close();
  });

  test('the group is the only dimension', async () => {
    const one = publisher('collectors');
    await one.publish();
    const dimensions = cloudWatch.sent.at(-1)?.MetricData?.map(({ Dimensions }) => Dimensions);
    expect(dimensions).toEqual(Array(6).fill([{ Name: 'AutoScalingGroupName', Value: 'collectors' }]));
    one.close();
  });
});

// The collector's metrics, in the format of its own program.
import { Metrics } from '../../../../services/collector/metrics';
import { parseMetrics } from '../../../../tools/twin/parts/metrics';

test('the metrics of the collector are read', () => {
  const metrics = new Metrics();
  metrics.kept(7);
  metrics.answered(204, 3);
  metrics.addGauge('spool_bytes', 'Bytes in the spool.', () => 4711);
  const values = parseMetrics(metrics.text());
  expect(values.get('collector_hits_total')).toBe(7);
  expect(values.get('collector_spool_bytes')).toBe(4711);
  expect(values.get('collector_requests_total{status="204"}')).toBe(1);
  expect(values.get('collector_latency_seconds{quantile="0.5"}')).toBeGreaterThan(0);
});

test('lines that are no metric are ignored', () => {
  expect(parseMetrics('# HELP x\n\nnonsense\n<html>').size).toBe(0);
});

// Values in `/metrics` besides the counters of requests.
import type { Clock } from './clock/clock';
import type { Forwarder } from './forward/forwarder';
import type { HttpServer } from './http/server';
import type { Metrics } from './metrics';
import type { LiveDirectory } from './sites/live-directory';
import type { Spool } from './spool/spool';

export interface GaugeSources {
  readonly spool: Spool;
  readonly sites: LiveDirectory;
  readonly forwarder: Forwarder;
  readonly server: HttpServer;
  readonly clock: Clock;
}

export function registerGauges(metrics: Metrics, { spool, sites, forwarder, server, clock }: GaugeSources): void {
  const { counts, delivery } = forwarder;
  const gauges: readonly (readonly [string, string, () => number])[] = [
    ['connections', 'Open connections.', () => server.connections],
    ['unfinished_bytes', 'Bytes of unfinished headers and bodies.', () => server.unfinishedBytes],
    ['spool_bytes', 'Bytes in the spool.', () => spool.bytes],
    ['spool_aside_bytes', 'Bytes set aside: damaged segments and refused records.', () => spool.segments.asideBytes],
    ['spool_segments', 'Segments waiting for the stream.', () => spool.segments.count],
    ['spool_age_seconds', 'Wait of the oldest hit for the stream.', () => spool.age / 1000],
    ['spool_refusing', '1 while hits are refused.', () => Number(spool.refusal !== undefined)],
    ['clock_offset_seconds', 'Clock minus the time of AWS, from the Date of its responses.', () => clock.offset / 1000],
    ['array_degraded', '1 while the array lacks a disk.', () => Number(spool.array !== 'whole')],
    ['forward_hits_total', 'Hits put on the stream, including repeated ones after a crash.', () => counts.hits],
    ['forward_records_total', 'Records put on the stream.', () => delivery.counts.records],
    ['forward_bytes_total', 'Bytes put on the stream.', () => delivery.counts.bytes],
    ['forward_calls_total', 'Calls to the stream.', () => delivery.counts.calls],
    ['forward_retries_total', 'Repeated records.', () => delivery.counts.retries],
    ['forward_throttled_total', 'Calls throttled in whole or in part.', () => delivery.counts.throttled],
    ['forward_refused_total', 'Records that the stream rejected permanently.', () => delivery.counts.refused],
    ['spool_torn_bytes_total', 'Bytes of interrupted writes.', () => counts.tornBytes],
    ['spool_damaged_bytes_total', 'Bytes that changed on the disk.', () => counts.damagedBytes],
    ['sites', 'Sites in the snapshot.', () => sites.size],
    ['sites_not_ready', 'Sites without their key.', () => sites.notReady],
    ['snapshot_failures_total', 'Snapshots that were invalid, older, or could not be read.', () => sites.counts.snapshotFailures],
    ['key_failures_total', 'Keys that could not be read.', () => sites.counts.keyFailures],
  ];
  for (const [name, help, read] of gauges) metrics.addGauge(name, help, read);
}

// What `/metrics` tells beside the counts of requests.
import type { Forwarder } from './forward/forwarder';
import type { HttpServer } from './http/server';
import type { Metrics } from './metrics';
import type { LiveDirectory } from './sites/live-directory';
import type { Spool } from './spool/spool';

export interface Watched {
  readonly spool: Spool;
  readonly sites: LiveDirectory;
  readonly forwarder: Forwarder;
  readonly server: HttpServer;
}

export function watchAll(metrics: Metrics, { spool, sites, forwarder, server }: Watched): void {
  const { counts, delivery } = forwarder;
  const age = () => (spool.oldest === undefined ? 0 : Math.max(0, Date.now() - spool.oldest) / 1000);
  const list: readonly (readonly [string, string, () => number])[] = [
    ['connections', 'Connections open.', () => server.connections],
    ['spool_bytes', 'Bytes in the spool.', () => spool.bytes],
    ['spool_aside_bytes', 'Bytes kept aside for people: damaged segments, refused records.', () => spool.segments.asideBytes],
    ['spool_segments', 'Segments that wait for the stream.', () => spool.segments.count],
    ['spool_age_seconds', 'Time that the oldest hit has waited for the stream.', age],
    ['spool_refusing', 'Whether hits are refused.', () => Number(spool.refusal !== undefined)],
    ['array_degraded', 'Whether the mirror lacks a disk.', () => Number(spool.array !== 'whole')],
    ['forward_hits_total', 'Hits that the stream took, again after a crash.', () => counts.hits],
    ['forward_records_total', 'Records that the stream took.', () => delivery.counts.records],
    ['forward_bytes_total', 'Bytes of those.', () => delivery.counts.bytes],
    ['forward_calls_total', 'Calls to the stream.', () => delivery.counts.calls],
    ['forward_retries_total', 'Records sent again.', () => delivery.counts.retries],
    ['forward_throttled_total', 'Calls throttled, in whole or in part.', () => delivery.counts.throttled],
    ['forward_refused_total', 'Records that the stream refused for ever.', () => delivery.counts.refused],
    ['spool_torn_bytes_total', 'Bytes of groups whose write was cut short.', () => counts.tornBytes],
    ['spool_damaged_bytes_total', 'Bytes that had changed on the disk.', () => counts.damagedBytes],
    ['sites', 'Sites known.', () => sites.size],
    ['sites_not_ready', 'Sites whose key is not there.', () => sites.notReady],
    ['snapshot_failures_total', 'Snapshots that were broken, older, or could not be read.', () => sites.counts.snapshotFailures],
    ['key_failures_total', 'Keys that could not be had.', () => sites.counts.keyFailures],
  ];
  for (const [name, help, read] of list) metrics.watch(name, help, read);
}

// Health of the collector: whether it can store hits.
import type { Clock } from './clock/clock';
import type { Forwarder } from './forward/forwarder';
import type { LiveDirectory } from './sites/live-directory';
import type { Spool } from './spool/spool';

export interface Health {
  readonly ok: boolean;
  /** Reasons why it cannot, as in `spool: full`, then warnings, which a healthy collector may have too. */
  readonly reasons: readonly string[];
}

/** Sources of the health. */
export interface HealthSources {
  readonly spool: Pick<Spool, 'refusal' | 'array'> & { readonly segments: Pick<Spool['segments'], 'asideBytes'> };
  readonly sites: Pick<LiveDirectory, 'isReady' | 'notReady' | 'age'>;
  readonly delivery: Pick<Forwarder['delivery'], 'trouble'>;
  readonly clock: Pick<Clock, 'isWrong' | 'offset'>;
}

/** Age of the last read of the snapshot above which there is a warning. */
const oldSnapshotMilliseconds = 600_000;

/**
 * A collector is healthy while it can store hits. An unavailable stream does not make it unhealthy: the hits wait on
 * the disk, and a new server would not change that. Nor does a missing key, which affects one site only, nor a wrong
 * clock, because hits have the time of AWS.
 */
export function healthOf({ spool, sites, delivery, clock }: HealthSources): Health {
  const failures = [
    ...(spool.refusal === undefined ? [] : [`spool: ${spool.refusal}`]),
    ...(sites.isReady ? [] : ['sites: no snapshot yet']),
  ];
  const warnings = [
    ...(spool.array === 'degraded' ? ['array: degraded'] : []),
    ...(spool.segments.asideBytes > 0 ? ['spool: damaged or refused hits are set aside'] : []),
    ...(sites.notReady > 0 ? [`sites: ${sites.notReady} without key`] : []),
    ...(sites.isReady && sites.age > oldSnapshotMilliseconds ? ['sites: no snapshot read for ten minutes'] : []),
    ...(delivery.trouble === undefined ? [] : ['stream: accepts no records']),
    ...(clock.isWrong ? [`clock: ${Math.abs(Math.round(clock.offset / 1000))} seconds ${clock.offset > 0 ? 'ahead' : 'behind'}`] : []),
  ];
  return { ok: failures.length === 0, reasons: [...failures, ...warnings] };
}

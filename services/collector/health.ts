// Whether the collector can keep hits, and if not, why.
import type { Forwarder } from './forward/forwarder';
import type { LiveDirectory } from './sites/live-directory';
import type { Spool } from './spool/spool';

export interface Health {
  readonly ok: boolean;
  /** Why not, as in `spool: full`; of a healthy collector, what deserves a look. */
  readonly reasons: readonly string[];
}

/** What health is told of. */
export interface Parts {
  readonly spool: Pick<Spool, 'refusal' | 'array'> & { readonly segments: Pick<Spool['segments'], 'asideBytes'> };
  readonly sites: Pick<LiveDirectory, 'isReady' | 'notReady' | 'readAt'>;
  readonly delivery: Pick<Forwarder['delivery'], 'trouble'>;
}

/** Age of the last look at the snapshot that deserves a look itself. */
const oldSnapshotMilliseconds = 600_000;

/**
 * A collector is healthy while it can keep hits. A stream that takes none is no illness: the hits wait on the disk, and to replace the
 * server would help nobody. Nor is a site whose key is missing, which is one site's trouble.
 */
export function healthOf({ spool, sites, delivery }: Parts, now = Date.now()): Health {
  const ills = [...(spool.refusal === undefined ? [] : [`spool: ${spool.refusal}`]), ...(sites.isReady ? [] : ['sites: no snapshot yet'])];
  const looks = [
    ...(spool.array === 'degraded' ? ['array: degraded'] : []),
    ...(spool.segments.asideBytes > 0 ? ['spool: damaged or refused hits are kept aside'] : []),
    ...(sites.notReady > 0 ? [`sites: ${sites.notReady} without their key`] : []),
    ...(sites.isReady && now - sites.readAt > oldSnapshotMilliseconds ? ['sites: snapshot not read for ten minutes'] : []),
    ...(delivery.trouble === undefined ? [] : ['stream: takes nothing']),
  ];
  return { ok: ills.length === 0, reasons: [...ills, ...looks] };
}

// The contract of the fleet and its servers: names, ports and metrics that templates and files of the server share.

/** Paths that the load balancer forwards to collectors. */
export const collectorPaths = ['/hit.gif', '/hit', '/hits'] as const;

/** The lifecycle hooks that a server completes. */
export const hooks = { launch: 'ready', termination: 'drained' } as const;

/** Metrics that servers publish in the namespace of the deployment, by group. Must match services/collector. */
export const serverMetrics = {
  /** Seconds that the oldest hit of the spool has waited for the stream. */
  spoolAge: 'SpoolAge',
  /** 1 while a mirror lacks a disk; also by server. */
  arrayDegraded: 'ArrayDegraded',
  /** Seconds by which the clock of a server differs from the time of AWS. */
  clockOffset: 'ClockOffset',
  /** 1 when a server could not be drained and is retained. */
  hitsLeft: 'HitsLeft',
  /** Number of packages that a server has besides the declared ones, or lacks of them. (TOM-6.8) */
  packagesDiffer: 'PackagesDiffer',
  /** 1 if a server lacks a security patch after the window of the night. */
  patchesMissing: 'PatchesMissing',
} as const;

/** Mount point of the mirrored disk of the spool (collector.service). (TOM-6.2) */
export const spoolFolder = '/var/spool/collector';

/** Seconds in which the collector stops gracefully: less than TimeoutStopSec of collector.service. */
export const stopSeconds = 60;

/** Seconds for which a terminating server tries to empty its spool before it is retained for people. */
export const drainSeconds = 3600;

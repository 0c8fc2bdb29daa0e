// What the fleet and its servers agree on: names, ports and metrics that stand in templates and in files of the server alike.

/** Port on which collectors listen; the network ACLs admit proxies to it. (TOM-6.8) */
export const collectorPort = 8080;

/** Paths that the load balancer sends to collectors. */
export const collectorPaths = ['/hit.gif', '/hit', '/hits'] as const;

/** The lifecycle hooks that a server answers. */
export const hooks = { launch: 'ready', termination: 'drained' } as const;

/** Metrics that servers publish under the deployment's namespace, by group. Bound to what services/collector says. */
export const serverMetrics = {
  /** Seconds that the oldest hit of the spool has waited for the stream. */
  spoolAge: 'SpoolAge',
  /** 1 where a mirror lacks a disk; by server too. */
  arrayDegraded: 'ArrayDegraded',
  /** 1 when a server could not be drained and was kept. */
  hitsLeft: 'HitsLeft',
} as const;

/** Where the mirrored disk of the spool is mounted (collector.service). (TOM-6.2) */
export const spoolFolder = '/var/spool/collector';

/** Seconds in which the collector stops gracefully: less than TimeoutStopSec of collector.service. */
export const stopSeconds = 60;

/** Seconds that a leaving server tries to empty its spool before it is kept for people. */
export const drainSeconds = 3600;

// The public paths, by purpose. Rules of the firewall and of the listener refer to them.

/** Paths for a single hit, by pixel or by beacon. (TOM-5.1) */
export const hitPaths = ['/hit.gif', '/hit'] as const;

/** Paths to which servers send hits in batches. (TOM-5.1) */
export const batchPaths = ['/hits'] as const;

/** All paths of the collectors. */
export const collectionPaths = [...hitPaths, ...batchPaths] as const;

/** The load balancer responds to this path itself, for the health check of the name. */
export const edgeHealthPath = '/health';

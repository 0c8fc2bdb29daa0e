// The public paths, by what is asked of them. Rules of the firewall and of the listener name them.

/** Where a single hit comes in: by pixel, or by beacon. (TOM-5.1) */
export const hitPaths = ['/hit.gif', '/hit'] as const;

/** Where servers bring hits in batches. (TOM-5.1) */
export const batchPaths = ['/hits'] as const;

/** Every path that leads to a collector. */
export const collectionPaths = [...hitPaths, ...batchPaths] as const;

/** Answered by the load balancer itself, for the health check of the name. */
export const edgeHealthPath = '/health';

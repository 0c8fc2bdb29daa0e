// The public paths of the collectors. (TOM-5.1)

/** Paths for a single hit, by pixel or by beacon. */
export const hitPaths = ['/hit.gif', '/hit'] as const;

/** Path to which servers send hits in batches. */
export const batchPaths = ['/hits'] as const;

/**
 * Paths whose requests carry URLs, texts and bodies of any type as data. The firewall inspects all other public paths
 * with every rule.
 */
export const dataPaths: readonly string[] = [...hitPaths, ...batchPaths];

// One object of the landing bucket: its lines are redacted and stored, and then the object is deleted. (TOM-4.13)
import { landedObject } from './landed-object';
import { type LineCounts, redactLog } from './redact-log';
import { kinds } from './redacted-line';
import type { LandingBucket, LogBucket } from './stores';

export interface Parts {
  readonly landing: LandingBucket;
  readonly logs: LogBucket;
  /** Paths of the collectors. */
  readonly paths: readonly string[];
}

/** Redacted objects, and their lines. */
export interface Counts extends LineCounts {
  readonly objects: number;
}

const noCounts: Counts = { objects: 0, pseudonymous: 0, whole: 0, unreadable: 0, unknownFields: 0 };

export function total(counts: readonly Counts[]): Counts {
  const sumOf = (name: keyof Counts): number => counts.reduce((sum, one) => sum + one[name], 0);
  return {
    objects: sumOf('objects'),
    pseudonymous: sumOf('pseudonymous'),
    whole: sumOf('whole'),
    unreadable: sumOf('unreadable'),
    unknownFields: sumOf('unknownFields'),
  };
}

/**
 * Redacts an object. The keys of the redacted objects follow from its key, and their content from its lines: a run
 * that ends at any step, and two runs at the same time, lead to one result. The raw object is deleted only after both
 * stored objects have the checksums of this run, so that a concurrent run of another version of the code, which stores
 * other lines, is found; the object is then redacted again.
 *
 * @throws Error for a key that the load balancer does not write, an object that is not gzip, or other stored content;
 *   the raw object remains
 */
export async function redactObject(key: string, { landing, logs, paths }: Parts): Promise<Counts> {
  const landed = landedObject(key);
  if (landed.what === 'unknown') throw new Error(`${key}: expected a log of the load balancer, got another object; find its writer`);
  if (landed.what === 'test') {
    await landing.remove(key);
    return noCounts;
  }
  const raw = await landing.open(key);
  // An earlier run has removed it.
  if (!raw) return noCounts;
  const { files, counts } = await redactLog(landed.log, raw, paths);
  const stored = await Promise.all(
    kinds.map(async (kind) => ({ key: `${kind}/${key}`, checksum: await logs.store(`${kind}/${key}`, files[kind]) })),
  );
  for (const object of stored) await logs.verify(object.key, object.checksum);
  await landing.remove(key);
  return { objects: 1, ...counts };
}

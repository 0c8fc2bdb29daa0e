// How long a bucket keeps objects, by its lifecycle rules.
import { listAt, type Resource } from './resources';

/** Days of an object in each of its states. */
export interface Kept {
  /** Days until its end. */
  readonly days: number;
  /** Days after which it is cold. @default never */
  readonly coldDays?: number | undefined;
  /** Days that a version remains after the end, or after it was replaced. */
  readonly versionDays: number;
}

interface LifecycleRule {
  readonly Prefix?: string;
  readonly ExpirationInDays?: number;
  readonly Transitions?: readonly { readonly TransitionInDays?: number }[];
  readonly NoncurrentVersionExpiration?: { readonly NoncurrentDays?: number };
}

/**
 * The days of objects with this prefix, or of those of the whole bucket. Of overlapping rules, S3 honors the shorter
 * expiration. ("How Amazon S3 handles conflicts in lifecycle configurations")
 */
export function keptIn(bucket: Resource | undefined, prefix?: string): Kept {
  const all = listAt(bucket?.properties, 'LifecycleConfiguration', 'Rules') as readonly LifecycleRule[];
  const rules = all.filter(({ Prefix }) => Prefix === undefined || Prefix === prefix);
  const ends = rules.filter(({ ExpirationInDays }) => ExpirationInDays !== undefined);
  const rule = ends.find(({ Prefix }) => Prefix !== undefined) ?? ends[0];
  const versions = rules.flatMap(({ NoncurrentVersionExpiration }) => NoncurrentVersionExpiration?.NoncurrentDays ?? []);
  return {
    days: rule?.ExpirationInDays ?? Number.POSITIVE_INFINITY,
    coldDays: rule?.Transitions?.[0]?.TransitionInDays,
    versionDays: versions.length === 0 ? 0 : Math.min(...versions),
  };
}

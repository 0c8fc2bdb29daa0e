// The sites that a collector takes hits for, as its other parts see them.
import type { SiteKey } from '../../../runtime/pseudonymisation';
import type { CollectedSite } from '../../../runtime/site-snapshot';

/** A site with the key that its hits are pseudonymised under. */
export interface CollectedSiteWithKey extends CollectedSite {
  /** The key of the site's `keyVersion`; an empty one where neither addresses nor fields are hashed. */
  readonly siteKey: SiteKey;
}

export interface SiteDirectory {
  /**
   * The site of that key, without waiting. `not-ready`: the site is known, or may be, but cannot be served yet: its secret key, or the
   * first snapshot, is not there; to be answered 503.
   */
  find(key: string): CollectedSiteWithKey | 'unknown' | 'not-ready';
}

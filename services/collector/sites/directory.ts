// The sites of which a collector accepts hits.
import type { SiteKey } from '../../../runtime/pseudonymisation';
import type { CollectedSite } from '../../../runtime/site-snapshot';

/** A site with the key under which its hits are pseudonymised. */
export interface CollectedSiteWithKey extends CollectedSite {
  /** The key of the site's `keyVersion`; empty if neither addresses nor fields are hashed. */
  readonly siteKey: SiteKey;
}

export interface SiteDirectory {
  /**
   * The site with this key, synchronously. `not-ready`: its secret key or the first snapshot is not loaded yet; the
   * hit is answered 503.
   */
  find(key: string): CollectedSiteWithKey | 'unknown' | 'not-ready';
}

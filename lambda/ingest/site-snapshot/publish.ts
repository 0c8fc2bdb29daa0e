// Publishes the site snapshot when it has changed. (TOM-4.13, TOM-7.1)
import type { Database } from '../../../runtime/database';
import type { ObjectStore } from '../../../runtime/object-store';
import { formatSiteSnapshot, readCollectedSite } from '../../../runtime/site-snapshot';
import { siteSnapshotKey } from './env';

export interface PublishResult {
  /** Number of live sites. */
  readonly sites: number;
  readonly changed: boolean;
}

/** Maximum number of writes in one run. */
const attempts = 3;

/**
 * Writes the snapshot of all live sites if it differs from the published one. After a conflict with a concurrent run
 * it reads the database again, so that an older state never replaces a newer one.
 *
 * @throws Error for a site with invalid settings; collectors keep the published snapshot
 */
export async function publishSites(database: Database, settingsBucket: ObjectStore): Promise<PublishResult> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    // Read before the database, so that a write in between is detected as a conflict.
    const present = await settingsBucket.read(siteSnapshotKey);
    const sites = (await database.upkeep('collectionSites')).map((row, index) => readCollectedSite(row, `collection_sites row ${index}`));
    const text = formatSiteSnapshot(sites);
    if (present?.text === text) return { sites: sites.length, changed: false };
    if (await settingsBucket.write(siteSnapshotKey, text, 'application/json', present)) return { sites: sites.length, changed: true };
  }
  throw new Error(`${siteSnapshotKey}: expected no concurrent writer, got ${attempts} conflicts; the next run retries`);
}

// Publishes what collectors know of sites, when it has changed. (TOM-4.13, TOM-7.1)
import type { Database } from '../../../runtime/database';
import type { ObjectStore } from '../../../runtime/object-store';
import { formatSiteSnapshot, readCollectedSite } from '../../../runtime/site-snapshot';
import { siteSnapshotKey } from './env';

export interface Published {
  /** Live sites. */
  readonly sites: number;
  readonly changed: boolean;
}

/** Tries to write before the next run has its turn. */
const attempts = 3;

/**
 * Writes the snapshot of all live sites, unless it is there as it should be. Of two runs at once, the one that finds the other's in its
 * place reads the database again, so that an older state never replaces a newer one.
 *
 * @throws Error for a site that collectors could not use: they keep the snapshot that they have
 */
export async function publishSites(database: Database, settings: ObjectStore): Promise<Published> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    // Read before the database: what is written in between is found to be another.
    const present = await settings.read(siteSnapshotKey);
    const sites = (await database.upkeep('collectionSites')).map((row, index) => readCollectedSite(row, `collection_sites row ${index}`));
    const text = formatSiteSnapshot(sites);
    if (present?.text === text) return { sites: sites.length, changed: false };
    if (await settings.write(siteSnapshotKey, text, 'application/json', present)) return { sites: sites.length, changed: true };
  }
  throw new Error(`${siteSnapshotKey}: expected to be its only writer, got ${attempts} conflicts; the next run tries again`);
}

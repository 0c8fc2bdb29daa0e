// Entries of the catalogue of the lake, rempart.lake_files, and the one order in which an object and its entry are
// made.
import type { Session } from '../database-session';
import type { SiteId } from '../site';
import { type LakeStore, lakeKey } from './store';
import type { LakeFile } from './write';

/** A file, as the functions of the database read it. */
export interface CatalogueEntry {
  readonly key: string;
  readonly rows: number;
  readonly bytes: number;
  /** In hexadecimal digits. */
  readonly sha256: string;
  /** Microseconds since 1970, in digits. */
  readonly firstReceived: string;
  readonly lastReceived: string;
}

/** Runs work in a transaction of its own, as the maintenance role in the site. */
export type InSite = <T>(work: (session: Session) => Promise<T>) => Promise<T>;

/**
 * Stores a file of the site's day: first its announcement in the database, then the object. An object that no function
 * records afterwards, because its writer failed, is deleted by the upkeep of the lake. The caller records the entry.
 *
 * An object that the catalogue has already is written, too, and kept where it exists: the catalogue of a restored
 * database names objects that were deleted since its snapshot.
 */
export async function storeFile(inSite: InSite, store: LakeStore, site: SiteId, day: string, file: LakeFile): Promise<CatalogueEntry> {
  const key = lakeKey(site, day, file.sha256);
  await inSite((session) => session.query('select rempart.plan_lake_file($1)', [key]));
  await store.put(key, file);
  return {
    key,
    rows: file.rows,
    bytes: file.body.length,
    sha256: file.sha256,
    firstReceived: String(file.firstReceived),
    lastReceived: String(file.lastReceived),
  };
}

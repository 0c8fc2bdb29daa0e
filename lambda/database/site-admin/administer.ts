// Creates sites with their keys, and rotates a site's key on demand. (TOM-4.13, TOM-7.1)
import type { Database } from '../../../runtime/database';
import type { Session } from '../../../runtime/database-session';
import { type Actor, checkActor, type SiteId, siteId } from '../../../runtime/site';
import type { SiteKeys } from '../../../runtime/site-keys';

export type SiteRequest =
  | { readonly action: 'create'; readonly key: string; readonly name: string; readonly actor: Omit<Actor, 'doing'> }
  | { readonly action: 'rotate-key'; readonly site: number; readonly actor: Omit<Actor, 'doing'> };

export interface SiteAdminResult {
  readonly site: number;
  /** Version of the key under which new rows are hashed. */
  readonly keyVersion: number;
}

/**
 * Runs one action. `create` for an existing site completes it, so that an interrupted call can be repeated. The key is
 * stored as a secret before the database refers to its version; rows stored in between use the old key.
 */
export async function administerSite(database: Database, keys: SiteKeys, request: SiteRequest): Promise<SiteAdminResult> {
  const { action } = request;
  if (action === 'create') return createSite(database, keys, request);
  if (action === 'rotate-key') return rotateKey(database, keys, request);
  throw new TypeError(`action: expected create or rotate-key, got ${JSON.stringify(action)}`);
}

async function createSite(database: Database, keys: SiteKeys, request: SiteRequest & { action: 'create' }): Promise<SiteAdminResult> {
  const actor = { ...request.actor, doing: 'create site' };
  checkActor(actor);
  const [present] = await database.upkeep('siteByKey', request.key);
  const [id] = present ? [present] : await database.upkeep('createSite', request.key, request.name, false, actor.name, actor.from);
  const site = siteId(id);
  return database.withSite(site, { ...actor, doing: 'make site key' }, async (session) => {
    await lockSiteKeys(session, site);
    const keyVersion = await keys.create(site, request.key, present === null || present === undefined);
    // The settings of a new site have version 1.
    if (keyVersion > 1) await session.query('select rempart.use_key_version($1)', [keyVersion]);
    return { site, keyVersion };
  });
}

async function rotateKey(database: Database, keys: SiteKeys, request: SiteRequest & { action: 'rotate-key' }): Promise<SiteAdminResult> {
  const site = siteId(request.site);
  // The transaction opens first: an unknown site fails here and gets no key.
  return database.withSite(site, { ...request.actor, doing: 'rotate key' }, async (session) => {
    await lockSiteKeys(session, site);
    const keyVersion = await keys.rotate(site);
    await session.query('select rempart.use_key_version($1)', [keyVersion]);
    return { site, keyVersion };
  });
}

/** First half of the lock's number: "keys" in ASCII, distinct from other locks. */
const siteKeysLock = 0x6b657973;

/**
 * Locks the keys of one site until the end of the transaction. They are read, then written: two concurrent calls would
 * lose one key, under which rows may already be hashed. The role may not lock the row of the settings. Another role
 * that can run SQL could take this lock and delay a rotation, which then fails after 30 seconds and is logged, but no
 * key is lost. A transaction-level lock does not pin the connection of the proxy ("Avoiding pinning an RDS Proxy",
 * Amazon Aurora).
 */
async function lockSiteKeys(session: Session, site: SiteId): Promise<void> {
  await session.query('select pg_advisory_xact_lock($1::integer, $2::integer)', [siteKeysLock, site]);
}

// Creates sites with their keys, and changes a site's key on demand (TOM-4.13, 7.1).
import type { Database } from '../../../runtime/database';
import type { Session } from '../../../runtime/database-session';
import { type Actor, checkActor, type SiteId, siteId } from '../../../runtime/site';
import type { SiteKeys } from '../../../runtime/site-keys';

export type SiteRequest =
  | { readonly action: 'create'; readonly key: string; readonly name: string; readonly actor: Omit<Actor, 'doing'> }
  | { readonly action: 'rotate-key'; readonly site: number; readonly actor: Omit<Actor, 'doing'> };

export interface SiteAdministered {
  readonly site: number;
  /** Version of the key that new rows are hashed with. */
  readonly keyVersion: number;
}

/**
 * Does what is asked. Creating a site that is there makes what it lacks, so a call that broke off can be repeated. The key is in the
 * secrets store before the database names its version: what is stored in between uses the old one.
 */
export async function administerSite(database: Database, keys: SiteKeys, request: SiteRequest): Promise<SiteAdministered> {
  const { action } = request;
  if (action === 'create') return createSite(database, keys, request);
  if (action === 'rotate-key') return rotateKey(database, keys, request);
  throw new TypeError(`action: expected create or rotate-key, got ${JSON.stringify(action)}`);
}

async function createSite(database: Database, keys: SiteKeys, request: SiteRequest & { action: 'create' }): Promise<SiteAdministered> {
  const actor = { ...request.actor, doing: 'create site' };
  checkActor(actor);
  const [known] = await database.upkeep('siteByKey', request.key);
  const [id] = known ? [known] : await database.upkeep('createSite', request.key, request.name, false, actor.name, actor.from);
  const site = siteId(id);
  return database.withSite(site, { ...actor, doing: 'make site key' }, async (session) => {
    await keepOthersWaiting(session, site);
    const keyVersion = await keys.create(site, request.key, known === null || known === undefined);
    // The settings of a new site say 1.
    if (keyVersion > 1) await session.query('select rempart.use_key_version($1)', [keyVersion]);
    return { site, keyVersion };
  });
}

async function rotateKey(database: Database, keys: SiteKeys, request: SiteRequest & { action: 'rotate-key' }): Promise<SiteAdministered> {
  const site = siteId(request.site);
  // Opened before anything changes: a site that is not there gets no key.
  return database.withSite(site, { ...request.actor, doing: 'rotate key' }, async (session) => {
    await keepOthersWaiting(session, site);
    const keyVersion = await keys.rotate(site);
    await session.query('select rempart.use_key_version($1)', [keyVersion]);
    return { site, keyVersion };
  });
}

/** First half of the lock's number: "keys", so that no other lock is meant. */
const lockOfKeys = 0x6b657973;

/**
 * Until the end of the transaction, for the keys of one site: they are read, then written, and two at once would lose one's key, with
 * which rows may be hashed by then. The role may not lock the row of the settings. Whoever may run SQL as another role could take the
 * lock too and delay a rotation, never make it lose a key; it then fails after 30 seconds and is logged. The proxy is not held up by locks of a transaction
 * ("Avoiding pinning an RDS Proxy", Amazon Aurora).
 */
async function keepOthersWaiting(session: Session, site: SiteId): Promise<void> {
  await session.query('select pg_advisory_xact_lock($1::integer, $2::integer)', [lockOfKeys, site]);
}

// Creates sites with their keys, and changes a site's key on demand (TOM-4.13, 7.1).
import type { Database } from '../../runtime/database';
import { type Actor, checkActor, siteId } from '../../runtime/site';
import type { SiteKeys } from '../../runtime/site-keys';

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
  return { site, keyVersion: await keys.create(site) };
}

async function rotateKey(database: Database, keys: SiteKeys, request: SiteRequest & { action: 'rotate-key' }): Promise<SiteAdministered> {
  const site = siteId(request.site);
  // Opened before anything changes: a site that is not there gets no key.
  return database.withSite(site, { ...request.actor, doing: 'rotate key' }, async (session) => {
    const keyVersion = await keys.rotate(site);
    await session.query('select rempart.use_key_version($1)', [keyVersion]);
    return { site, keyVersion };
  });
}

// Loads generated data into a deployment outside production. (TOM-7.4)
import type { Database } from '../../../runtime/database';
import { ingest } from '../../../runtime/ingest';
import { type SiteId, siteId } from '../../../runtime/site';
import { type GeneratedPerson, generateHits, generateSite } from './generate';

export interface Amount {
  readonly seed: number;
  readonly sites: number;
  readonly hitsPerSite: number;
}

/** Numbers of new rows. */
export interface LoadResult {
  readonly sites: number;
  readonly people: number;
  readonly hits: number;
}

const actor = { name: 'generated-data', from: 'deployment', doing: 'load generated data' } as const;
const batchSize = 2000;

/**
 * Loads the data of a seed; a repeated load adds only hits of a later day. Production is refused here, and by the
 * database for sites that are marked as generated.
 *
 * @param maintenance connects as the role that creates sites
 * @param application connects as the role that fills them, as collectors and the portal do
 */
export async function loadGeneratedData(
  environment: string,
  maintenance: Database,
  application: Database,
  { seed, sites, hitsPerSite }: Amount,
  now: Date,
): Promise<LoadResult> {
  if (environment !== 'staging' && environment !== 'development') {
    throw new Error(`generated data: expected staging or development, got ${environment}; production must not contain test data (TOM-7.4)`);
  }
  // The end of yesterday: a repeated load on the same day loads the same hits.
  const end = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()));
  const loaded = { sites: 0, people: 0, hits: 0 };
  for (let index = 0; index < sites; index++) {
    const generated = generateSite(seed, index);
    const [present] = await maintenance.upkeep('siteByKey', generated.key);
    const [id] = present ? [present] : await maintenance.upkeep('createSite', generated.key, generated.name, true, actor.name, actor.from);
    const site = siteId(id);
    loaded.sites += present ? 0 : 1;
    loaded.people += await loadPeople(application, site, generated.people);
    loaded.hits += await loadHits(application, site, [...generateHits(seed, index, generated, hitsPerSite, end)], now);
  }
  return loaded;
}

function loadPeople(application: Database, site: SiteId, people: readonly GeneratedPerson[]): Promise<number> {
  return application.withSite(site, actor, async (session) => {
    let added = 0;
    for (const { id, name, email, visitor, role } of people) {
      const { rowCount } = await session.query(
        'insert into rempart.people (site_id, id, name, email, visitor, directory_id) values ($1, $2::uuid, $3, $4, $5, $2::uuid::text) on conflict do nothing',
        [site, id, name, email, visitor],
      );
      if (rowCount === 0) continue;
      await session.query('insert into rempart.person_rights (site_id, person_id, role) values ($1, $2, $3)', [site, id, role]);
      added++;
    }
    return added;
  });
}

async function loadHits(application: Database, site: SiteId, hits: readonly object[], now: Date): Promise<number> {
  let stored = 0;
  for (let start = 0; start < hits.length; start += batchSize) {
    const records = hits.slice(start, start + batchSize).map((hit) => Buffer.from(JSON.stringify({ site, ...hit })));
    const done = await ingest(application, records, now);
    if (done.rejected + done.stray > 0) throw new Error(`generated data: expected all hits to be stored, got ${JSON.stringify(done)}`);
    stored += done.stored;
  }
  return stored;
}

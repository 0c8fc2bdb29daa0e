// Loads generated data into a deployment that is not production (TOM-7.4).
import type { Database } from '../../../runtime/database';
import { ingest } from '../../../runtime/ingest';
import { type SiteId, siteId } from '../../../runtime/site';
import { type GeneratedPerson, generateHits, generateSite } from './generate';

export interface Amount {
  readonly seed: number;
  readonly sites: number;
  readonly hitsPerSite: number;
}

export interface Loaded {
  readonly sites: number;
  readonly people: number;
  readonly hits: number;
}

const actor = { name: 'generated-data', from: 'deployment', doing: 'load generated data' } as const;
const batchSize = 2000;

/**
 * Loads what a seed makes; loading it again adds nothing but hits of a later day. Refused for production here, and by the database for
 * sites that call themselves generated.
 *
 * @param maintenance the door that makes sites
 * @param application the door that fills them, as collectors and the portal would
 */
export async function loadGeneratedData(
  environment: string,
  maintenance: Database,
  application: Database,
  { seed, sites, hitsPerSite }: Amount,
  now: Date,
): Promise<Loaded> {
  if (environment !== 'staging' && environment !== 'development') {
    throw new Error(`generated data: expected staging or development, got ${environment}; production holds no test data (TOM-7.4)`);
  }
  // The end of yesterday: the same day loads the same hits.
  const end = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()));
  const loaded = { sites: 0, people: 0, hits: 0 };
  for (let index = 0; index < sites; index++) {
    const made = generateSite(seed, index);
    const [known] = await maintenance.upkeep('siteByKey', made.key);
    const [id] = known ? [known] : await maintenance.upkeep('createSite', made.key, made.name, true, actor.name, actor.from);
    const site = siteId(id);
    loaded.sites += known ? 0 : 1;
    loaded.people += await loadPeople(application, site, made.people);
    loaded.hits += await loadHits(application, site, [...generateHits(seed, index, made, hitsPerSite, end)], now);
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
    if (done.rejected + done.stray > 0) throw new Error(`generated data: expected hits that are all stored, got ${JSON.stringify(done)}`);
    stored += done.stored;
  }
  return stored;
}

// Stores batches of records: valid ones as hits, the others as rejects with their reason. Idempotent.
import type { Database } from './database';
import type { Session } from './database-session';
import { type Hit, parseHit } from './hit';
import { insertNew } from './insert-hits';
import { type Reject, rejectColumns } from './reject';
import type { Actor, SiteId } from './site';

/** Outcome of a batch. The four counts add up to the number of its records. */
export interface IngestResult {
  readonly stored: number;
  /** Delivered and stored before, or sent twice by the client under an id of its own; unchanged. */
  readonly duplicates: number;
  /** Written to the reject store of their site. */
  readonly rejected: number;
  /** Without a live site; written to the store of stray records. */
  readonly stray: number;
}

interface SiteBatch {
  readonly hits: { readonly hit: Hit; readonly record: Uint8Array }[];
  readonly rejects: Reject[];
}

const collector: Actor = { name: 'ingest', from: 'stream', doing: 'store hits' };

/** Number of hits above which a site's batch is split in two. */
const splitAbove = 1000;
/** Number of concurrent transactions. */
const concurrency = 2;

/**
 * Stores one batch of records from the collectors: one transaction for each site, two for a large site. After an error
 * some records may not be stored: deliver the whole batch again; records that are stored count as duplicates.
 * (TOM-4.1, TOM-7.1)
 */
export async function ingest(database: Database, records: readonly Uint8Array[], now = new Date()): Promise<IngestResult> {
  const { sites, strays } = sortBySite(records, now);
  const waiting = [...sites].flatMap(([site, batch]) => split(batch).map((part) => [site, part] as const));
  const total = { stored: 0, duplicates: 0, rejected: 0 };
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [site, batch] = next;
      const done = await storeSite(database, site, batch);
      if (done === 'no such site') strays.push(...withoutSite(batch));
      else for (const count of ['stored', 'duplicates', 'rejected'] as const) total[count] += done[count];
    }
  };
  // Waits for both, also if one failed: no work continues after this function returns.
  const ends = await Promise.allSettled(Array.from({ length: concurrency }, work));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  await database.keepStrays(strays);
  return { ...total, stray: strays.length };
}

/** Splits by id: duplicates stay in one part, and the two transactions never wait for each other's rows. */
function split(batch: SiteBatch): SiteBatch[] {
  if (batch.hits.length <= splitAbove) return [batch];
  const isOdd = ({ hit }: SiteBatch['hits'][number]) => (hit.id.codePointAt(hit.id.length - 1) ?? 0) % 2 === 1;
  return [
    { hits: batch.hits.filter(isOdd), rejects: batch.rejects },
    { hits: batch.hits.filter((one) => !isOdd(one)), rejects: [] },
  ];
}

function sortBySite(records: readonly Uint8Array[], now: Date): { sites: Map<SiteId, SiteBatch>; strays: Reject[] } {
  const sites = new Map<SiteId, SiteBatch>();
  const strays: Reject[] = [];
  for (const record of records) {
    const parsed = parseHit(record, now);
    const site = 'hit' in parsed ? parsed.hit.site : parsed.site;
    if (site === undefined) {
      if ('reject' in parsed) strays.push(parsed.reject);
      continue;
    }
    const batch = sites.get(site) ?? { hits: [], rejects: [] };
    sites.set(site, batch);
    if ('hit' in parsed) batch.hits.push({ hit: parsed.hit, record });
    else batch.rejects.push(parsed.reject);
  }
  return { sites, strays };
}

async function storeSite(
  database: Database,
  site: SiteId,
  { hits, rejects }: SiteBatch,
): Promise<Omit<IngestResult, 'stray'> | 'no such site'> {
  try {
    return await database.withSite(site, collector, async (session) => {
      const refused: Reject[] = [];
      const stored = await storeHits(session, site, hits, refused);
      const all = [...rejects, ...refused];
      await storeRejects(session, site, all);
      return { stored, duplicates: hits.length - stored - refused.length, rejected: all.length };
    });
  } catch (error) {
    if (sqlState(error) === noDataFound) return 'no such site';
    throw error;
  }
}

const noDataFound = 'P0002';

const withoutSite = ({ hits, rejects }: SiteBatch): Reject[] => [
  ...rejects,
  ...hits.map(({ record }) => ({ reason: 'no-site', detail: 'site: expected a live site, got none', record }) as const),
];

/** Stores all valid hits: a batch that the database rejects is halved until the bad record is alone. */
async function storeHits(session: Session, site: SiteId, hits: SiteBatch['hits'], refused: Reject[]): Promise<number> {
  const [first] = hits;
  if (!first) return 0;
  try {
    return await insertNew(
      session,
      site,
      hits.map(({ hit }) => hit),
    );
  } catch (error) {
    const state = sqlState(error);
    // Classes 22 and 23 are errors of the data. Any other error is the database's, and the caller's to handle.
    if (!state || !/^2[23]/.test(state) || isMissingMonth(error)) throw error;
    if (hits.length === 1) {
      refused.push({
        reason: 'database',
        detail: `record: expected values that the database accepts, got SQLSTATE ${state}`,
        record: first.record,
      });
      return 0;
    }
    const middle = hits.length >> 1;
    const before = await storeHits(session, site, hits.slice(0, middle), refused);
    return before + (await storeHits(session, site, hits.slice(middle), refused));
  }
}

async function storeRejects(session: Session, site: SiteId, rejects: readonly Reject[]): Promise<void> {
  if (rejects.length === 0) return;
  await session.query(
    `insert into rempart.rejects (site_id, digest, reason, detail, record, record_length)
     select $1, r.* from unnest($2::bytea[], $3::text[], $4::text[], $5::bytea[], $6::integer[]) as r on conflict do nothing`,
    [site, ...rejectColumns(rejects)],
  );
}

/**
 * No partition for the row: a check violation without a constraint. Upkeep is late and the record is valid: deliver it
 * again.
 */
const isMissingMonth = (error: unknown): boolean =>
  sqlState(error) === checkViolation && !(error instanceof Error && 'constraint' in error && error.constraint);

const checkViolation = '23514';

const sqlState = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

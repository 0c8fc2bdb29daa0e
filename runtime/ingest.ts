// Stores batches of hits: the good ones as hits, the others as rejects with their reason; a second delivery changes nothing.
import type { Database } from './database';
import type { Session } from './database-session';
import { type Hit, parseHit } from './hit';
import { type Reject, rejectColumns } from './reject';
import type { Actor, SiteId } from './site';

/** What became of a batch; the four numbers add up to its records. */
export interface Ingested {
  readonly stored: number;
  /** Delivered before, and left as they are. */
  readonly duplicates: number;
  /** In the reject store of their site. */
  readonly rejected: number;
  /** Of no live site; in the store of stray records. */
  readonly stray: number;
}

interface SiteBatch {
  readonly hits: { readonly hit: Hit; readonly record: Uint8Array }[];
  readonly rejects: Reject[];
}

const collector: Actor = { name: 'ingest', from: 'stream', doing: 'store hits' };

/** Hits above which a site's batch is split in two, and transactions that run at once. */
const splitAbove = 1000;
const atOnce = 2;

/**
 * Stores one batch of records from the collectors, each site in its own transaction, or in two where it has many. An error means that
 * some may not be stored: deliver the whole batch again, what is stored already counts as duplicate. (TOM-4.1, 7.1)
 */
export async function ingest(database: Database, records: readonly Uint8Array[], now = new Date()): Promise<Ingested> {
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
  // What is under way is waited for, also where the other failed: when this function is over, so is its work.
  const ends = await Promise.allSettled(Array.from({ length: atOnce }, work));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  await database.keepStrays(strays);
  return { ...total, stray: strays.length };
}

/** By id, so that the same hit twice is in one part, and the two transactions never wait for each other's rows. */
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
): Promise<Omit<Ingested, 'stray'> | 'no such site'> {
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

/** Stores what it can: a batch that the database refuses is halved until the bad record stands alone. */
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
    // Classes 22 and 23: the data is wrong. Anything else is wrong with the database, and for the caller.
    if (!state || !/^2[23]/.test(state) || isMissingMonth(error)) throw error;
    if (hits.length === 1) {
      refused.push({ reason: 'database', detail: `record: expected what the database takes, got SQLSTATE ${state}`, record: first.record });
      return 0;
    }
    const middle = hits.length >> 1;
    const before = await storeHits(session, site, hits.slice(0, middle), refused);
    return before + (await storeHits(session, site, hits.slice(middle), refused));
  }
}

/** Takes all hits for new, as nearly always they are, which is a third faster than asking of each; else stores those that are. */
async function insertNew(session: Session, site: SiteId, hits: readonly Hit[]): Promise<number> {
  try {
    return await session.attempt(() => insertHits(session, site, hits, ''));
  } catch (error) {
    if (sqlState(error) !== uniqueViolation) throw error;
    return session.attempt(() => insertHits(session, site, hits, 'on conflict do nothing'));
  }
}

const uniqueViolation = '23505';

/** One statement for all rows, column by column, which costs the server least; gives the number that was new. */
async function insertHits(session: Session, site: SiteId, hits: readonly Hit[], conflict: string): Promise<number> {
  const column = (value: (hit: Hit) => string | undefined) => arrayOf(hits, value);
  const { rowCount } = await session.query(
    `insert into rempart.hits
       (site_id, received_at, id, occurred_at, kind, url, referrer, visitor, address, user_agent, fields, key_version)
     select $1, h.* from unnest($2::timestamptz[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::text[],
       $8::text[], $9::text[], $10::text[], $11::jsonb[], $12::integer[]) as h
     ${conflict}`,
    [
      site,
      column((hit) => hit.received),
      column((hit) => hit.id),
      column((hit) => hit.occurred),
      column((hit) => hit.kind),
      column((hit) => hit.url),
      column((hit) => hit.referrer),
      column((hit) => hit.visitor),
      column((hit) => hit.address),
      column((hit) => hit.userAgent),
      column((hit) => hit.fields && JSON.stringify(hit.fields)),
      column((hit) => String(hit.keyVersion)),
    ],
  );
  return rowCount ?? 0;
}

/** An array as PostgreSQL writes one ("Array Input and Output Syntax"); the driver's own way costs twice the time. */
function arrayOf(hits: readonly Hit[], value: (hit: Hit) => string | undefined): string {
  let text = '{';
  for (const hit of hits) {
    const item = value(hit);
    if (text.length > 1) text += ',';
    text += item === undefined ? 'NULL' : `"${special.test(item) ? item.replace(specials, '\\$&') : item}"`;
  }
  return `${text}}`;
}

const special = /["\\]/;
const specials = /["\\]/g;

async function storeRejects(session: Session, site: SiteId, rejects: readonly Reject[]): Promise<void> {
  if (rejects.length === 0) return;
  await session.query(
    `insert into rempart.rejects (site_id, digest, reason, detail, record, record_length)
     select $1, r.* from unnest($2::bytea[], $3::text[], $4::text[], $5::bytea[], $6::integer[]) as r on conflict do nothing`,
    [site, ...rejectColumns(rejects)],
  );
}

/** No partition takes the row: a check violation that names no constraint. Upkeep is late, and the record is good: deliver it again. */
const isMissingMonth = (error: unknown): boolean =>
  sqlState(error) === checkViolation && !(error instanceof Error && 'constraint' in error && error.constraint);

const checkViolation = '23514';

const sqlState = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

// Inserts hits that are new: each record once, and each hit of a client once within 24 hours.
import type { Session } from './database-session';
import type { Hit } from './hit';
import type { SiteId } from './site';

/** Of two hits under the same id of a client, received less than this apart, one counts; in milliseconds. */
export const countedOnceWithin = 24 * 3_600_000;

/**
 * Assumes that all records are new, as nearly always, which is a third faster than `on conflict`; otherwise stores the
 * new ones. Returns the number of stored hits.
 */
export async function insertNew(session: Session, site: SiteId, hits: readonly Hit[]): Promise<number> {
  const parts = partsOf(hits);
  const insertAll = (conflict: string) =>
    session.attempt(async () => {
      let stored = 0;
      for (const part of parts) stored += await insertHits(session, site, part, conflict);
      return stored;
    });
  try {
    return await insertAll('');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === uniqueViolation)) throw error;
    return insertAll('on conflict do nothing');
  }
}

const uniqueViolation = '23505';

/**
 * Hits under an id of the collector, then those under one of a client. A statement cannot change the entry of an id
 * twice, so an id that occurs again after the window is in a further part: at most one for each day of arrival that is
 * accepted.
 */
function partsOf(hits: readonly Hit[]): (readonly Hit[])[] {
  const plain: Hit[] = [];
  const named = new Map<string, Hit[]>();
  for (const hit of hits) {
    const same = named.get(hit.id);
    if (!hit.ownId) plain.push(hit);
    else if (same) same.push(hit);
    else named.set(hit.id, [hit]);
  }
  const parts: Hit[][] = [];
  for (const all of named.values()) {
    for (const [index, hit] of firstOfWindows(all).entries()) {
      const part = parts[index] ?? [];
      parts[index] = part;
      part.push(hit);
    }
  }
  return [plain, ...parts].filter((part) => part.length > 0);
}

/** Of hits with one id, the first of each window. */
function firstOfWindows(hits: readonly Hit[]): readonly Hit[] {
  if (hits.length === 1) return hits;
  const kept: Hit[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const hit of hits.toSorted((a, b) => Date.parse(a.received) - Date.parse(b.received))) {
    const received = Date.parse(hit.received);
    if (received - last < countedOnceWithin) continue;
    kept.push(hit);
    last = received;
  }
  return kept;
}

const columns = `received_at, id, occurred_at, client_time, kind, url, referrer, visitor, visitor_returned, address, user_agent, fields, repairs,
  key_version`;
// The repairs of a hit are a list as text: `unnest` would take lists of lists apart.
const sent = `select received_at, id, occurred_at, client_time, kind, url, referrer, visitor, visitor_returned, address, user_agent, fields,
    repairs::text[], key_version
  from unnest($2::timestamptz[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::boolean[],
    $11::text[], $12::text[], $13::jsonb[], $14::text[], $15::integer[]) as h (${columns})`;

const insertPlain = `insert into rempart.hits (site_id, ${columns}) select $1, h.* from (${sent}) as h`;

// The entry of an id decides, under its lock: of concurrent transactions with the same id the second waits for the
// first. In the order of ids, so that two of them never wait for each other.
const insertNamed = `
  with sent as materialized (${sent}),
  counted as (
    insert into rempart.counted_ids as c (site_id, id, counted_at)
    select $1, id, array[received_at] from sent order by id
    on conflict (site_id, id) do update set counted_at = c.counted_at || excluded.counted_at, stored_at = now()
      where not exists (
        select from unnest(c.counted_at) as at
        where at > excluded.counted_at[1] - interval '24 hours' and at < excluded.counted_at[1] + interval '24 hours')
    returning id)
  insert into rempart.hits (site_id, ${columns}) select $1, sent.* from sent where id in (select id from counted)`;

/** One statement for all rows, column by column, which costs the server least. Returns the number of new rows. */
async function insertHits(session: Session, site: SiteId, hits: readonly Hit[], conflict: string): Promise<number> {
  const column = (value: (hit: Hit) => string | undefined) => arrayOf(hits, value);
  const { rowCount } = await session.query(`${hits[0]?.ownId ? insertNamed : insertPlain} ${conflict}`, [
    site,
    column((hit) => hit.received),
    column((hit) => hit.id),
    column((hit) => hit.occurred),
    column((hit) => hit.clientTime),
    column((hit) => hit.kind),
    column((hit) => hit.url),
    column((hit) => hit.referrer),
    column((hit) => hit.visitor),
    column((hit) => hit.returning?.toString()),
    column((hit) => hit.address),
    column((hit) => hit.userAgent),
    column((hit) => hit.fields),
    column((hit) => hit.repairs && arrayOf(hit.repairs, (repair) => repair)),
    column((hit) => String(hit.keyVersion)),
  ]);
  return rowCount ?? 0;
}

/** An array in PostgreSQL's syntax ("Array Input and Output Syntax"); the driver's conversion takes twice as long. */
function arrayOf<T>(items: readonly T[], value: (item: T) => string | undefined): string {
  let text = '{';
  for (const one of items) {
    const item = value(one);
    if (text.length > 1) text += ',';
    text += item === undefined ? 'NULL' : `"${special.test(item) ? item.replace(specials, '\\$&') : item}"`;
  }
  return `${text}}`;
}

const special = /["\\]/;
const specials = /["\\]/g;

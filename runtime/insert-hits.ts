// Inserts hits that are new: each record once, and each hit of a client once within 24 hours.
import { createHash } from 'node:crypto';
import type { Session } from './database-session';
import type { Hit } from './hit';
import type { SiteId } from './site';

/** Of two hits with the same client's id, received less than this apart, one counts; in milliseconds. */
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

type Part = readonly { readonly hit: Hit; readonly digest?: string }[];

/**
 * Hits without a client's id, then those with one. A statement cannot change the entry of an id twice, so an id that
 * occurs again after the window is in a further part: at most one for each day of arrival that is accepted.
 */
function partsOf(hits: readonly Hit[]): Part[] {
  const plain: { hit: Hit }[] = [];
  const named = new Map<string, Hit[]>();
  for (const hit of hits) {
    const same = hit.clientId === undefined ? undefined : named.get(hit.clientId);
    if (hit.clientId === undefined) plain.push({ hit });
    else if (same) same.push(hit);
    else named.set(hit.clientId, [hit]);
  }
  const parts: { hit: Hit; digest: string }[][] = [];
  for (const [clientId, all] of named) {
    const digest = createHash('sha256').update(clientId).digest('hex').slice(0, 32);
    for (const [index, hit] of firstOfWindows(all).entries()) {
      const part = parts[index] ?? [];
      parts[index] = part;
      part.push({ hit, digest });
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

const columns = 'received_at, id, occurred_at, kind, url, referrer, visitor, address, user_agent, fields, key_version';
const values = `$2::timestamptz[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::text[],
  $8::text[], $9::text[], $10::text[], $11::jsonb[], $12::integer[]`;

const insertPlain = `insert into rempart.hits (site_id, ${columns}) select $1, h.* from unnest(${values}) as h`;

// The entry of an id decides, under its lock: of concurrent transactions with the same id the second waits for the
// first. In the order of ids, so that two of them never wait for each other.
const insertNamed = `
  with sent as (select * from unnest(${values}, $13::uuid[]) as h (${columns}, client_id)),
  counted as (
    insert into rempart.counted_ids as c (site_id, client_id, counted_at)
    select $1, client_id, array[received_at] from sent order by client_id
    on conflict (site_id, client_id) do update set counted_at = c.counted_at || excluded.counted_at, stored_at = now()
      where not exists (
        select from unnest(c.counted_at) as at
        where at > excluded.counted_at[1] - interval '24 hours' and at < excluded.counted_at[1] + interval '24 hours')
    returning client_id)
  insert into rempart.hits (site_id, ${columns}) select $1, ${columns} from sent where client_id in (select client_id from counted)`;

/** One statement for all rows, column by column, which costs the server least. Returns the number of new rows. */
async function insertHits(session: Session, site: SiteId, part: Part, conflict: string): Promise<number> {
  const column = (value: (hit: Hit) => string | undefined) => arrayOf(part, ({ hit }) => value(hit));
  const isNamed = part[0]?.digest !== undefined;
  const { rowCount } = await session.query(`${isNamed ? insertNamed : insertPlain} ${conflict}`, [
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
    ...(isNamed ? [arrayOf(part, ({ digest }) => digest)] : []),
  ]);
  return rowCount ?? 0;
}

/** An array in PostgreSQL's syntax ("Array Input and Output Syntax"); the driver's conversion takes twice as long. */
function arrayOf(part: Part, value: (one: Part[number]) => string | undefined): string {
  let text = '{';
  for (const one of part) {
    const item = value(one);
    if (text.length > 1) text += ',';
    text += item === undefined ? 'NULL' : `"${special.test(item) ? item.replace(specials, '\\$&') : item}"`;
  }
  return `${text}}`;
}

const special = /["\\]/;
const specials = /["\\]/g;

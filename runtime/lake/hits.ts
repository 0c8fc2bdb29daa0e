// The hits of a site, wherever they are: recent days in the window (rempart.hits), older ones in the lake.
import type { Session } from '../database-session';
import type { LakeRow } from './columns';
import { LakeFileError } from './file-error';
import type { ReadLimits } from './limits';
import { type LakeFilter, readFile } from './read';
import { rowText } from './row-text';
import type { LakeObject, LakeStore } from './store';

/** Condition on hits; each part is optional, and all apply. */
export interface HitFilter {
  readonly visitor?: string;
  readonly kind?: string;
  /** First instant, inclusive. */
  readonly from?: Date;
  /** Last instant, exclusive. */
  readonly to?: Date;
}

/** Rows of a page of the window. A row has up to about 40 kB. */
const pageSize = 1000;

/**
 * Days of the lake that are read at once for one visitor, of whom a day has few rows: a read mostly waits for S3.
 * Their row groups have a bound in memory (`ReadLimits`). All rows of a day are read alone, for their memory.
 */
const daysAtOnce = 16;

/**
 * Yields the rows that match, as the text of `to_jsonb(row)`: the days of the lake in their order, then those of the
 * window. A day is read from one place, from the window while it has the day. The order of locks makes that certain:
 * the transaction locks `rempart.hits` before it reads the days of the window, so that the upkeep cannot drop one
 * meanwhile.
 *
 * Rows of a person whose erasure is not finished are left out; in the window, too, where a hit can be stored after the
 * erasure that came in before it. (DSS-4.2)
 *
 * @throws LakeLimitError if the lake has more to read than the limits admit
 */
export async function* hitsOf(
  session: Session,
  store: LakeStore,
  filter: HitFilter,
  limits: ReadLimits,
): AsyncGenerator<readonly string[], void, undefined> {
  await keepDays(session);
  const condition = await conditionOf(session, filter);
  const days = [...(await objectsByDay(session, filter)).values()];
  for await (const rows of inOrder(days, filter.visitor === undefined ? 1 : daysAtOnce, (objects) =>
    rowsOfDay(store, objects, condition, limits),
  ))
    if (rows.length > 0) yield rows.map(rowText);
  yield* windowRows(session, filter);
}

/**
 * The newest hits that arrived before `to`, the newest first, of both places: a day that the lake has not stays in
 * the window while newer ones leave it, so a hit of the window can be older than one of the lake. Days of the lake are
 * read one after the other, the last first, as far as they can have a hit among the newest.
 *
 * @throws LakeLimitError if the lake has more to read than the limits admit
 */
export async function newestHits(
  session: Session,
  store: LakeStore,
  { to, count }: { readonly to: Date; readonly count: number },
  limits: ReadLimits,
): Promise<readonly string[]> {
  await keepDays(session);
  const { rows: recent } = await session.query<{ row: string; received: string; id: string }>(
    `select to_jsonb(h)::text as row, (extract(epoch from received_at) * 1000000)::bigint::text as received, id from rempart.hits h
     where received_at < $1 and ${notErased} order by h.received_at desc, h.id desc limit $2`,
    [to, count],
  );
  let newest: readonly Arrived[] = recent.map(({ row, received, id }) => ({ received_at: BigInt(received), id, text: () => row }));
  const isFull = () => newest.length === count;
  const oldest = () => newest.at(-1)?.received_at ?? 0n;
  const condition = await conditionOf(session, { to });
  const from = isFull() ? { from: new Date(Number(oldest() / 1000n)) } : {};
  for (const [day, objects] of [...(await objectsByDay(session, { to, ...from }))].reverse()) {
    if (isFull() && oldest() >= microseconds(new Date(Date.parse(day) + dayMilliseconds))) break;
    const rows = await rowsOfDay(store, objects, condition, limits);
    const found = rows.slice(-count).map((row) => ({ received_at: row.received_at, id: row.id, text: () => rowText(row) }));
    newest = [...newest, ...found].sort((a, b) => byArrival(b, a)).slice(0, count);
  }
  return newest.map(({ text }) => text());
}

/** A hit of either place. */
interface Arrived extends Pick<LakeRow, 'received_at' | 'id'> {
  /** As `to_jsonb(row)`. */
  readonly text: () => string;
}

const dayMilliseconds = 86_400_000;

/** Locks the table, so that no day leaves the window until the end of the transaction. */
const keepDays = (session: Session) => session.query('select from rempart.hits limit 0');

/** The filter for files: rows of erasures that are not finished are left out. */
async function conditionOf(session: Session, filter: HitFilter): Promise<LakeFilter> {
  const { rows } = await session.query<{ visitor: string; until: string }>(
    `select visitor, (extract(epoch from requested_at) * 1000000)::bigint::text as until from rempart.erasures
     where removed_at is null and lake_removed_at is null and visitor is not null`,
  );
  return { ...filterOf(filter), without: rows.map(({ visitor, until }) => ({ visitor, until: BigInt(until) })) };
}

/** Rows of the window whose person awaits no erasure. */
const notErased = `not exists (
           select from rempart.erasures e
           where e.site_id = h.site_id and e.visitor = h.visitor and h.received_at <= e.requested_at and e.removed_at is null)`;

interface CataloguedObject extends LakeObject {
  /** Site of the entry, which row security has compared with that of the session. */
  readonly site: number;
}

/**
 * The matching rows of the objects of a day, by arrival.
 * @throws LakeFileError for a row of another site: the folder of an object must not decide whose rows it has (TOM-4.1)
 */
async function rowsOfDay(
  store: LakeStore,
  objects: readonly CataloguedObject[],
  condition: LakeFilter,
  limits: ReadLimits,
): Promise<readonly LakeRow[]> {
  const rows: LakeRow[] = [];
  for (const object of objects) {
    for await (const part of readFile(store.open(object), condition, limits)) {
      for (const row of part) {
        if (row.site_id !== object.site) throw new LakeFileError(`rows of site ${object.site}`, 'one of another site', { key: object.key });
        rows.push(row);
      }
    }
  }
  return rows.sort(byArrival);
}

/** The results of the work on each item, in order; the work on so many items runs at once. */
async function* inOrder<T, R>(items: readonly T[], atOnce: number, work: (item: T) => Promise<R>): AsyncGenerator<R, void, undefined> {
  const begun: Promise<R>[] = [];
  for (const [index] of items.entries()) {
    for (const item of items.slice(begun.length, index + atOnce)) {
      const result = work(item);
      // It is awaited in its turn, or never, after an error before it.
      result.catch(() => undefined);
      begun.push(result);
    }
    yield await (begun[index] as Promise<R>);
    delete begun[index];
  }
}

const microseconds = (instant: Date) => BigInt(instant.getTime()) * 1000n;

const filterOf = ({ visitor, kind, from, to }: HitFilter): LakeFilter => ({
  ...(visitor === undefined ? {} : { visitor }),
  ...(kind === undefined ? {} : { kind }),
  ...(from === undefined ? {} : { from: microseconds(from) }),
  ...(to === undefined ? {} : { to: microseconds(to) }),
});

const byArrival = (a: Pick<LakeRow, 'received_at' | 'id'>, b: Pick<LakeRow, 'received_at' | 'id'>) =>
  a.received_at < b.received_at ? -1 : a.received_at > b.received_at ? 1 : a.id < b.id ? -1 : a.id > b.id ? 1 : 0;

/** Objects of the days that the window has no more and that can have rows that match, by day, the oldest first. */
async function objectsByDay(session: Session, { from, to }: HitFilter): Promise<ReadonlyMap<string, readonly CataloguedObject[]>> {
  const { rows } = await session.query<{ day: string; key: string; bytes: string; site: number }>(
    `select to_char(f.day, 'YYYY-MM-DD') as day, f.object_key as key, f.bytes::text, f.site_id as site from rempart.lake_files f
     where not exists (select from rempart.hit_days d where d.site_id = f.site_id and d.day = f.day)
       and ($1::timestamptz is null or f.last_received >= $1) and ($2::timestamptz is null or f.first_received < $2)
     order by f.day, f.first_received, f.object_key`,
    [from ?? null, to ?? null],
  );
  const days = new Map<string, CataloguedObject[]>();
  for (const { day, key, bytes, site } of rows) {
    const objects = days.get(day) ?? [];
    days.set(day, objects);
    objects.push({ key, bytes: Number(bytes), site });
  }
  return days;
}

async function* windowRows(session: Session, { visitor, kind, from, to }: HitFilter): AsyncGenerator<readonly string[], void, undefined> {
  for (let after: { received: string; id: string } | undefined, more = true; more; ) {
    const { rows } = await session.query<{ row: string; received: string; id: string }>(
      `select to_jsonb(h)::text as row, h.received_at::text as received, h.id from rempart.hits h
       where ($1::text is null or visitor = $1) and ($2::text is null or kind = $2)
         and ($3::timestamptz is null or received_at >= $3) and ($4::timestamptz is null or received_at < $4)
         and ($5::timestamptz is null or (h.received_at, h.id) > ($5, $6))
         and ${notErased}
       order by h.received_at, h.id limit ${pageSize}`,
      [visitor ?? null, kind ?? null, from ?? null, to ?? null, after?.received ?? null, after?.id ?? null],
    );
    if (rows.length > 0) yield rows.map(({ row }) => row);
    after = rows.at(-1);
    more = rows.length === pageSize;
  }
}

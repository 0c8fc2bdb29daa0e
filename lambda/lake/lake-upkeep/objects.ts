// Objects of one day of a site as S3 has them: read whole and checked, and compared row by row.
import { createHash } from 'node:crypto';
import type { Session } from '../../../runtime/database-session';
import type { CatalogueEntry } from '../../../runtime/lake/catalogue';
import type { LakeRow } from '../../../runtime/lake/columns';
import { LakeFileError } from '../../../runtime/lake/file-error';
import { ReadLimits } from '../../../runtime/lake/limits';
import { readFile } from '../../../runtime/lake/read';
import { lakeKey } from '../../../runtime/lake/store';
import type { LakeVersion, LakeVersions } from '../../../runtime/lake/versions';
import type { SiteId } from '../../../runtime/site';

/** Runs work in a transaction of its own, as the maintenance role in the site. */
export type InSite = <T>(work: (session: Session) => Promise<T>) => Promise<T>;

/** An object whose content is that of its key: rows of this site and day alone. */
export interface CheckedObject {
  readonly version: LakeVersion;
  readonly entry: CatalogueEntry;
  readonly tally: Tally;
}

/** Numbers of a day by kind of hit, with its visitors and those whose cookie came back. */
export type Tally = ReadonlyMap<
  string,
  { readonly hits: number; readonly visitors: ReadonlySet<string>; readonly returning: ReadonlySet<string> }
>;

/** The last time that a Date can have ("Time Values and Time Range", ECMAScript). */
const endless = new Date(8.64e15);

/** Rows that the database compares at once. */
const compared = 5_000;

/** @throws LakeFileError for an object that is damaged, or of another key, site or day */
export async function checkedObject(store: LakeVersions, site: SiteId, day: string, version: LakeVersion): Promise<CheckedObject> {
  const { key } = version;
  const body = await store.read(version);
  const sha256 = createHash('sha256').update(body).digest('hex');
  if (key !== lakeKey(site, day, sha256)) throw new LakeFileError('the content of its key', `another, ${sha256}`, { key });
  const start = BigInt(Date.parse(day)) * 1000n;
  const tally = new Map<string, { hits: number; visitors: Set<string>; returning: Set<string> }>();
  let [rows, first, last] = [0, start + dayMicroseconds, start];
  for await (const row of rowsIn(key, body)) {
    if (row.site_id !== site || row.received_at < start || row.received_at >= start + dayMicroseconds)
      throw new LakeFileError(`rows of site ${site} and ${day}`, 'one of another site or day', { key });
    rows++;
    if (row.received_at < first) first = row.received_at;
    if (row.received_at > last) last = row.received_at;
    count(tally, row);
  }
  if (rows === 0) throw new LakeFileError('rows', 'none', { key });
  const entry = { key, rows, bytes: body.length, sha256, firstReceived: String(first), lastReceived: String(last) };
  return { version, entry, tally };
}

const dayMicroseconds = 86_400_000_000n;

function count(
  tally: Map<string, { hits: number; visitors: Set<string>; returning: Set<string> }>,
  { kind, visitor, visitor_returned: returned }: LakeRow,
): void {
  const of = tally.get(kind) ?? { hits: 0, visitors: new Set<string>(), returning: new Set<string>() };
  tally.set(kind, of);
  of.hits++;
  if (visitor === null) return;
  of.visitors.add(visitor);
  if (returned === true) of.returning.add(visitor);
}

/** As `rempart.reconcile_lake_day` takes the numbers of a day. */
export function countsOf(objects: readonly CheckedObject[]): readonly object[] {
  const kinds = [...new Set(objects.flatMap(({ tally }) => [...tally.keys()]))].sort();
  return kinds.map((kind) => {
    const parts = objects.flatMap(({ tally }) => tally.get(kind) ?? []);
    const different = (of: (part: (typeof parts)[number]) => ReadonlySet<string>) => new Set(parts.flatMap((part) => [...of(part)])).size;
    const hits = parts.reduce((sum, part) => sum + part.hits, 0);
    return { kind, hits, visitors: different(({ visitors }) => visitors), returning: different(({ returning }) => returning) };
  });
}

async function* rowsIn(key: string, body: Buffer): AsyncGenerator<LakeRow, void> {
  const source = { key, bytes: body.length, read: async (from: number, to: number) => new Uint8Array(body.subarray(from, to)).buffer };
  for await (const rows of readFile(source, {}, new ReadLimits(4 * body.length + 2 ** 20, endless))) yield* rows;
}

/** Where objects have rows in common, the newer ones are the day. */
export interface Choice {
  readonly added: readonly CheckedObject[];
  /** Objects whose rows are all in others, in the window, or of persons who are being erased. */
  readonly covered: readonly CheckedObject[];
  /** Objects that have rows in common with others, and further ones; with the number of these. */
  readonly unclear: readonly { readonly object: CheckedObject; readonly rows: number }[];
}

/**
 * Chooses among objects of a day that the window does not have: the newest first, beside those that the catalogue has.
 * An object that has rows in common with them is left out: an erasure has rewritten it, or an export has. Nothing is
 * chosen where the others lack rows of it: those may be of nobody who was erased.
 */
export async function choose(
  inSite: InSite,
  store: LakeVersions,
  present: readonly CheckedObject[],
  candidates: readonly CheckedObject[],
): Promise<Choice> {
  const [added, covered, unclear] = [[] as CheckedObject[], [] as CheckedObject[], [] as { object: CheckedObject; rows: number }[]];
  for (const object of candidates.toSorted((a, b) => b.version.modified.getTime() - a.version.modified.getTime())) {
    const others = [...present, ...added].filter((other) => meet(other.entry, object.entry));
    const ids = new Set<string>();
    for (const other of others) for await (const { id } of rowsOf(store, other)) ids.add(id);
    const beyond: LakeRow[] = [];
    if (others.length > 0) for await (const row of rowsOf(store, object)) if (!ids.has(row.id)) beyond.push(row);
    if (others.length === 0 || beyond.length === object.entry.rows) {
      added.push(object);
      continue;
    }
    const rows = await atRisk(inSite, beyond);
    if (rows === 0) covered.push(object);
    else unclear.push({ object, rows });
  }
  return { added, covered, unclear };
}

/** Number of rows of an object that neither the window has, nor a person who is being erased. */
export async function rowsAtRisk(inSite: InSite, store: LakeVersions, object: CheckedObject): Promise<number> {
  const rows: LakeRow[] = [];
  for await (const row of rowsOf(store, object)) rows.push(row);
  return atRisk(inSite, rows);
}

async function* rowsOf(store: LakeVersions, { version }: CheckedObject): AsyncGenerator<LakeRow, void> {
  yield* rowsIn(version.key, await store.read(version));
}

/** Whether two files can have rows in common: a row has one time of arrival. */
export const meet = (
  a: Pick<CatalogueEntry, 'firstReceived' | 'lastReceived'>,
  b: Pick<CatalogueEntry, 'firstReceived' | 'lastReceived'>,
) => BigInt(a.firstReceived) <= BigInt(b.lastReceived) && BigInt(b.firstReceived) <= BigInt(a.lastReceived);

async function atRisk(inSite: InSite, rows: readonly LakeRow[]): Promise<number> {
  let number = 0;
  for (let from = 0; from < rows.length; from += compared) {
    const part = rows.slice(from, from + compared);
    number += await inSite(async (session) => {
      const values = [part.map((row) => String(row.received_at)), part.map(({ id }) => id), part.map(({ visitor }) => visitor)];
      const found = await session.query<{ number: string }>('select rempart.lake_rows_at_risk($1, $2, $3) as number', values);
      return Number(found.rows[0]?.number ?? part.length);
    });
  }
  return number;
}

// Export of one day of a site: pages of the window become objects of the lake, then entries of its catalogue.
import type { Database } from '../../../runtime/database';
import type { Session } from '../../../runtime/database-session';
import { type CatalogueEntry, type InSite, storeFile } from '../../../runtime/lake/catalogue';
import type { LakeRow } from '../../../runtime/lake/columns';
import type { LakeStore } from '../../../runtime/lake/store';
import { encodeFile } from '../../../runtime/lake/write';
import type { SiteId } from '../../../runtime/site';
import { mostRecordMilliseconds, objectLimits, objectMilliseconds, pageSize, recordMillisecondsOf } from './limits';

/** Time limit of the pages of one object, in milliseconds. */
const pagesMilliseconds = 120_000;

/** The database admits this action in a deleted site, too, whose hits leave the window as those of others. */
export const exportActor = { name: 'lake-export', from: 'schedule', doing: 'export to lake' } as const;

/** The position after a row of the window. */
interface Position {
  /** As PostgreSQL writes it, with microseconds. */
  readonly received: string;
  readonly id: string;
}

/** Whether less than so many milliseconds of the run are left. */
export type IsLate = (needed: number) => boolean;

export interface ExportedDay {
  /** False if the time ended before the day, or another run has it; the next run continues behind the last object. */
  readonly isWhole: boolean;
  /** Whether all objects are written, and the run had no time left for the record of the day. */
  readonly lacksRecord: boolean;
  readonly rows: number;
  readonly objects: number;
}

/**
 * Exports one day, unless another run has claimed it. Each object is announced in the database before it is written,
 * so that an object whose writer failed is deleted. After each object the position is stored: a day that is too long
 * for one run continues in the next, which has its whole time for the record of the day. The database refuses the
 * files if a row of the day has changed since the beginning, or if a row is missing.
 */
export async function exportDay(database: Database, store: LakeStore, site: SiteId, day: string, isLate: IsLate): Promise<ExportedDay> {
  const inSite: InSite = (work) => database.withSite(site, exportActor, work, { milliseconds: pagesMilliseconds });
  const begun = await inSite((session) => begin(session, day));
  if (begun === undefined) return { ...summary([]), isWhole: false, lacksRecord: false };
  const { claim } = begun;
  const files: CatalogueEntry[] = [...begun.files];
  let after = begun.after;
  const save = ({ received, id }: Position, goesOn: boolean) =>
    inSite((session) =>
      session.query('select rempart.save_lake_progress($1, $2, $3, $4, $5, $6)', [day, claim, received, id, JSON.stringify(files), goesOn]),
    );
  for (;;) {
    const part = await inSite((session) => readPart(session, day, after));
    if (part.rows.length === 0) break;
    files.push(await storeFile(inSite, store, site, day, await encodeFile(part.rows)));
    after = part.last;
    if (after === undefined || !part.more) break;
    const goesOn = !isLate(objectMilliseconds);
    await save(after, goesOn);
    if (!goesOn) return { ...summary(files), isWhole: false, lacksRecord: false };
  }
  if (after !== undefined && isLate(recordMillisecondsOf(summary(files).rows))) {
    await save(after, false);
    return { ...summary(files), isWhole: false, lacksRecord: true };
  }
  const record = (session: Session) =>
    session.query<{ replaced: string | null }>('select rempart.record_lake_day($1, $2, $3) as replaced', [
      day,
      claim,
      JSON.stringify(files),
    ]);
  const { rows } = await database.withSite(site, exportActor, record, { milliseconds: mostRecordMilliseconds });
  if (rows[0]?.replaced === null) {
    throw new Error(
      `lake: expected the rows that the window has, got ${summary(files).rows} in ${files.length} objects; the export of the day begins again in 16 minutes`,
    );
  }
  return { ...summary(files), isWhole: true, lacksRecord: false };
}

const summary = (files: readonly CatalogueEntry[]) => ({ rows: files.reduce((sum, { rows }) => sum + rows, 0), objects: files.length });

interface Begun {
  readonly claim: string;
  readonly files: readonly CatalogueEntry[];
  readonly after: Position | undefined;
}

/** Claims the day; `undefined` if another run has it. */
async function begin(session: Session, day: string): Promise<Begun | undefined> {
  const { rows } = await session.query<{
    claim: string;
    files: readonly CatalogueEntry[] | null;
    received: string | null;
    id: string | null;
  }>('select claim, files, after_received::text as received, after_id as id from rempart.begin_lake_day($1)', [day]);
  const [row] = rows;
  if (row === undefined) return undefined;
  const { claim, files, received, id } = row;
  return { claim, files: files ?? [], after: received === null || id === null ? undefined : { received, id } };
}

interface Part {
  readonly rows: readonly LakeRow[];
  readonly last: Position | undefined;
  /** Whether rows may follow. */
  readonly more: boolean;
}

/** Pages up to the limits of an object. */
async function readPart(session: Session, day: string, from: Position | undefined): Promise<Part> {
  const rows: LakeRow[] = [];
  let characters = 0;
  let last = from;
  for (;;) {
    const page = await session.query<PageRow>(pageText, [day, last?.received ?? null, last?.id ?? null, pageSize]);
    for (const row of page.rows) {
      rows.push(lakeRow(row));
      characters += charactersOf(row);
    }
    const end = page.rows.at(-1);
    if (end) last = { received: end.received_text, id: end.id };
    const more = page.rows.length === pageSize;
    if (!more || rows.length >= objectLimits.rows || characters >= objectLimits.characters) return { rows, last, more };
  }
}

type PageRow = Omit<LakeRow, 'received_at' | 'occurred_at'> & {
  readonly received_at: string;
  readonly occurred_at: string;
  readonly received_text: string;
};

/** Times as microseconds and jsonb as text: the driver's types have milliseconds and numbers of JavaScript. */
const pageText = `select site_id, (extract(epoch from received_at) * 1000000)::bigint::text as received_at, received_at::text as received_text, id,
  (extract(epoch from occurred_at) * 1000000)::bigint::text as occurred_at, kind, url, referrer, visitor, address, user_agent, fields::text,
  key_version, client_time, visitor_returned, repairs from rempart.hits_for_lake($1, $2, $3, $4)`;

const lakeRow = ({ received_text: _, ...row }: PageRow): LakeRow => ({
  ...row,
  received_at: BigInt(row.received_at),
  occurred_at: BigInt(row.occurred_at),
});

const charactersOf = ({ url, referrer, fields, user_agent: agent }: PageRow): number =>
  200 + (url?.length ?? 0) + (referrer?.length ?? 0) + (fields?.length ?? 0) + (agent?.length ?? 0);

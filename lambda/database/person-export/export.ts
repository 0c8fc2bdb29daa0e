// Exports all data of one person in one site, as JSON Lines with a checksum. (DSS-4.2)
import { type Archive, putWithChecksum } from '../../../runtime/archive';
import type { Database } from '../../../runtime/database';
import type { Session } from '../../../runtime/database-session';
import { hitsOf } from '../../../runtime/lake/hits';
import { LakeLimitError, ReadLimits } from '../../../runtime/lake/limits';
import type { Lake, LakeStore } from '../../../runtime/lake/store';
import type { Person, PersonRequest } from '../../../runtime/person';

export interface ExportResult {
  /** Key of the file in the archive bucket; its checksum has the same key with the suffix `.sha256`. */
  readonly key: string;
  readonly sha256: string;
  readonly lines: number;
}

/** Limit of the bytes that are read from the lake for one export. */
const lakeBytes = 20 * 2 ** 30;

/** Time limit of the reads of an export. */
const milliseconds = 600_000;

/**
 * Size limit of an export in bytes. It is assembled in memory, twice at the end, and the function has 1 GB. Before,
 * row groups of the lake are beside it, of 128 MiB at most.
 */
const defaultMostBytes = 200 * 2 ** 20;

/**
 * Writes one line for each row of the person, `{"table": ..., "row": {...}}`, to
 * `exports/site-<id>/<time>-<id>.jsonl`. Hits are in the window or in the lake; both are read. The rows are read and
 * the access is logged in one transaction; the file is written after it, so it contains no row without a log entry. A
 * second entry, `store export <key>`, states whether the file was stored. For a person without rows the file is empty:
 * that is an answer too.
 *
 * Rejected records are not included: they could not be read, so the person in them is unknown. All of them are removed
 * after 30 days.
 *
 * @param mostBytes size limit of the file in bytes. @default 200 MiB
 * @throws RangeError above the limit; nothing is written
 */
export async function exportPerson(
  database: Database,
  archive: Archive,
  lake: Lake,
  request: PersonRequest,
  now: Date,
  unique: string,
  mostBytes: number = defaultMostBytes,
): Promise<ExportResult> {
  const { site, person, actor } = request;
  const lines = await database.withSite(
    site,
    { ...actor, doing: 'export person' },
    (session) => rowsOf(session, lake.of(site), person, new Lines(mostBytes), readLimits(now)),
    { milliseconds },
  );
  const key = `exports/site-${site}/${now.toISOString().replaceAll(':', '')}-${unique}.jsonl`;
  const stored = await putWithChecksum(archive, key, lines.content(), 'application/jsonl').then(
    (sha256) => () => ({ key, sha256, lines: lines.count }),
    (error: unknown) => () => {
      throw error;
    },
  );
  // A failed upload is logged as a failure of this access; the upload itself held no transaction open.
  return database.withSite(site, { ...actor, doing: `store export ${key}` }, async () => stored());
}

const readLimits = (now: Date) => new ReadLimits(lakeBytes, new Date(now.getTime() + milliseconds));

/** The lines of an export, as bytes, up to a limit. */
class Lines {
  private readonly parts: Buffer[] = [];
  private bytes = 0;
  count = 0;

  constructor(private readonly mostBytes: number) {}

  add(table: string, rows: readonly { readonly row: string }[]): void {
    const part = Buffer.from(rows.map(({ row }) => `{"table":"${table}","row":${row}}\n`).join(''));
    this.bytes += part.length;
    if (this.bytes > this.mostBytes) {
      throw new RangeError(
        `export: expected at most ${this.mostBytes} bytes for one person, got more; nothing was written, export the rows as the database's owner`,
      );
    }
    this.parts.push(part);
    this.count += rows.length;
  }

  content(): Buffer {
    return Buffer.concat(this.parts);
  }
}

async function rowsOf(
  session: Session,
  store: LakeStore,
  { id: given, visitor }: Person,
  lines: Lines,
  limits: ReadLimits,
): Promise<Lines> {
  const id = given ?? null;
  const pseudonym = visitor ?? (await visitorOf(session, id));
  const people = 'select id from rempart.people where id = $1 or visitor = $2';
  const read = (text: string, values: readonly (string | null)[]) => session.query<{ row: string }>(text, values).then(({ rows }) => rows);

  lines.add(
    'people',
    await read('select to_jsonb(p)::text as row from rempart.people p where id = $1 or visitor = $2 order by id', [id, pseudonym]),
  );
  lines.add(
    'person_rights',
    await read(`select to_jsonb(r)::text as row from rempart.person_rights r where person_id in (${people}) order by id`, [id, pseudonym]),
  );
  if (pseudonym !== null) await addHits(session, store, pseudonym, lines, limits);
  return lines;
}

async function addHits(session: Session, store: LakeStore, visitor: string, lines: Lines, limits: ReadLimits): Promise<void> {
  try {
    for await (const rows of hitsOf(session, store, { visitor }, limits)) {
      lines.add(
        'hits',
        rows.map((row) => ({ row })),
      );
    }
  } catch (error) {
    if (!(error instanceof LakeLimitError)) throw error;
    throw new RangeError(
      `export: expected hits of the lake within ${milliseconds / 1000} seconds and ${lakeBytes / 2 ** 30} GiB, got more after ${limits.bytesRead} bytes; nothing was written, call the function again at an hour with less load, then export the rows as the database's owner`,
      { cause: error },
    );
  }
}

async function visitorOf(session: Session, id: string | null): Promise<string | null> {
  const { rows } = await session.query<{ visitor: string | null }>('select visitor from rempart.people where id = $1', [id]);
  return rows[0]?.visitor ?? null;
}

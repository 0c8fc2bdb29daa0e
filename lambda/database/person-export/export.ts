// Exports what one site holds of one person, as JSON Lines with a checksum (DSS-4.2).
import { type Archive, putWithChecksum } from '../../../runtime/archive';
import type { Database } from '../../../runtime/database';
import type { Session } from '../../../runtime/database-session';
import type { Person, PersonRequest } from '../../../runtime/person';

export interface Exported {
  /** Key of the file in the archive; its checksum is beside it under the same name with `.sha256`. */
  readonly key: string;
  readonly sha256: string;
  readonly lines: number;
}

/** Rows of hits that are read at a time: a row has up to about 15 kB. */
const page = 1000;

/** Most bytes of an export. It is put together in memory, twice at the end: the function has 1 GB. */
const mostBytes = 200 * 2 ** 20;

/**
 * Writes one line for each row of the person, `{"table": ..., "row": {...}}`, to `exports/site-<id>/<time>-<id>.jsonl`. The rows are
 * read and the access is logged in one transaction; the file is written after it, so it holds nothing that was not logged. A second
 * entry, `store export <key>`, says whether it was stored. A person of whom there is nothing gives an empty file: that too is an answer.
 *
 * Rejected records are not part of it: they could not be read, so nobody can tell whom they name. One that does name the person is
 * removed after 30 days, as all are.
 *
 * @param most bytes of the file. @default 200 MiB
 * @throws RangeError for more rows than that: nothing is written.
 */
export async function exportPerson(
  database: Database,
  archive: Archive,
  request: PersonRequest,
  now: Date,
  unique: string,
  most: number = mostBytes,
): Promise<Exported> {
  const { site, person, actor } = request;
  const lines = await database.withSite(site, { ...actor, doing: 'export person' }, (session) => rowsOf(session, person, new Lines(most)), {
    milliseconds: 600_000,
  });
  const key = `exports/site-${site}/${now.toISOString().replaceAll(':', '')}-${unique}.jsonl`;
  const stored = await putWithChecksum(archive, key, lines.whole(), 'application/jsonl').then(
    (sha256) => () => ({ key, sha256, lines: lines.count }),
    (error: unknown) => () => {
      throw error;
    },
  );
  // Within, its failure is logged as one; the upload before it kept no transaction open.
  return database.withSite(site, { ...actor, doing: `store export ${key}` }, async () => stored());
}

/** The lines of an export, as bytes, up to a limit. */
class Lines {
  private readonly parts: Buffer[] = [];
  private bytes = 0;
  count = 0;

  constructor(private readonly most: number) {}

  add(table: string, rows: readonly { readonly row: string }[]): void {
    const part = Buffer.from(rows.map(({ row }) => `{"table":"${table}","row":${row}}\n`).join(''));
    this.bytes += part.length;
    if (this.bytes > this.most) {
      throw new RangeError(
        `export: expected at most ${this.most} bytes of one person, got more; nothing was written, have the database's owner export them`,
      );
    }
    this.parts.push(part);
    this.count += rows.length;
  }

  whole(): Buffer {
    return Buffer.concat(this.parts);
  }
}

async function rowsOf(session: Session, { id: given, visitor }: Person, lines: Lines): Promise<Lines> {
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
  for (let after: { received: string; id: string } | undefined, more = pseudonym !== null; more; ) {
    const { rows } = await session.query<{ row: string; received: string; id: string }>(
      `select to_jsonb(h)::text as row, h.received_at::text as received, h.id from rempart.hits h
       where visitor = $1 and ($2::timestamptz is null or (h.received_at, h.id) > ($2, $3)) order by h.received_at, h.id limit ${page}`,
      [pseudonym, after?.received ?? null, after?.id ?? null],
    );
    lines.add('hits', rows);
    after = rows.at(-1);
    more = rows.length === page;
  }
  return lines;
}

async function visitorOf(session: Session, id: string | null): Promise<string | null> {
  const { rows } = await session.query<{ visitor: string | null }>('select visitor from rempart.people where id = $1', [id]);
  return rows[0]?.visitor ?? null;
}

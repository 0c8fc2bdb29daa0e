// Exports what one site holds of one person, as JSON Lines with a checksum (DSS-4.2).
import { type Archive, putWithChecksum } from '../../runtime/archive';
import type { Database } from '../../runtime/database';
import type { Session } from '../../runtime/database-session';
import type { Person, PersonRequest } from '../../runtime/person';

export interface Exported {
  /** Key of the file in the archive; its checksum is beside it under the same name with `.sha256`. */
  readonly key: string;
  readonly sha256: string;
  readonly lines: number;
}

/** Rows of hits that are read at a time. */
const page = 5000;

/**
 * Writes one line for each row of the person, `{"table": ..., "row": {...}}`, to `exports/site-<id>/<time>-<id>.jsonl`. The rows are
 * read and the access is logged in one transaction; the file is written after it, so it holds nothing that was not logged.
 * A person of whom there is nothing gives an empty file: that too is an answer.
 */
export async function exportPerson(
  database: Database,
  archive: Archive,
  request: PersonRequest,
  now: Date,
  unique: string,
): Promise<Exported> {
  const { site, person, actor } = request;
  const lines = await database.withSite(site, { ...actor, doing: 'export person' }, (session) => rowsOf(session, person), {
    milliseconds: 600_000,
  });
  const key = `exports/site-${site}/${now.toISOString().replaceAll(':', '')}-${unique}.jsonl`;
  const sha256 = await putWithChecksum(archive, key, Buffer.from(lines.map((line) => `${line}\n`).join('')), 'application/jsonl');
  return { key, sha256, lines: lines.length };
}

async function rowsOf(session: Session, { id: given, visitor }: Person): Promise<string[]> {
  const id = given ?? null;
  const pseudonym = visitor ?? (await visitorOf(session, id));
  const lines: string[] = [];
  const add = (table: string, rows: readonly { row: string }[]) =>
    lines.push(...rows.map(({ row }) => `{"table":"${table}","row":${row}}`));
  const people = 'select id from rempart.people where id = $1 or visitor = $2';
  const read = (text: string, values: readonly (string | null)[]) => session.query<{ row: string }>(text, values).then(({ rows }) => rows);

  add(
    'people',
    await read('select to_jsonb(p)::text as row from rempart.people p where id = $1 or visitor = $2 order by id', [id, pseudonym]),
  );
  add(
    'person_rights',
    await read(`select to_jsonb(r)::text as row from rempart.person_rights r where person_id in (${people}) order by id`, [id, pseudonym]),
  );
  for (let after: { received: string; id: string } | undefined, more = pseudonym !== null; more; ) {
    const { rows } = await session.query<{ row: string; received: string; id: string }>(
      `select to_jsonb(h)::text as row, h.received_at::text as received, h.id from rempart.hits h
       where visitor = $1 and ($2::timestamptz is null or (h.received_at, h.id) > ($2, $3)) order by h.received_at, h.id limit ${page}`,
      [pseudonym, after?.received ?? null, after?.id ?? null],
    );
    add('hits', rows);
    after = rows.at(-1);
    more = rows.length === page;
  }
  return lines;
}

async function visitorOf(session: Session, id: string | null): Promise<string | null> {
  const { rows } = await session.query<{ visitor: string | null }>('select visitor from rempart.people where id = $1', [id]);
  return rows[0]?.visitor ?? null;
}

// What a writer of the lake does with the database, without objects: it reads a day, announces files and records them.
import { createHash, randomUUID } from 'node:crypto';
import { dayFrom } from '../../runtime/hit-days';
import type { SiteId } from '../../runtime/site';
import { type LocalDatabase, tester } from '../../tools/local-database/rempart';

/** A row of a day as the writer reads it. */
export interface Row {
  readonly id: string;
  readonly visitor: string | null;
  readonly received: string;
  /** As PostgreSQL writes it. */
  readonly received_text: string;
}

/** A file as `rempart.record_lake_day` takes it. */
export interface File {
  readonly key: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly firstReceived: string;
  readonly lastReceived: string;
}

export interface Hit {
  readonly visitor?: string | undefined;
  readonly kind?: string;
  readonly returned?: boolean | undefined;
  /** Seconds after midnight. @default 43200 */
  readonly second?: number;
}

/** The day so many days ago. */
export const daysAgo = (days: number): string => dayFrom(new Date(), -days);

/** Stores a hit of a day as the ingest does, without its checks. Returns its id. */
export async function addHit(db: LocalDatabase, site: SiteId, day: string, hit: Hit = {}): Promise<string> {
  const id = randomUUID();
  const at = new Date(Date.parse(day) + (hit.second ?? 43_200) * 1000);
  await db.application.withSite(site, tester, (session) =>
    session.query(
      `insert into rempart.hits (site_id, received_at, id, occurred_at, kind, visitor, visitor_returned) values ($1, $2, $3, $2, $4, $5, $6)`,
      [site, at, id, hit.kind ?? 'page', hit.visitor ?? null, hit.returned ?? null],
    ),
  );
  return id;
}

/** Rows of one query of upkeep in a site. */
export const asUpkeep = async (
  db: LocalDatabase,
  site: SiteId,
  text: string,
  values: readonly (string | number | null)[] = [],
  doing = 'export to lake',
): Promise<Record<string, unknown>[]> =>
  db.maintenance.withSite(site, { ...tester, doing }, async (session) => (await session.query<Record<string, unknown>>(text, values)).rows);

/** The first value of the same. */
export const answerOf = async (...of: Parameters<typeof asUpkeep>): Promise<unknown> => Object.values((await asUpkeep(...of))[0] ?? {})[0];

/** A file of rows: the digest of their ids stands for that of the object. */
export function fileOf(site: SiteId, day: string, rows: readonly Row[]): File {
  const sha256 = createHash('sha256')
    .update(rows.map(({ id }) => id).join())
    .digest('hex');
  const times = rows.map(({ received }) => BigInt(received));
  const by = (a: bigint, b: bigint) => (a < b ? -1 : 1);
  return {
    key: `lake/site=${site}/day=${day}/${sha256.slice(0, 16)}.parquet`,
    rows: rows.length,
    bytes: 100 * rows.length,
    sha256,
    firstReceived: String(times.toSorted(by)[0]),
    lastReceived: String(times.toSorted(by).at(-1)),
  };
}

/** Begins the export of a day and reads its rows. */
export async function readDay(db: LocalDatabase, site: SiteId, day: string): Promise<Row[]> {
  await begin(db, site, day);
  return readRows(db, site, day);
}

/** The last claim of each day of a site: that with which it is recorded, unless a test names another. */
const claims = new Map<string, string>();

export const claimOf = (site: SiteId, day: string): string => claims.get(`${site} ${day}`) ?? randomUUID();

/** Begins the export of a day, or continues it. Returns how far it is; nothing while another export has the day. */
export async function begin(db: LocalDatabase, site: SiteId, day: string): Promise<Record<string, unknown>[]> {
  const found = await asUpkeep(db, site, 'select claim, after_received::text, after_id, files from rempart.begin_lake_day($1)', [day]);
  return found.map(({ claim, ...progress }) => {
    claims.set(`${site} ${day}`, String(claim));
    return progress;
  });
}

/** Lets the time of the claims of a site pass, as if their exports had failed. */
export const expireClaims = (db: LocalDatabase, site: SiteId) =>
  db.superuser.query(`update rempart.hit_days set claimed_until = now() - interval '1 second' where site_id = $1 and claim is not null`, [
    site,
  ]);

/** The rows of a day behind a row, at most so many. */
export const readRows = async (db: LocalDatabase, site: SiteId, day: string, behind?: Row, atMost = 1000): Promise<Row[]> =>
  (await asUpkeep(
    db,
    site,
    `select id, visitor, (extract(epoch from received_at) * 1000000)::bigint::text as received, received_at::text as received_text
     from rempart.hits_for_lake($1, $2, $3, $4)`,
    [day, behind?.received_text ?? null, behind?.id ?? null, atMost],
  )) as unknown as Row[];

export const plan = (db: LocalDatabase, site: SiteId, key: string) => answerOf(db, site, 'select rempart.plan_lake_file($1)', [key]);

export async function record(
  db: LocalDatabase,
  site: SiteId,
  day: string,
  files: readonly File[],
  claim = claimOf(site, day),
): Promise<number> {
  const replaced = await answerOf(db, site, 'select rempart.record_lake_day($1, $2, $3)', [day, claim, JSON.stringify(files)]);
  if (replaced === null) throw new Error('lake: expected the rows that the window has');
  return Number(replaced);
}

/** Stores how far the export of a day is: the files until now, and the last row that they have. */
export const save = (db: LocalDatabase, site: SiteId, day: string, last: Row | undefined, files: readonly object[], goesOn = false) =>
  answerOf(db, site, 'select rempart.save_lake_progress($1, $2, $3, $4, $5, $6)', [
    day,
    claimOf(site, day),
    last?.received_text ?? '',
    last?.id ?? '',
    JSON.stringify(files),
    String(goesOn),
  ]);

/** Exports a day into so many files, or fewer. Returns them. */
export async function exportDay(db: LocalDatabase, site: SiteId, day: string, count = 1): Promise<File[]> {
  const rows = await readDay(db, site, day);
  const size = Math.max(1, Math.ceil(rows.length / count));
  const files: File[] = [];
  for (let start = 0; start < rows.length; start += size) files.push(fileOf(site, day, rows.slice(start, start + size)));
  for (const { key } of files) await plan(db, site, key);
  await record(db, site, day, files);
  return files;
}

/** Notes that the objects of a day were found, in each site that has stored it, as the upkeep of the lake does. */
export async function findObjects(db: Pick<LocalDatabase, 'superuser' | 'maintenance'>, day: string): Promise<void> {
  const { rows } = await db.superuser.query<{ site: SiteId; keys: readonly string[] }>(
    `select d.site_id as site, array(select f.object_key from rempart.lake_files f where f.site_id = d.site_id and f.day = d.day) as keys
     from rempart.hit_days d where d.day = $1 and d.state = 'stored'`,
    [day],
  );
  for (const { site, keys } of rows)
    await db.maintenance.withSite(site, { ...tester, doing: 'examine lake objects' }, async (session) => {
      const found = await session.query<{ seen: boolean }>('select rempart.record_lake_look($1, $2) as seen', [day, keys]);
      expect(found.rows).toEqual([{ seen: true }]);
    });
}

/** Rows of the superuser, who sees all sites. */
export const all = async (db: LocalDatabase, text: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> =>
  (await db.superuser.query(text, [...values])).rows;

/** Makes what awaits its deletion in a site ripe, and notes it as deleted. Returns the keys. */
export async function deleteObjects(db: LocalDatabase, site: SiteId): Promise<string[]> {
  await db.superuser.query(`update rempart.lake_deletions set since = since - interval '61 minutes' where site_id = $1`, [site]);
  return db.maintenance.withSite(site, { ...tester, doing: 'delete lake objects' }, async (session) => {
    const { rows } = await session.query<{ key: string }>('select rempart.lake_objects_to_delete() as key');
    const keys = rows.map(({ key }) => key);
    const { rows: recorded } = await session.query('select rempart.record_lake_deletions($1)::int as number', [keys]);
    expect(recorded).toEqual([{ number: keys.length }]);
    return keys;
  });
}

/** Keys of the files that are to be read for an erasure. */
export const filesToErase = async (db: LocalDatabase, site: SiteId, erasure: string): Promise<string[]> =>
  (await asUpkeep(db, site, 'select key from rempart.lake_files_to_erase(array[$1::uuid])', [erasure], 'erase from lake')).map(({ key }) =>
    String(key),
  );

/** Asks for the erasure of a visitor. Returns its id. */
export const eraseVisitor = (db: LocalDatabase, site: SiteId, visitor: string): Promise<string> =>
  db.application.withSite(site, tester, async (session) =>
    String((await session.query<{ id: string }>('select rempart.erase_person(null, $1) as id', [visitor])).rows[0]?.id),
  );

/** Records that an object was read for erasures, and what is in its place; each has a number of removed rows. */
export const recordRewrite = (
  db: LocalDatabase,
  site: SiteId,
  ids: readonly string[],
  key: string,
  file: File | null,
  removed: readonly number[],
) =>
  answerOf(
    db,
    site,
    'select rempart.record_lake_rewrite($1::uuid[], $2, $3, $4::bigint[])',
    [`{${ids.join()}}`, key, file && JSON.stringify(file), `{${removed.join()}}`],
    'erase from lake',
  );

/** Finishes an erasure in the lake, if no object is to be read or to be deleted for it. */
export const finishErasure = (db: LocalDatabase, site: SiteId, id: string) =>
  answerOf(db, site, 'select rempart.finish_lake_erasure($1)', [id], 'erase from lake');

/** Until a call of the function waits for a lock. */
export async function untilLocked(db: LocalDatabase, name: string): Promise<void> {
  const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and query like 'select rempart.' || $1 || '(%'`;
  do {
    await new Promise((resolve) => setTimeout(resolve, 20));
    // Within a transaction, the server shows what it showed first.
    await db.superuser.query('select pg_stat_clear_snapshot()');
  } while ((await all(db, waiting, [name])).length === 0);
}

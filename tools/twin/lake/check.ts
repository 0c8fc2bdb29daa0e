// Compares the lake of a twin with what DuckDB reads from the same files: rows, sites, days, and erased persons.
import type { SiteId } from '../../../runtime/site';
import { read } from './steps';
import { sitesOf, type TwinLake } from './twin-lake';

export interface LakeCheck {
  readonly files: number;
  readonly rows: number;
  /** Rows that runtime and DuckDB both have, of days that the lake alone has. */
  readonly compared: number;
  readonly problems: readonly string[];
}

/** Reads every file, and every site by the door of the runtime. */
export async function checkLake(of: TwinLake): Promise<LakeCheck> {
  const problems: string[] = [];
  const files = await of.files.rows();
  for (const { key, foreign } of files) if (foreign > 0) problems.push(`${key}: expected rows of its site and day, got ${foreign} others`);
  problems.push(...(await catalogueProblems(of, new Map(files.map(({ key, rows }) => [key, rows])))));
  let compared = 0;
  for (const { id } of await sitesOf(of)) {
    const { same, found } = await compareSite(of, id);
    compared += same;
    problems.push(...found, ...(await erasureProblems(of, id)));
  }
  return { files: files.length, rows: files.reduce((sum, { rows }) => sum + rows, 0), compared, problems };
}

/** Files and entries of the catalogue: each has the other, with the same number of rows, or awaits its deletion. */
async function catalogueProblems({ look }: TwinLake, files: ReadonlyMap<string, number>): Promise<readonly string[]> {
  const entries = await look<{ key: string; rows: string }>('select object_key as key, rows from rempart.lake_files');
  const waiting = await look<{ key: string }>('select object_key as key from rempart.lake_deletions');
  const known = new Set([...entries, ...waiting].map(({ key }) => key));
  return [
    ...entries
      .filter(({ key, rows }) => files.get(key) !== Number(rows))
      .map(({ key, rows }) => `${key}: expected ${rows} rows, as in the catalogue, got ${files.get(key) ?? 'no file'}`),
    ...[...files.keys()].filter((key) => !known.has(key)).map((key) => `${key}: expected an entry of the catalogue, got none`),
  ];
}

/** The rows of the days that the lake alone has, by both readers. */
async function compareSite(of: TwinLake, site: SiteId): Promise<{ readonly same: number; readonly found: readonly string[] }> {
  const lakeDays = new Set(
    (
      await of.look<{ day: string }>(
        `select distinct to_char(f.day, 'YYYY-MM-DD') as day from rempart.lake_files f where f.site_id = $1
           and not exists (select from rempart.hit_days d where d.site_id = f.site_id and d.day = f.day)`,
        [site],
      )
    ).map(({ day }) => day),
  );
  const rows = (await read(of, site, {})).rows.map((row) => JSON.parse(row) as { id: string; site_id: number; received_at: string });
  const found = rows.some((row) => row.site_id !== site) ? [`site ${site}: expected its own rows, got those of another site`] : [];
  const door = rows.filter(({ received_at: at }) => lakeDays.has(at.slice(0, 10))).map(({ id }) => id);
  const files = await of.files.ids(site, { days: [...lakeDays] });
  if (door.toSorted().join() !== files.join())
    found.push(`site ${site}: expected the ${files.length} rows that DuckDB reads, got ${door.length} by the runtime`);
  return { same: files.length, found };
}

/** Rows of visitors whose erasure is finished in the lake. */
async function erasureProblems(of: TwinLake, site: SiteId): Promise<readonly string[]> {
  const erased = await of.look<{ visitor: string }>(
    'select visitor from rempart.erasures where site_id = $1 and visitor is not null and lake_removed_at is not null',
    [site],
  );
  const problems: string[] = [];
  for (const { visitor } of erased) {
    const left = await of.files.ids(site, { visitor });
    if (left.length > 0) problems.push(`site ${site}: expected no row of an erased person, got ${left.length}`);
  }
  return problems;
}

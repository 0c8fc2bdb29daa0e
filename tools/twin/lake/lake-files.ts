// The files of the lake as an independent reader has them: DuckDB, which shares no code with the runtime.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

export interface FileRows {
  /** Key of the object. */
  readonly key: string;
  /** Site and day of its folders. */
  readonly site: number;
  readonly day: string;
  readonly rows: number;
  /** Rows whose own site, or day of arrival, is another one. */
  readonly foreign: number;
}

/** What s3rver adds to the name of an object (its files of metadata have other endings). */
const ending = '._S3rver_object';

export class LakeFiles {
  private constructor(
    /** Folder of the bucket. */
    private readonly folder: string,
    private readonly connection: DuckDBConnection,
  ) {}

  static async open(folder: string): Promise<LakeFiles> {
    const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
    await connection.run("set timezone = 'UTC'");
    return new LakeFiles(folder, connection);
  }

  /** Keys of all objects below `lake/`. */
  async keys(): Promise<readonly string[]> {
    const names = await readdir(join(this.folder, 'lake'), { recursive: true }).catch(() => []);
    return names.filter((name) => name.endsWith(ending)).map((name) => `lake/${name.slice(0, -ending.length)}`);
  }

  /** Each file with its number of rows. */
  async rows(): Promise<readonly FileRows[]> {
    if ((await this.keys()).length === 0) return [];
    const found = await this.all(
      `select filename, site::integer as site, day::varchar as day, count(*)::integer as rows,
         count(*) filter (where site_id::varchar <> site or received_at::date::varchar <> day::varchar)::integer as foreign
       from ${this.source('*')} group by all order by 2, 3, 1`,
    );
    return found.map(({ filename, site, day, rows, foreign }) => ({
      key: String(filename).slice(this.folder.length + 1, -ending.length),
      ...{ site: Number(site), day: String(day), rows: Number(rows), foreign: Number(foreign) },
    }));
  }

  /** Ids of the rows of a site, in order: of one visitor, or of some days, if they are given. */
  async ids(
    site: number,
    { visitor, days }: { readonly visitor?: string; readonly days?: readonly string[] } = {},
  ): Promise<readonly string[]> {
    const conditions = [
      ...(visitor === undefined ? [] : ['visitor = $visitor']),
      ...(days === undefined ? [] : [`day::varchar in (${days.map((day) => `'${day}'`).join() || "''"})`]),
    ];
    const found = await this.ofSite(site, 'id::varchar as value', conditions, visitor === undefined ? {} : { visitor });
    return found.toSorted();
  }

  /** Visitors of a site, the one with the most rows first. */
  visitors = (site: number): Promise<readonly string[]> =>
    this.ofSite(site, 'visitor as value', ['visitor is not null group by visitor order by count(*) desc, visitor'], {});

  private async ofSite(site: number, what: string, conditions: readonly string[], values: Readonly<Record<string, string>>) {
    if (!(await this.keys()).some((key) => key.startsWith(`lake/site=${site}/`))) return [];
    const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
    return (await this.all(`select ${what} from ${this.source(String(site))} ${where}`, values)).map(({ value }) => String(value));
  }

  close(): void {
    this.connection.closeSync();
  }

  private source = (site: string) =>
    `read_parquet('${join(this.folder, `lake/site=${site}/day=*/*.parquet${ending}`)}', hive_partitioning = true, hive_types_autocast = false, filename = true)`;

  private async all(text: string, values: Readonly<Record<string, string>> = {}) {
    return (await this.connection.runAndReadAll(text, values)).getRowObjects();
  }
}

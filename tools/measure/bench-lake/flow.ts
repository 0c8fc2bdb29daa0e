// Rows per second from the stream into the window, and from the window into the lake, beside plain COPY and DuckDB's
// own writer; and bytes of the same hits on the wire, in the window and in the lake.
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { generateHits, generateSite } from '../../../lambda/database/generated-data/generate';
import { exportDay } from '../../../lambda/lake/lake-export/day';
import { dayFrom } from '../../../runtime/hit-days';
import { ingest } from '../../../runtime/ingest';
import type { LakeFile } from '../../../runtime/lake/write';
import { type SiteId, siteId } from '../../../runtime/site';
import { type LocalDatabase, startDatabase } from '../../local-database/rempart';
import { FolderLake } from './folder-lake';

export const flowWorks = ['copy', 'ingest', 'export', 'duckdb'] as const;
export type FlowWork = (typeof flowWorks)[number];

export interface FlowReport {
  readonly rows: number;
  /** Rows per second; medians. */
  readonly rate: Readonly<Record<FlowWork, number>>;
  /** Bytes of a hit. */
  readonly bytes: { readonly [place in 'wire' | 'raw' | 'window' | 'lake' | 'duckdb']: number };
}

const settings = ['fsync=on', 'synchronous_commit=on', 'full_page_writes=on', 'shared_buffers=1GB', 'max_wal_size=8GB', 'autovacuum=off'];
const batch = 2000;
/** Days before today; each round has a day and a site of its own. */
const daysAgo = 12;

/** Measures with so many hits of one day in each round. */
export async function benchFlow(rows: number, rounds: number): Promise<FlowReport> {
  const folder = await mkdtemp(join(tmpdir(), 'rempart-flow-'));
  await chmod(folder, 0o755);
  const db = await startDatabase('development', ...settings);
  const flow = new Flow(db, folder, rows);
  try {
    const seconds: Record<FlowWork, number[]> = { copy: [], ingest: [], export: [], duckdb: [] };
    // The first round is the warm-up.
    for (let round = -1; round < rounds; round++) {
      const took = await flow.round(round);
      if (round >= 0) for (const work of flowWorks) seconds[work].push(took[work]);
    }
    const rate = Object.fromEntries(flowWorks.map((work) => [work, rows / median(seconds[work])])) as Record<FlowWork, number>;
    return { rows, rate, bytes: flow.bytes };
  } finally {
    await db.close();
    await rm(folder, { recursive: true });
  }
}

class Flow {
  /** Of the last round. */
  bytes = { wire: 0, raw: 0, window: 0, lake: 0, duckdb: 0 };

  constructor(
    private readonly db: LocalDatabase,
    private readonly folder: string,
    private readonly rows: number,
  ) {}

  async round(round: number): Promise<Record<FlowWork, number>> {
    const site = await this.db.createSite(`flow-${round + 1}`);
    const copied = await this.db.createSite(`copy-${round + 1}`);
    const day = dayFrom(new Date(), -daysAgo - 1 - round);
    const records = this.records(site, day, round);
    const wire = records.reduce((sum, { length }) => sum + length + 1, 0);
    const raw = gzipSync(records.map(String).join('\n')).length;
    const before = await this.size(day);
    const ingestSeconds = await timeOf(() => this.ingestAll(records));
    const window = (await this.size(day)) - before;
    const copy = await this.copy(site, copied, day);
    const lake = new Kept(this.folder);
    const exportSeconds = await timeOf(() => exportDay(this.db.maintenance, lake.of(site), site, day, () => false));
    const written = await this.duckdb(join(this.folder, lake.last));
    const bytes = { wire, raw, window, lake: lake.bytes, duckdb: written.bytes };
    this.bytes = Object.fromEntries(Object.entries(bytes).map(([place, size]) => [place, size / this.rows])) as typeof this.bytes;
    return { copy, ingest: ingestSeconds, export: exportSeconds, duckdb: written.seconds };
  }

  /** One line for each hit, as collectors put it on the stream. */
  private records(site: SiteId, day: string, round: number): readonly Buffer[] {
    const end = new Date(Date.parse(day) + 86_400_000 - 1);
    const made = [...generateHits(round + 2, site, generateSite(1, site), this.rows, end)].sort((a, b) =>
      a.received < b.received ? -1 : 1,
    );
    // Random ids, like those of collectors: the hard case for an index.
    return made.map((hit) => Buffer.from(JSON.stringify({ site, ...hit, id: randomUUID() })));
  }

  private async ingestAll(records: readonly Buffer[]): Promise<void> {
    for (let start = 0; start < records.length; start += batch) {
      const { stored } = await ingest(this.db.application, records.slice(start, start + batch));
      const expected = Math.min(batch, records.length - start);
      if (stored !== expected) throw new Error(`flow: expected ${expected} rows to be stored, got ${stored}`);
    }
  }

  /** Seconds of a COPY of the same rows as another site, by the server itself and without triggers. */
  private async copy(from: SiteId, to: SiteId, day: string): Promise<number> {
    const file = join(this.folder, 'rows.tsv');
    const { superuser } = this.db;
    const columns = 'site_id, received_at, id, occurred_at, kind, url, referrer, visitor, address, user_agent, fields';
    const { rows } = await superuser.query<{ line: string }>(
      `select concat_ws(chr(9), ${to}, received_at, id, occurred_at, kind, url, coalesce(referrer, '\\N'), visitor, address, user_agent, fields) as line
       from rempart.hits where site_id = $1 and received_at >= $2::date and received_at < $2::date + 1`,
      [from, day],
    );
    await writeFile(file, rows.map(({ line }) => `${line}\n`).join(''), { mode: 0o644 });
    await superuser.query('set session_replication_role = replica');
    const seconds = await timeOf(() => superuser.query(`copy rempart.hits (${columns}) from '${file}'`));
    await superuser.query('delete from rempart.hits where site_id = $1', [to]);
    await superuser.query('set session_replication_role = origin');
    return seconds;
  }

  /** Table and indexes of a day. */
  private async size(day: string): Promise<number> {
    const { rows } = await this.db.superuser.query<{ bytes: string }>('select pg_total_relation_size($1) as bytes', [
      `rempart.hits_${day.replaceAll('-', '_')}`,
    ]);
    return Number(rows[0]?.bytes);
  }

  /** Writes the rows of a file, from a table in memory, with one thread. */
  private async duckdb(file: string): Promise<{ readonly seconds: number; readonly bytes: number }> {
    const out = join(this.folder, 'duckdb.parquet');
    const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
    await connection.run(`create table arrived as select * from '${file}' order by received_at`);
    const seconds = await timeOf(() => connection.run(`copy arrived to '${out}' (format parquet, compression zstd)`));
    connection.closeSync();
    return { seconds, bytes: (await stat(out)).size };
  }
}

/** A lake in a folder, with the bytes that were put and the last key. */
class Kept extends FolderLake {
  bytes = 0;
  last = '';

  override of(site: SiteId) {
    const store = super.of(siteId(site));
    return {
      ...store,
      put: (key: string, file: Pick<LakeFile, 'body' | 'sha256'>) => {
        this.bytes += file.body.length;
        this.last = key;
        return store.put(key, file);
      },
    };
  }
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

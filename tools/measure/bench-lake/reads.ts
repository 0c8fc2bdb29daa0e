// The reads of a portal over the window and over the lake: the same questions, at first while the window has the days,
// and again when only the lake has them.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportDay } from '../../../lambda/lake/lake-export/day';
import { dayFrom } from '../../../runtime/hit-days';
import { ReadLimits } from '../../../runtime/lake/limits';
import { type Choice, portalReads } from '../../../runtime/lake/portal-reads';
import type { Lake } from '../../../runtime/lake/store';
import { type SiteId, siteId } from '../../../runtime/site';
import { type LocalDatabase, startDatabase, tester } from '../../local-database/rempart';
import { type Filling, filledDays, fillHits } from './fill';
import { FolderLake } from './folder-lake';

export interface ReadTimes {
  readonly read: string;
  readonly rows: number;
  /** Milliseconds of a call, with its transaction and its entry of the access log: least, median, most. */
  readonly window: readonly [number, number, number];
  readonly lake: readonly [number, number, number];
  /** Bytes that a call reads from objects. */
  readonly lakeBytes: number;
}

export interface SiteReads {
  readonly site: number;
  readonly hits: number;
  readonly reads: readonly ReadTimes[];
}

export interface ReadsReport extends Omit<Filling, 'now'> {
  readonly days: number;
  readonly measured: readonly SiteReads[];
}

/** Rank of the smallest day that both places are asked for: younger days are not exported. */
const newestDay = 4;

const settings = [
  'shared_buffers=2GB',
  'work_mem=64MB',
  'maintenance_work_mem=512MB',
  'max_wal_size=16GB',
  'checkpoint_timeout=60min',
  'wal_level=minimal',
  'max_wal_senders=0',
  'autovacuum=off',
  'jit=off',
];

type Progress = (line: string) => void;

/** @throws Error if a read of the lake has other rows than the same read of the window */
export async function benchReads(filling: Omit<Filling, 'now'>, rounds: number, progress: Progress): Promise<ReadsReport> {
  const folder = await mkdtemp(join(tmpdir(), 'rempart-lake-'));
  const db = await startDatabase('development', ...settings);
  const now = new Date();
  try {
    await fillHits(db.superuser, { ...filling, now }, progress);
    return { ...filling, days: filledDays, measured: await new Bench(db, new FolderLake(folder), now, rounds, progress).measure(filling) };
  } finally {
    await db.close();
    await rm(folder, { recursive: true });
  }
}

interface Asked {
  readonly site: SiteId;
  readonly choice: Choice;
}

interface Answer {
  readonly times: readonly [number, number, number];
  readonly rows: readonly unknown[];
  readonly bytes: number;
}

class Bench {
  constructor(
    private readonly db: LocalDatabase,
    private readonly lake: Lake,
    private readonly now: Date,
    private readonly rounds: number,
    private readonly progress: Progress,
  ) {}

  /** Reads of the largest site, of one of the largest hundredth, and of one in the middle. */
  async measure({ sites }: Omit<Filling, 'now'>): Promise<readonly SiteReads[]> {
    const asked: Asked[] = [];
    for (const rank of new Set([1, Math.ceil(sites / 100), Math.ceil(sites / 2)])) asked.push(await this.choose(siteId(rank)));
    const before = await this.answers(asked, 'window');
    for (const { site } of asked) await this.exportAll(site);
    await this.dropDays();
    const after = await this.answers(asked, 'lake');
    return asked.map(({ site }, at) => ({
      site,
      hits: before[at]?.hits ?? 0,
      reads: Object.keys(portalReads).map((read) => compared(site, read, before[at]?.of.get(read), after[at]?.of.get(read))),
    }));
  }

  private async choose(site: SiteId): Promise<Asked> {
    const day = dayFrom(this.now, -newestDay - 4);
    const { rows } = await this.db.superuser.query<{ visitor: string }>(
      `select visitor from rempart.hits where site_id = $1 and received_at < $2::date + 1 order by received_at desc limit 1`,
      [site, day],
    );
    const [firstDay, lastDay] = [dayFrom(this.now, -filledDays), dayFrom(this.now, -newestDay)];
    return { site, choice: { day, firstDay, lastDay, kind: 'search', path: '/checkout', visitor: rows[0]?.visitor ?? '' } };
  }

  private async answers(asked: readonly Asked[], place: string) {
    const all: { readonly hits: number; readonly of: ReadonlyMap<string, Answer> }[] = [];
    for (const { site, choice } of asked) {
      const of = new Map<string, Answer>();
      for (const [name, read] of Object.entries(portalReads)) of.set(name, await this.answer(site, choice, read));
      this.progress(`${place}, site ${site}: ${of.size} reads`);
      const { rows } = await this.db.superuser.query<{ hits: string }>(
        'select sum(hits) as hits from rempart.hit_counts where site_id = $1',
        [site],
      );
      all.push({ hits: Number(rows[0]?.hits ?? 0), of });
    }
    return all;
  }

  private async answer(site: SiteId, choice: Choice, read: (typeof portalReads)[string]): Promise<Answer> {
    const times: number[] = [];
    let rows: readonly unknown[] = [];
    let bytes = 0;
    for (let round = 0; round < this.rounds; round++) {
      const limits = new ReadLimits(2 ** 40, new Date(8.64e15));
      const start = performance.now();
      rows = await this.db.application.withSite(
        site,
        tester,
        (session) => read?.({ session, store: this.lake.of(site), limits }, choice) ?? Promise.resolve([]),
        { milliseconds: 600_000 },
      );
      times.push(performance.now() - start);
      bytes = limits.bytesRead;
    }
    return { times: spread(times), rows, bytes };
  }

  private async exportAll(site: SiteId): Promise<void> {
    let [rows, objects] = [0, 0];
    // The filling has catalogued days without objects: of this site they are due again.
    const { rows: days } = await this.db.superuser.query<{ day: string }>(
      `with due as (update rempart.hit_days set state = 'changed' where site_id = $1 and day <= $2 returning day)
       select to_char(day, 'YYYY-MM-DD') as day from due order by 1`,
      [site, dayFrom(this.now, -newestDay)],
    );
    for (const { day } of days) {
      const exported = await exportDay(this.db.maintenance, this.lake.of(site), site, day, () => false);
      rows += exported.rows;
      objects += exported.objects;
    }
    this.progress(`export of site ${site}: ${rows.toLocaleString('en')} rows in ${objects} objects`);
  }

  /** Without the comparison of the upkeep: only the measured sites have objects. */
  private async dropDays(): Promise<void> {
    const { superuser } = this.db;
    await superuser.query('set session_replication_role = replica');
    for (let ago = filledDays; ago >= newestDay; ago--) {
      const day = dayFrom(this.now, -ago);
      await superuser.query(`drop table rempart.hits_${day.replaceAll('-', '_')}`);
      await superuser.query('delete from rempart.hit_days where day = $1', [day]);
    }
    await superuser.query('set session_replication_role = origin');
  }
}

function compared(site: SiteId, read: string, window: Answer | undefined, lake: Answer | undefined): ReadTimes {
  if (!window || !lake) throw new Error(`${read} of site ${site}: expected both places to be read, got one`);
  if (JSON.stringify(window.rows) !== JSON.stringify(lake.rows))
    throw new Error(`${read} of site ${site}: expected the ${window.rows.length} rows of the window, got ${lake.rows.length} others`);
  return { read, rows: lake.rows.length, window: window.times, lake: lake.times, lakeBytes: lake.bytes };
}

function spread(times: readonly number[]): readonly [number, number, number] {
  const sorted = times.toSorted((a, b) => a - b);
  return [sorted[0] ?? 0, sorted[sorted.length >> 1] ?? 0, sorted.at(-1) ?? 0];
}

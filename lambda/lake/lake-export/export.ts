// Export of the days of hits that can change no more, from the window of the database to the lake. (TOM-7.1)
import { isConflict } from '../../../runtime/conflict';
import type { Database } from '../../../runtime/database';
import { dayFrom } from '../../../runtime/hit-days';
import type { Lake } from '../../../runtime/lake/store';
import { type SiteId, siteId } from '../../../runtime/site';
import { exportActor, exportDay, type IsLate } from './day';
import { objectMilliseconds } from './limits';

/** A day of a site. */
export interface SiteDay {
  readonly site: SiteId;
  readonly day: string;
}

export interface ExportResult {
  /** Exported days of sites. */
  readonly days: number;
  readonly rows: number;
  readonly objects: number;
  /** Hours for which a day of any site has been due, of that which waits longest, rounded up; 0 if none is due. */
  readonly longestWaitHours: number;
  /** Partitions of an earlier release whose days are due only once the upkeep of the database has listed them. */
  readonly unlisted: number;
  /** The last day whose objects are all written, and whose record the run had no time for. */
  readonly unrecorded?: SiteDay;
  /** Days that failed, and sites whose days could not be listed, each an error with its site. */
  readonly failures: readonly Error[];
}

export interface ExportOptions {
  readonly now: Date;
  readonly afterDays: number;
  readonly isLate: IsLate;
  /** Part of the sites, from 0 to 1, behind which the run begins: several runs begin at different sites. @default 0 */
  readonly startAt?: number;
  /** A day that only lacks its record, and comes before the others. @default - none */
  readonly first?: SiteDay | undefined;
}

/**
 * Exports the days that are over for `afterDays` whole days, the oldest of each site first, until `isLate` returns
 * true. Any number of runs work at once: a day that another one has claimed is left to it. A failed day does not
 * prevent the others, and is repeated once its claim has ended. A day that changes meanwhile, by a late hit, is left
 * to the next run.
 */
export async function exportDueDays(
  database: Database,
  lake: Lake,
  { now, afterDays, isLate, startAt = 0, first }: ExportOptions,
): Promise<ExportResult> {
  const before = dayFrom(now, -afterDays);
  // Before the wait is measured: days of a partition that is listed meanwhile have a wait.
  const unlisted = await unlistedPartitions(database);
  const run = new Run(database, lake, isLate);
  if (first !== undefined) await run.exportDays(first.site, [first.day]);
  const sites = await database.upkeep('sitesWithLakeDaysDue', before);
  const start = Math.floor(sites.length * startAt);
  for (const id of [...sites.slice(start), ...sites.slice(0, start)]) {
    await run.exportSite(siteId(id), before);
    if (isLate(objectMilliseconds)) break;
  }
  return { ...run.result, longestWaitHours: await longestWaitHours(database, before), unlisted };
}

class Run {
  private readonly failures: Error[] = [];
  private readonly total = { days: 0, rows: 0, objects: 0 };
  private unrecorded: SiteDay | undefined;

  constructor(
    private readonly database: Database,
    private readonly lake: Lake,
    private readonly isLate: IsLate,
  ) {}

  get result(): Omit<ExportResult, 'longestWaitHours' | 'unlisted'> {
    return { ...this.total, ...(this.unrecorded && { unrecorded: this.unrecorded }), failures: this.failures };
  }

  async exportSite(site: SiteId, before: string): Promise<void> {
    try {
      await this.exportDays(site, await daysDue(this.database, site, before));
    } catch (error) {
      this.failures.push(failureOf(`site ${site}`, error));
    }
  }

  async exportDays(site: SiteId, days: readonly string[]): Promise<void> {
    for (const day of days) {
      if (this.isLate(objectMilliseconds)) return;
      try {
        const exported = await exportDay(this.database, this.lake.of(site), site, day, this.isLate);
        if (exported.isWhole) this.total.days++;
        if (exported.lacksRecord) this.unrecorded = { site, day };
        this.total.rows += exported.rows;
        this.total.objects += exported.objects;
      } catch (error) {
        // The day has changed since its export began, or another run was first.
        if (isConflict(error)) continue;
        this.failures.push(failureOf(`site ${site}, ${day}`, error));
      }
    }
  }
}

const daysDue = (database: Database, site: SiteId, before: string): Promise<readonly string[]> =>
  database.withSite(site, exportActor, async (session) => {
    const { rows } = await session.query<{ day: string }>(
      `select to_char(day, 'YYYY-MM-DD') as day from rempart.lake_days_due($1) as day`,
      [before],
    );
    return rows.map(({ day }) => day);
  });

async function longestWaitHours(database: Database, before: string): Promise<number> {
  const [seconds] = await database.upkeep('longestLakeWait', before);
  return Math.ceil(Number(seconds ?? 0) / 36) / 100;
}

async function unlistedPartitions(database: Database): Promise<number> {
  const partitions = (await database.upkeep('hitPartitions')) as readonly { readonly attached: boolean; readonly listed: boolean }[];
  return partitions.filter(({ attached, listed }) => attached && !listed).length;
}

const failureOf = (of: string, error: unknown): Error =>
  new Error(`${of}: ${error instanceof Error ? error.message : error}`, { cause: error });

// Export of the days of hits that can change no more, from the window of the database to the lake. (TOM-7.1)
import { isConflict } from '../../../runtime/conflict';
import type { Database } from '../../../runtime/database';
import { dayFrom } from '../../../runtime/hit-days';
import type { Lake } from '../../../runtime/lake/store';
import { type SiteId, siteId } from '../../../runtime/site';
import { exportActor, exportDay } from './day';

export interface ExportResult {
  /** Exported days of sites. */
  readonly days: number;
  readonly rows: number;
  readonly objects: number;
  /** Hours for which a day of any site has been due, of that which waits longest; 0 if none is due. */
  readonly longestWaitHours: number;
  /** Days that failed, and sites whose days could not be listed, each an error with its site. */
  readonly failures: readonly Error[];
}

export interface ExportOptions {
  readonly now: Date;
  readonly afterDays: number;
  readonly isLate: () => boolean;
  /** Part of the sites, from 0 to 1, behind which the run begins: several runs begin at different sites. @default 0 */
  readonly startAt?: number;
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
  { now, afterDays, isLate, startAt = 0 }: ExportOptions,
): Promise<ExportResult> {
  const before = dayFrom(now, -afterDays);
  const failures: Error[] = [];
  const total = { days: 0, rows: 0, objects: 0 };
  const sites = await database.upkeep('sitesWithLakeDaysDue', before);
  const first = Math.floor(sites.length * startAt);
  for (const id of [...sites.slice(first), ...sites.slice(0, first)]) {
    const site = siteId(id);
    const days = await daysDue(database, site, before).catch((error: unknown): readonly string[] => {
      failures.push(failureOf(`site ${site}`, error));
      return [];
    });
    for (const day of days) {
      if (isLate()) break;
      try {
        const { isWhole, rows, objects } = await exportDay(database, lake.of(site), site, day, isLate);
        if (isWhole) total.days++;
        total.rows += rows;
        total.objects += objects;
      } catch (error) {
        // The day has changed since its export began, or another run was first.
        if (isConflict(error)) continue;
        failures.push(failureOf(`site ${site}, ${day}`, error));
      }
    }
    if (isLate()) break;
  }
  return { ...total, longestWaitHours: await longestWaitHours(database, before), failures };
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
  return Math.round(Number(seconds ?? 0) / 36) / 100;
}

const failureOf = (of: string, error: unknown): Error =>
  new Error(`${of}: ${error instanceof Error ? error.message : error}`, { cause: error });

// Export of the days of hits that can change no more, from the window of the database to the lake. (TOM-7.1)
import type { Database } from '../../../runtime/database';
import type { Lake } from '../../../runtime/lake/store';
import { type SiteId, siteId } from '../../../runtime/site';
import { exportActor, exportDay } from './day';

/**
 * Days after which a day of hits is exported: by then no record of it is on the stream, which keeps records for 7 days.
 * A dead letter can be replayed later; its day is then exported again.
 */
export const lakeAfterDays = 10;

export interface ExportResult {
  /** Exported days of sites. */
  readonly days: number;
  readonly rows: number;
  readonly objects: number;
  /** Days since the oldest day of any site that is due and not exported became due; 0 if none is due. */
  readonly oldestDueDays: number;
}

const dayMilliseconds = 86_400_000;

/** The first day that is not due at `now`, as `yyyy-mm-dd`: a day is due when it is over for {@link lakeAfterDays}. */
export const dueBefore = (now: Date): string => new Date(now.getTime() - lakeAfterDays * dayMilliseconds).toISOString().slice(0, 10);

/**
 * Exports the days that are due, the oldest of each site first, until `isLate` returns true. A failed day does not prevent
 * the others.
 *
 * @throws AggregateError after all days, if any of them failed
 */
export async function exportDueDays(database: Database, lake: Lake, now: Date, isLate: () => boolean): Promise<ExportResult> {
  const before = dueBefore(now);
  const failures: unknown[] = [];
  const total = { days: 0, rows: 0, objects: 0 };
  for (const id of await database.upkeep('sitesWithLakeDaysDue', before)) {
    const site = siteId(id);
    const days = await daysDue(database, site, before);
    for (const day of days) {
      if (isLate()) break;
      try {
        const { isWhole, rows, objects } = await exportDay(database, lake.of(site), site, day, isLate);
        if (isWhole) total.days++;
        total.rows += rows;
        total.objects += objects;
      } catch (error) {
        failures.push(new Error(`site ${site}, ${day}: ${error instanceof Error ? error.message : error}`, { cause: error }));
      }
    }
    if (isLate()) break;
  }
  if (failures.length > 0) {
    throw new AggregateError(
      failures,
      `lake-export: expected all days to be exported, got ${failures.length} failures, first: ${failures[0]}; the next run repeats them`,
    );
  }
  return { ...total, oldestDueDays: await oldestDueDays(database, before) };
}

const daysDue = (database: Database, site: SiteId, before: string): Promise<readonly string[]> =>
  database.withSite(site, { ...exportActor, doing: 'list lake days' }, async (session) => {
    const { rows } = await session.query<{ day: string }>(`select to_char(day, 'YYYY-MM-DD') as day from rempart.lake_days_due($1) as day`, [
      before,
    ]);
    return rows.map(({ day }) => day);
  });

async function oldestDueDays(database: Database, before: string): Promise<number> {
  const [oldest] = await database.upkeep('oldestLakeDayDue', before);
  return typeof oldest === 'string' ? (Date.parse(before) - Date.parse(oldest)) / dayMilliseconds : 0;
}

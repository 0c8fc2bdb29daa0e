// The last look at the objects of a day before it leaves the window: afterwards they are the only copy. (TOM-4.10)
import type { Database } from '../../../runtime/database';
import { siteId } from '../../../runtime/site';
import type { InSite } from './objects';
import { type LakeOfVersions, states } from './reconcile';
import { type ReconciledDay, reconcileDay } from './reconcile-day';

const actor = { name: 'lake-upkeep', from: 'schedule', doing: 'examine lake objects' } as const;

/** Sites that are examined at once: an examination mostly waits for S3. */
const atOnce = 8;

/** Time limit of one transaction in milliseconds. */
const milliseconds = 60_000;

export interface Examined {
  /** Days whose objects were found. */
  readonly seen: number;
  /** Days that are exported again, since an object is gone or damaged. */
  readonly exportedAgain: number;
  /** Objects without an entry that await their deletion now. */
  readonly discarded: number;
}

/**
 * Examines the days that `database-upkeep` has asked for, until `isLate` returns true: each object is there with the
 * digest of its entry, or the day is exported again. Objects that the catalogue does not have await their deletion if
 * the window has all their rows, as after a restore of the database: no erasure would read them. A failed site does
 * not prevent the others; the next run repeats it.
 */
export async function examineDays(database: Database, lake: LakeOfVersions, isLate: () => boolean, failures: unknown[]): Promise<Examined> {
  const total = { seen: 0, exportedAgain: 0, discarded: 0 };
  if (isLate()) return total;
  const queue = (await database.upkeep('sitesWithDaysToExamine')).values();
  const work = async () => {
    for (const id of queue) {
      if (isLate()) return;
      await examineSite(database, lake, Number(id), isLate, total).catch((error: unknown) =>
        failures.push(new Error(`objects of site ${id}: ${error instanceof Error ? error.message : error}`, { cause: error })),
      );
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return total;
}

async function examineSite(
  database: Database,
  lake: LakeOfVersions,
  id: number,
  isLate: () => boolean,
  total: { seen: number; exportedAgain: number; discarded: number },
): Promise<void> {
  const site = siteId(id);
  const inSite: InSite = (work) => database.withSite(site, actor, work, { milliseconds });
  const days = await inSite(async (session) => {
    const { rows } = await session.query<{ day: string }>(`select to_char(d, 'YYYY-MM-DD') as day from rempart.days_to_examine() as d`);
    return rows.map(({ day }) => day);
  });
  const left: ReconciledDay['left'][number][] = [];
  for (const day of days) {
    if (isLate()) break;
    const [state] = await states(inSite, lake.versionsOf(site), site, day);
    // The partition has left meanwhile.
    if (state?.inWindow !== true) continue;
    const reconciled = await reconcileDay(inSite, lake.versionsOf(site), state, true);
    total.discarded += reconciled.discarded.length;
    left.push(...reconciled.left);
    if (reconciled.exportedAgain) total.exportedAgain++;
    else {
      const keys = state.known.flatMap((one) => (one.state === 'file' ? [one.key] : []));
      const seen = await inSite(async (session) => {
        const { rows } = await session.query<{ seen: boolean }>('select rempart.record_lake_look($1, $2) as seen', [day, keys]);
        return rows[0]?.seen === true;
      });
      if (seen) total.seen++;
    }
  }
  if (left[0])
    throw new Error(
      `expected objects that the catalogue has, got ${left.length} without an entry, first ${left[0].key}: ${left[0].reason}; see the runbook: A file of the lake is gone`,
    );
}

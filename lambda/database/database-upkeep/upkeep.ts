// Upkeep of the database: creates and drops days of hits, completes erasures, removes old rejects and ids.
import { isConflict } from '../../../runtime/conflict';
import type { Database } from '../../../runtime/database';
import type { Session } from '../../../runtime/database-session';
import { dayFrom, daysAhead, daysBehind, monthFrom } from '../../../runtime/hit-days';
import { hoursWaited, type OldestErasure } from '../../../runtime/late-erasures';
import { type Actor, siteId } from '../../../runtime/site';

export interface UpkeepResult {
  /** Present partitions of hits, oldest first: days, and months of an earlier release. */
  readonly partitions: readonly string[];
  /** Dropped partitions. */
  readonly dropped: readonly string[];
  /** Partitions that are over their days and stay: days are due for the lake, or objects are to be examined. */
  readonly waiting: readonly string[];
  readonly erasuresFinished: number;
  readonly rejectsRemoved: number;
  /** Removed ids of clients, under which no hit can be delivered any more. */
  readonly idsRemoved: number;
  /** Partitions that were to be counted and were not: the next run counts them. */
  readonly uncounted: readonly string[];
}

/** How long hits stay, after their own day or month. */
export interface Kept {
  /** Whole days in the window. */
  readonly hotDays: number;
  /** Whole months in all. */
  readonly keepMonths: number;
}

/** A partition of hits, as `rempart.hit_partitions` returns it. */
interface Partition {
  readonly name: string;
  /** The day after its last, as in 2026-11-30. */
  readonly next_day: string;
  /** Whether its hits are read. */
  readonly attached: boolean;
  /** Whether its days are in `rempart.hit_days`. */
  readonly listed: boolean;
}

const upkeepActor = { name: 'database-upkeep', from: 'schedule' } as const;

/** Time limit of one batch in milliseconds; the database removes at most 10,000 rows in a batch. */
const batchMilliseconds = 120_000;

/** Whether a part of the time of the run is over, from 0 to 1. */
export type IsLate = (part: number) => boolean;

/**
 * Parts of the time after which a task leaves the rest to the others; partitions need little of it. Time that a task
 * does not need is left to the next.
 */
const ends = { erasures: 0.5, rejects: 0.6, ids: 0.65, record: 0.7, counts: 0.85 } as const;

/**
 * Runs all tasks. A failed task does not prevent the others, and what a run does not end, the next continues. A second
 * run on the same day changes nothing.
 */
export async function upkeep(database: Database, kept: Kept, now: Date, isLate: IsLate = () => false): Promise<UpkeepResult> {
  const failures: unknown[] = [];
  // A partition is not detached while a long query locks the hits, or while the lake has other numbers: the next run
  // retries.
  const failed = (error: unknown) => void failures.push(error);
  for (let offset = -daysBehind; offset <= daysAhead; offset++) await database.upkeep('createHitDay', dayFrom(now, offset)).catch(failed);
  for (const { name } of (await partitions(database)).filter(({ attached, listed }) => attached && !listed))
    await database.upkeep('listHitDays', name).catch(failed);
  const run = (task: SiteTask, end: number) => runForEachSite(database, task, () => isLate(end), failures);
  const finished = await run(removeErased, ends.erasures);
  const rejects = await run(removeOldRejects, ends.rejects);
  const ids = await run(removeOldIds, ends.ids);
  while (Number((await database.upkeep('removeOldStrays'))[0]) > 0);
  const { dropped, waiting } = await dropOldPartitions(database, kept, now, failures);
  await recordNight(database, () => isLate(ends.record)).catch(failed);
  const uncounted = await countPartitions(database, () => isLate(ends.counts), failed);
  // A run that fails returns no result.
  if (waiting.length > 0) console.info({ waiting });
  if (uncounted.length > 0) console.info({ uncounted });
  if (failures.length > 0)
    throw new AggregateError(
      failures,
      `upkeep: expected all tasks to succeed, got ${failures.length} failures, first: ${failures[0]}; run the function again`,
    );
  const present = (await partitions(database)).map(({ name }) => name);
  return { partitions: present, dropped, waiting, erasuresFinished: finished, rejectsRemoved: rejects, idsRemoved: ids, uncounted };
}

/** Time limit of the record of a night, in milliseconds. */
const recordMilliseconds = 120_000;

/** Time limit of the count of one partition, in milliseconds. The last begins when the run has more than that. */
const countMilliseconds = 240_000;

/**
 * Records what the database holds without hits, last: whatever this run removed is not in the record, so a snapshot
 * that is taken before the next run has the rows of the newest record, or an entry of their removal. (DSS-5.5.1)
 */
async function recordNight(database: Database, isLate: () => boolean): Promise<void> {
  if (isLate()) throw new Error('record of the night: expected time for it, got none; the next run records it');
  await database.upkeepWithin(recordMilliseconds, 'recordNight');
}

/**
 * Counts partitions whose hits are not counted, or still grow; each is committed. Returns those that are left: a run
 * has no time for all of them, or one needs more than its limit.
 */
async function countPartitions(database: Database, isLate: () => boolean, failed: (error: unknown) => void): Promise<string[]> {
  const left: string[] = [];
  const names = (await database.upkeep('partitionsToCount')) as readonly string[];
  for (const name of names) {
    if (isLate()) left.push(name);
    else
      await database.upkeepWithin(countMilliseconds, 'countPartition', name).catch((error) => {
        left.push(name);
        if (codeOf(error) !== canceled) failed(error);
      });
  }
  return left;
}

/** SQLSTATE of a statement that was canceled at its time limit. */
const canceled = '57014';

/** SQLSTATE of the database where days of a partition are due for the lake, or objects are to be examined. */
const waitsForLake = '55006';

/** SQLSTATE of the database where the lake has other numbers of rows than the window. */
const otherNumbers = '23000';

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined);

const partitions = async (database: Database) => (await database.upkeep('hitPartitions')) as readonly Partition[];

// Two steps, each in its own transaction; the next run retries a partition whose drop failed. The database detaches
// none of which the lake lacks a row, unless its months are over. One that waits for the lake fails no run: nothing is
// wrong here. Days that are due for two days have the alarm LakeExportLate, objects to examine LakeUpkeepMissed.
async function dropOldPartitions(database: Database, { hotDays, keepMonths }: Kept, now: Date, failures: unknown[]) {
  const oldest = dayFrom(now, -hotDays);
  const waiting: string[] = [];
  await askForObjects(database, dayFrom(now, 1 - hotDays), failures);
  for (const { name } of (await partitions(database)).filter(({ attached, next_day }) => attached && next_day <= oldest))
    await database.upkeep('detachHitPartition', name, monthFrom(now, -keepMonths)).catch(async (error) => {
      if (codeOf(error) === waitsForLake) return void waiting.push(name);
      failures.push(error);
      // The days are due again: the export stores them, and the next run drops the partition.
      if (codeOf(error) === otherNumbers) await database.upkeep('markLakeLacks', name).catch((cause) => failures.push(cause));
    });
  const dropped: string[] = [];
  for (const { name } of (await partitions(database)).filter(({ attached }) => !attached))
    await database.upkeep('dropHitPartition', name).then(
      () => dropped.push(name),
      (error) => failures.push(error),
    );
  return { dropped, waiting };
}

/**
 * Asks `lake-upkeep` to examine the objects of the partitions that are over before this day: those that leave
 * tomorrow, too, so that none waits.
 */
async function askForObjects(database: Database, before: string, failures: unknown[]): Promise<void> {
  for (const { name } of (await partitions(database)).filter(({ attached, next_day }) => attached && next_day <= before))
    await database.upkeep('askLakeDays', name).catch((error) => failures.push(error));
}

interface SiteTask {
  readonly sites: 'sitesWithDueErasures' | 'sitesWithOldRejects' | 'sitesWithOldIds';
  /** Does one batch, and returns what is counted. */
  readonly statement: string;
  readonly doing: Actor['doing'];
}

const removeErased: SiteTask = {
  sites: 'sitesWithDueErasures',
  statement: 'select rempart.remove_erased() as done',
  doing: 'remove erased',
};
const removeOldRejects: SiteTask = {
  sites: 'sitesWithOldRejects',
  statement: 'select rempart.remove_old_rejects() as done',
  doing: 'remove old rejects',
};
const removeOldIds: SiteTask = { sites: 'sitesWithOldIds', statement: 'select rempart.remove_old_ids() as done', doing: 'remove old ids' };

/**
 * Runs one batch in each site, each committed, and again in those that the database still lists: a site with many rows
 * delays no other.
 */
async function runForEachSite(
  database: Database,
  { sites, statement, doing }: SiteTask,
  isLate: () => boolean,
  failures: unknown[],
): Promise<number> {
  let total = 0;
  const failed = new Set<unknown>();
  const batch = async (session: Session) => {
    const { rows } = await session.query<{ done: string | number }>(statement);
    return Number(rows[0]?.done ?? 0);
  };
  const listed = async () => (await database.upkeep(sites)).filter((id) => !failed.has(id));
  for (let left = await listed(); left.length > 0; left = await listed()) {
    for (const [index, id] of left.entries()) {
      if (isLate()) {
        failures.push(
          new Error(`${doing}: expected all sites within the time of a run, got ${left.length - index} left; the next run continues`),
        );
        return total;
      }
      try {
        total += await database.withSite(siteId(id), { ...upkeepActor, doing }, batch, { milliseconds: batchMilliseconds });
      } catch (error) {
        // After a conflict the site is listed again.
        if (isConflict(error)) continue;
        failed.add(id);
        failures.push(error);
      }
    }
  }
  return total;
}

/**
 * Hours since rows of an erased person may be in the window: since the erasure was asked for, or since all rows were
 * removed for the last time, after which late ones may have come. That of the oldest erasure; 0 without one. (DSS-4.2)
 */
export async function oldestErasureHours(database: Database, now: Date): Promise<number> {
  const [oldest] = (await database.upkeep('oldestWindowErasure')) as readonly OldestErasure[];
  return oldest === undefined ? 0 : hoursWaited(oldest, now);
}

// What can be done with the lake of a twin, by the code of the deployed functions.
import { randomUUID } from 'node:crypto';
import { upkeep } from '../../../lambda/database/database-upkeep/upkeep';
import { generateHits, generateSite } from '../../../lambda/database/generated-data/generate';
import { type ErasureResult, erasePerson } from '../../../lambda/database/person-erase/erase';
import { type ExportResult, exportPerson } from '../../../lambda/database/person-export/export';
import { exportDay } from '../../../lambda/lake/lake-export/day';
import { exportDueDays } from '../../../lambda/lake/lake-export/export';
import { failureOf, upkeepOfLake } from '../../../lambda/lake/lake-upkeep/upkeep';
import { dayFrom } from '../../../runtime/hit-days';
import { ingest } from '../../../runtime/ingest';
import { type HitFilter, hitsOf } from '../../../runtime/lake/hits';
import { ReadLimits } from '../../../runtime/lake/limits';
import type { SiteId } from '../../../runtime/site';
import { TwinError } from '../twin-error';
import { sitesOf, type TwinLake } from './twin-lake';

const actor = { name: 'twin', from: 'tools/twin' } as const;

/** Months that hits are kept, as in production's configuration. */
const keepMonths = 25;

/** The youngest day that `fill` adds, and that can be exported: the database refuses younger ones. */
export const youngestDay = 4;

/** Stores generated hits of past days by the real ingest: `hits` a day of the first site, fewer of each further. */
export async function fill(
  of: TwinLake,
  { hits, days, seed }: { readonly hits: number; readonly days: number; readonly seed: number },
): Promise<number> {
  await expectWindow(of, youngestDay + days - 1);
  let stored = 0;
  for (const [index, { id, key }] of (await sitesOf(of)).entries()) {
    for (let ago = youngestDay; ago < youngestDay + days; ago++) {
      const end = new Date(Date.parse(dayFrom(new Date(), 1 - ago)) - 1);
      const site = { ...generateSite(seed, id), key };
      const made = [...generateHits(seed + ago, id, site, Math.ceil(hits / (index + 1)), end)];
      const lines = made.map((hit) => Buffer.from(JSON.stringify({ site: id, ...hit })));
      for (let start = 0; start < lines.length; start += 2000)
        stored += (await ingest(of.application, lines.slice(start, start + 2000))).stored;
    }
  }
  return stored;
}

/** @throws TwinError if a day of the last ones has left the window: the database takes no hit of it any more */
async function expectWindow(of: TwinLake, oldest: number): Promise<void> {
  const partitions = (await of.maintenance.upkeep('hitPartitions')) as readonly {
    readonly first_day: string;
    readonly attached: boolean;
  }[];
  const first = partitions.find(({ attached }) => attached)?.first_day ?? 'none';
  const wanted = dayFrom(new Date(), -oldest);
  if (first > wanted)
    throw new TwinError(
      `fill: expected the window to have days from ${wanted} on, got ${first}; earlier ones have left, so start another twin`,
    );
}

export interface Exported {
  readonly days: number;
  readonly rows: number;
  readonly objects: number;
}

/** Exports what is due, as `lake-export` does; or one day now, of one site or of all. */
export async function exportDays(
  of: TwinLake,
  chosen: { readonly day?: string | undefined; readonly site?: SiteId | undefined },
): Promise<Exported> {
  const isLate = () => false;
  const { day, site } = chosen;
  if (day === undefined) {
    const { failures, ...exported } = await exportDueDays(of.maintenance, of.lake, { now: new Date(), afterDays: 10, isLate });
    if (failures[0]) throw failures[0];
    return exported;
  }
  const total = { days: 0, rows: 0, objects: 0 };
  for (const id of site === undefined ? (await sitesOf(of)).map((each) => each.id) : [site]) {
    const [held] = await of.look('select from rempart.hit_days where site_id = $1 and day = $2', [id, day]);
    if (!held) continue;
    const { rows, objects } = await exportDay(of.maintenance, of.lake.of(id), id, day, isLate);
    total.days++;
    total.rows += rows;
    total.objects += objects;
  }
  return total;
}

/**
 * Drops the days from the window that are over for `hotDays`, as `database-upkeep` does. The database refuses days
 * that the lake lacks. The stand-in of S3 lists no versions, by which `lake-upkeep` finds the objects: DuckDB compares
 * the files.
 */
export async function leave(of: TwinLake, hotDays: number) {
  await of.look(`update rempart.hit_days set seen_at = now() where state = 'stored'`);
  return upkeep(of.maintenance, { hotDays, keepMonths }, new Date());
}

export interface Read {
  readonly rows: readonly string[];
  /** Objects and bytes that were read from the lake. */
  readonly objects: number;
  readonly bytes: number;
}

/** Reads the hits of one site from window and lake. */
export async function read(of: TwinLake, site: SiteId, filter: HitFilter): Promise<Read> {
  const limits = new ReadLimits(20 * 2 ** 30, new Date(Date.now() + 600_000));
  const store = of.lake.of(site);
  const opened = new Set<string>();
  const counted: typeof store = { ...bound(store), open: (object) => store.open(opened.add(object.key) && object) };
  const rows = await of.application.withSite(site, { ...actor, doing: 'read hits' }, async (session) => {
    const all: string[] = [];
    for await (const part of hitsOf(session, counted, filter, limits)) all.push(...part);
    return all;
  });
  return { rows, objects: opened.size, bytes: limits.bytesRead };
}

const bound = (store: ReturnType<TwinLake['lake']['of']>) => ({
  put: (...given: Parameters<typeof store.put>) => store.put(...given),
  remove: (key: string) => store.remove(key),
});

/** Exports all data of a visitor into the archive, as `person-export` does. */
export const exportVisitor = (of: TwinLake, site: SiteId, visitor: string): Promise<ExportResult> =>
  exportPerson(of.application, of.archive, of.lake, { site, person: { visitor }, actor }, new Date(), randomUUID());

export interface Erased {
  readonly erasure: ErasureResult;
  /** Rows that were removed from objects, and objects that were deleted. */
  readonly removed: number;
  readonly deleted: number;
  /** Whether the part of the erasure in the lake is finished. */
  readonly isFinished: boolean;
}

/**
 * Erases a visitor, as `person-erase` does, and runs `lake-upkeep` now and, after a change of the waiting times, as an
 * hour later, when replaced objects are deleted.
 */
export async function eraseVisitor(of: TwinLake, site: SiteId, visitor: string): Promise<Erased> {
  const erasure = await erasePerson(of.application, { site, person: { visitor }, actor });
  const run = async () => {
    const { failures, ...result } = await upkeepOfLake(of.maintenance, of.lake, {
      now: new Date(),
      keepMonths,
      lateHours: 12,
      isLate: () => false,
    });
    if (failures.length > 0) throw failureOf(failures);
    return result;
  };
  const first = await run();
  await of.look(`update rempart.lake_deletions set since = since - interval '61 minutes'`);
  const second = await run();
  return {
    erasure,
    removed: first.erasures.removed + second.erasures.removed,
    deleted: first.deleted + second.deleted,
    isFinished: first.erasures.finished + second.erasures.finished > 0,
  };
}

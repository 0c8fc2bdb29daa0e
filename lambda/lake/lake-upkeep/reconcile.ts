// The lake is reconciled with its objects, for an operator: after a restore of the database, or the loss of an object.
import type { Database } from '../../../runtime/database';
import type { LakeVersions } from '../../../runtime/lake/versions';
import { type SiteId, siteId } from '../../../runtime/site';
import type { InSite } from './objects';
import { type DayState, differs, isEqual, type KnownObject, type ReconciledDay, reconcileDay } from './reconcile-day';

/** Request of an operator. */
export interface ReconcileRequest {
  readonly reconcile: {
    /** Whether anything is changed; otherwise it is only said what would be. */
    readonly confirm: boolean;
    /** One site alone. @default all, deleted ones too */
    readonly site?: number;
    /** One day of that site alone, whose objects are compared by their content. @default all, by names and sizes */
    readonly day?: string;
    /** Where a run before has ended. */
    readonly behind?: Position;
  };
}

export interface Position {
  readonly site: number;
  readonly day: string;
}

export interface ReconcileResult {
  /** Days that differ, or that were asked for. */
  readonly days: readonly ReconciledDay[];
  /** Sites and days that failed, with the reason. */
  readonly failures: readonly string[];
  /** Where the next run continues; absent at the end. */
  readonly behind?: Position;
}

export interface LakeOfVersions {
  versionsOf(site: SiteId): LakeVersions;
}

const actor = { name: 'lake-upkeep', from: 'operator', doing: 'reconcile lake' } as const;

/** Time limit of one transaction in milliseconds. */
const milliseconds = 60_000;

/** Days of an answer, which is to stay far below the 6 MB of one of a function. */
const mostDays = 1_000;

export const isReconcile = (event: unknown): event is ReconcileRequest =>
  typeof event === 'object' && event !== null && 'reconcile' in event;

/**
 * Makes the catalogue of the lake and the objects of S3 equal, site by site and day by day, until `isLate` returns
 * true. A day of the window is exported again if one of its objects is lost. Of another day, the objects that S3 has
 * become its files in place of those that are gone, if each has the content of its key, rows of this site and day
 * alone, and no rows in common with a newer one. What is unclear is left and stated. Erasures that were asked for
 * since the day read the new files: those since the snapshot of a restored database have to be repeated before.
 */
export async function reconcile(
  database: Database,
  lake: LakeOfVersions,
  { reconcile: request }: ReconcileRequest,
  isLate: () => boolean,
): Promise<ReconcileResult> {
  const { site, day, behind, confirm } = checked(request);
  const days: ReconciledDay[] = [];
  const failures: string[] = [];
  const all = site === undefined ? (await database.upkeep('sitesToReconcile')).map(Number) : [site];
  for (const id of all.filter((one) => behind === undefined || one >= behind.site)) {
    const from = behind?.site === id ? behind.day : '';
    let done = from;
    try {
      const of = siteId(id);
      const inSite: InSite = (work) => database.withSite(of, actor, work, { milliseconds });
      const store = lake.versionsOf(of);
      for (const state of await states(inSite, store, of, day)) {
        if (state.day <= from) continue;
        if (isLate() || days.length >= mostDays) return { days, failures, behind: { site: id, day: done } };
        if (day !== undefined || differs(state)) {
          const reconciled = await reconcileDay(inSite, store, state, confirm).catch((error: unknown) => {
            failures.push(`site ${id}, ${state.day}: ${error instanceof Error ? error.message : error}`);
          });
          if (reconciled && (day !== undefined || !isEqual(reconciled))) days.push(reconciled);
        }
        done = state.day;
      }
    } catch (error) {
      failures.push(`site ${id}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return { days, failures };
}

const dayForm = /^\d{4}-\d{2}-\d{2}$/;

function checked(request: unknown): ReconcileRequest['reconcile'] {
  const of = (typeof request === 'object' && request !== null ? request : {}) as Record<string, unknown>;
  const { confirm, site, day, behind } = of as Partial<ReconcileRequest['reconcile']>;
  const isSite = (value: unknown) => Number.isSafeInteger(value) && Number(value) > 0;
  const isDay = (value: unknown) => typeof value === 'string' && dayForm.test(value);
  const isPosition = behind === undefined || (isSite(behind.site) && (isDay(behind.day) || behind.day === ''));
  if (
    typeof confirm === 'boolean' &&
    (site === undefined || isSite(site)) &&
    (day === undefined || (isDay(day) && site !== undefined)) &&
    isPosition
  )
    return { confirm, ...(site && { site }), ...(day && { day }), ...(behind && { behind }) };
  throw new RangeError(
    `reconcile: expected confirm, and a site, or a site and a day, got ${JSON.stringify(request)}; use npm run lake -- reconcile`,
  );
}

/** The days of a site that catalogue, window or S3 have. S3 is listed first: what is written later is announced. */
export async function states(inSite: InSite, store: LakeVersions, site: SiteId, day?: string): Promise<readonly DayState[]> {
  const versions = day === undefined ? await store.ofSite() : await store.ofDay(`lake/site=${site}/day=${day}/0000000000000000.parquet`);
  const range = day === undefined ? ['-infinity', 'infinity'] : [day, day];
  const { known, window, since } = await inSite(async (session) => {
    const objects = await session.query<KnownObject>(
      `select to_char(day, 'YYYY-MM-DD') as day, key, state, rows::text, bytes::text, sha256, first_received::text, last_received::text
       from rempart.lake_state($1, $2)`,
      range,
    );
    const held = await session.query<{ day: string }>(
      `select to_char(d, 'YYYY-MM-DD') as day from rempart.window_days($1, $2) as d`,
      range,
    );
    const created = await session.query<{ since: string }>(`select to_char(rempart.site_since(), 'YYYY-MM-DD') as since`);
    return { known: objects.rows, window: new Set(held.rows.map((row) => row.day)), since: created.rows[0]?.since ?? '9999-12-31' };
  });
  const [knownOf, versionsOf] = [byDay(known, (one) => one.day), byDay(versions, ({ key }) => /\/day=([\d-]{10})\//.exec(key)?.[1] ?? '')];
  const days =
    day === undefined ? [...new Set([...knownOf.keys(), ...versionsOf.keys()])].filter((one) => dayForm.test(one)).sort() : [day];
  return days.map((one) => ({
    ...{ site, day: one, inWindow: window.has(one), since },
    ...{ known: knownOf.get(one) ?? [], versions: versionsOf.get(one) ?? [] },
  }));
}

function byDay<T>(items: readonly T[], dayOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const days = new Map<string, T[]>();
  for (const item of items) {
    const day = dayOf(item);
    const list = days.get(day) ?? [];
    days.set(day, list);
    list.push(item);
  }
  return days;
}

// An operator gives up a file of the lake that cannot come back, or an object that no file is to be made of.
import type { Database } from '../../../runtime/database';
import { type SiteId, siteId } from '../../../runtime/site';
import type { InSite } from './objects';
import { type LakeOfVersions, states } from './reconcile';
import { hasVersion, isIntact } from './reconcile-day';

/** Request of an operator. */
export interface GiveUpRequest {
  readonly giveUp: {
    /** Key of the object, as an error or a reconciliation has it. */
    readonly key: string;
    /** Whether it is given up; otherwise it is only said what would be. */
    readonly confirm: boolean;
  };
}

export interface GiveUpResult {
  readonly key: string;
  readonly outcome: 'given up' | 'would be given up';
  /** Rows of the file; absent for an object without an entry, which awaits its deletion. */
  readonly rows?: number;
}

const actor = { name: 'lake-upkeep', from: 'operator', doing: 'give up lake object' } as const;

/** Time limit of one transaction in milliseconds. */
const milliseconds = 60_000;

export const isGiveUp = (event: unknown): event is GiveUpRequest => typeof event === 'object' && event !== null && 'giveUp' in event;

/**
 * Takes a file from the catalogue whose object is gone or damaged and has no version of its content, so that exports
 * and erasures of the site end. The modification log keeps its entry, and the access log the operation. An object
 * without an entry awaits its deletion.
 *
 * @throws RangeError for a file that is intact, or can come back: from a version, or from the window
 */
export async function giveUp(database: Database, lake: LakeOfVersions, { giveUp: request }: GiveUpRequest): Promise<GiveUpResult> {
  const { key, confirm, site, day } = checked(request);
  const inSite: InSite = (work) => database.withSite(site, actor, work, { milliseconds });
  const store = lake.versionsOf(site);
  const [state] = await states(inSite, store, site, day);
  if (state === undefined) throw refusal(key, 'a day', 'none', 'name an object of the lake');
  const outcome = confirm ? 'given up' : 'would be given up';
  const file = state.known.find((one) => one.key === key);
  if (file === undefined) {
    if (!state.versions.some((version) => version.key === key && version.isCurrent))
      throw refusal(key, 'a file of the catalogue or an object', 'neither', 'nothing is to be given up');
    if (confirm) await inSite((session) => session.query('select rempart.discard_lake_objects($1, $2)', [day, [key]]));
    return { key, outcome };
  }
  if (file.state !== 'file') throw refusal(key, 'a file of the catalogue', 'an object that awaits its deletion', 'lake-upkeep deletes it');
  if (state.inWindow) throw refusal(key, 'a day of the lake alone', 'one of the window', 'reconcile the day, so that it is exported again');
  if (await isIntact(store, file, state.versions)) throw refusal(key, 'an object that is gone or damaged', 'an intact one', 'it is kept');
  if (await hasVersion(store, file, state.versions))
    throw refusal(key, 'no version with its content', 'one', 'restore it by npm run lake -- restore');
  if (confirm) await inSite((session) => session.query(`select rempart.reconcile_lake_day($1, '[]', $2)`, [day, [key]]));
  return { key, outcome, rows: Number(file.rows) };
}

function checked(request: unknown): GiveUpRequest['giveUp'] & { readonly site: SiteId; readonly day: string } {
  const { key, confirm } = (typeof request === 'object' && request !== null ? request : {}) as Record<string, unknown>;
  const [, site, day] = /^lake\/site=([1-9]\d{0,9})\/day=(\d{4}-\d{2}-\d{2})\/[0-9a-f]{16}\.parquet$/.exec(String(key)) ?? [];
  if (typeof key === 'string' && typeof confirm === 'boolean' && site && day) return { key, confirm, site: siteId(Number(site)), day };
  throw new RangeError(
    `give up: expected the key of an object of the lake and confirm, got ${JSON.stringify(request)}; copy the key from the error`,
  );
}

const refusal = (key: string, expected: string, got: string, remedy: string): RangeError =>
  new RangeError(`give up of ${key}: expected ${expected}, got ${got}; ${remedy}`);

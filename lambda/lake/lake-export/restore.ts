// Restores a file of the lake from a version of its object, for an operator. (TOM-6.7, DSS-4.2)
import { createHash } from 'node:crypto';
import type { Database } from '../../../runtime/database';
import type { Session } from '../../../runtime/database-session';
import type { LakeVersion, LakeVersions } from '../../../runtime/lake/versions';
import { type SiteId, siteId } from '../../../runtime/site';

/** Request of an operator. */
export interface RestoreRequest {
  readonly restore: {
    /** Key of the object, as an error has it. */
    readonly key: string;
    /** Whether the object is written; otherwise it is only said what would be. */
    readonly confirm: boolean;
  };
}

export interface RestoreResult {
  readonly key: string;
  /** `intact`: the object is as the catalogue has it, and nothing is written. */
  readonly outcome: 'restored' | 'would be restored' | 'intact';
  /** Id of the version that has the content. */
  readonly version: string;
  readonly bytes: number;
}

interface VersionsOfLake {
  versionsOf(site: SiteId): LakeVersions;
}

const actor = { name: 'lake-export', from: 'operator', doing: 'restore lake object' } as const;

/** Time limit of the transaction, in which versions of at most some megabytes are read. */
const milliseconds = 120_000;

export const isRestore = (event: unknown): event is RestoreRequest => typeof event === 'object' && event !== null && 'restore' in event;

/**
 * Restores the object of a file that the catalogue has, from the version whose digest the catalogue has. Erased rows
 * cannot come back: an erasure replaces the entry by one of another key and digest, and each that is still pending
 * reads the restored file. The entry is locked until the object is written, so that no erasure replaces it meanwhile.
 *
 * @throws RangeError for an object that is no file of the catalogue, or whose day has files that the catalogue does
 * not have: then the catalogue is older than the lake, of a restored database, and erasures since are in the lake
 * alone
 */
export async function restoreObject(database: Database, lake: VersionsOfLake, { restore }: RestoreRequest): Promise<RestoreResult> {
  const { key, confirm } = checked(restore);
  const site = siteId(Number(/^lake\/site=(\d{1,10})\//.exec(key)?.[1]));
  const store = lake.versionsOf(site);
  const versions = await store.ofDay(key);
  const restoreIn = (session: Session) => restoreFrom(session, store, key, versions, confirm);
  return database.withSite(site, actor, restoreIn, { milliseconds });
}

function checked(restore: unknown): RestoreRequest['restore'] {
  const { key, confirm } = (typeof restore === 'object' && restore !== null ? restore : {}) as Record<string, unknown>;
  if (typeof key === 'string' && typeof confirm === 'boolean' && /^lake\/site=[1-9]\d{0,9}\//.test(key)) return { key, confirm };
  throw new RangeError(
    `restore: expected the key of an object of the lake and confirm, got ${JSON.stringify(restore)}; copy the key from the error`,
  );
}

async function restoreFrom(
  session: Session,
  store: LakeVersions,
  key: string,
  versions: readonly LakeVersion[],
  confirm: boolean,
): Promise<RestoreResult> {
  const present = versions.filter(({ isCurrent, key: its }) => isCurrent && its !== key).map((version) => version.key);
  const { rows } = await session.query<{ bytes: string; sha256: string; unknown: string | null }>(
    `select bytes::text, encode(sha256, 'hex') as sha256, unknown from rempart.lake_file_to_restore($1, $2)`,
    [key, present],
  );
  const [entry] = rows;
  if (entry === undefined)
    throw refusal(key, 'a file of the catalogue', 'none', 'an erasure or an export has replaced it, and its rows must not come back');
  if (entry.unknown !== null) {
    const why = 'the catalogue is older than the lake, and an erasure since may have replaced the file; run npm run lake -- reconcile';
    throw refusal(key, 'a day whose objects the catalogue has', entry.unknown, why);
  }
  const own = versions.filter((version) => version.key === key);
  for (const version of own.filter(({ bytes }) => bytes === Number(entry.bytes))) {
    const body = await store.read(version);
    if (createHash('sha256').update(body).digest('hex') !== entry.sha256) continue;
    const { version: id, bytes, isCurrent } = version;
    if (isCurrent) return { key, outcome: 'intact', version: id, bytes };
    if (confirm) await store.restore(key, { body, sha256: entry.sha256 });
    return { key, outcome: confirm ? 'restored' : 'would be restored', version: id, bytes };
  }
  throw refusal(
    key,
    `a version with the digest of the catalogue, ${entry.sha256}`,
    `${own.length} versions without`,
    'versions end after 14 days',
  );
}

const refusal = (key: string, expected: string, got: string, remedy: string): RangeError =>
  new RangeError(`restore of ${key}: expected ${expected}, got ${got}; ${remedy}`);

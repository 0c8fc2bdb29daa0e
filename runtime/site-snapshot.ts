// What collectors know of the live sites: one JSON document, written when a site changes, read again and again; no key is in it.
import type { PseudonymisationSettings } from './pseudonymisation';
import { type SiteId, siteId } from './site';

/** A live site, as far as collecting its hits needs it. (TOM-4.13, TOM-7.1) */
export interface CollectedSite extends PseudonymisationSettings {
  readonly id: SiteId;
  /** The name that hits carry, as in `acme`. */
  readonly key: string;
  /** Version of the site's key that hits are hashed with now. */
  readonly keyVersion: number;
  /** Whether a browser's `DNT: 1` or `Sec-GPC: 1` leaves only what tells nothing of the visitor. */
  readonly privacySignals: boolean;
  /** Whether the collector sets and reads a cookie with the visitor's number. */
  readonly cookies: boolean;
  /** Pages' origins that may send hits, as in `https://www.example.com`; empty for any. */
  readonly origins: readonly string[];
}

export interface SiteSnapshot {
  readonly version: 1;
  /** By id, upwards; each id and each key once. */
  readonly sites: readonly CollectedSite[];
}

/** Name of the object that holds the snapshot. */
export const siteSnapshotKey = 'sites.json';

/** What a site may set, as the database checks it too (migrations 0004 and 0009). */
const limits = { hashedFields: 50, origins: 50 } as const;
const keyPattern = /^[a-z][a-z0-9-]{0,62}$/;
/** An origin as a browser writes it in a header: lower case, no path, and no port where it is 443 (RFC 6454 section 6.2). */
const originPattern = /^https:\/\/(?=[^:]{1,253}(?::|$))[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::(?!443$)[1-9]\d{0,4})?$/;

/** The document, the same for the same sites in whatever order they come. */
export function formatSiteSnapshot(sites: readonly CollectedSite[]): string {
  const sorted = [...sites].sort((one, other) => one.id - other.id);
  const plain = sorted.map(({ id, key, addressMode, hashedFields, keyVersion, privacySignals, cookies, origins }) => ({
    ...{ id, key, addressMode, hashedFields: [...hashedFields].sort(), keyVersion, privacySignals, cookies },
    origins: [...origins].sort(),
  }));
  return JSON.stringify({ version: 1, sites: plain });
}

/**
 * Reads the document. Keys that are not known are ignored, so that a newer writer may add some.
 *
 * @throws Error that names the first place where it is no snapshot; keep the one read before
 */
export function parseSiteSnapshot(text: string): SiteSnapshot {
  const document = asObject('document', parseJson(text));
  if (document.version !== 1) throw snapshotError('version', '1', document.version);
  if (!Array.isArray(document.sites)) throw snapshotError('sites', 'a list', document.sites);
  const sites = document.sites.map((site: unknown, index) => readCollectedSite(site, `sites[${index}]`)).sort((a, b) => a.id - b.id);
  for (const name of ['id', 'key'] as const) {
    const seen = new Set<unknown>();
    for (const site of sites) {
      if (seen.has(site[name])) throw snapshotError(`sites.${name}`, 'each once', site[name]);
      seen.add(site[name]);
    }
  }
  return { version: 1, sites };
}

/** Checks one site, as it is in the document and as the database gives it. */
export function readCollectedSite(value: unknown, where: string): CollectedSite {
  const site = asObject(where, value);
  const { key, addressMode, keyVersion } = site;
  if (typeof key !== 'string' || !keyPattern.test(key)) throw snapshotError(`${where}.key`, "a site's key", key);
  if (addressMode !== 'truncate' && addressMode !== 'hash') throw snapshotError(`${where}.addressMode`, 'truncate or hash', addressMode);
  if (typeof keyVersion !== 'number' || !Number.isInteger(keyVersion) || keyVersion < 1) {
    throw snapshotError(`${where}.keyVersion`, 'a whole number of 1 or more', keyVersion);
  }
  return {
    id: siteId(site.id),
    key,
    addressMode,
    hashedFields: readTexts(`${where}.hashedFields`, site.hashedFields, limits.hashedFields, 'names of fields', () => true),
    keyVersion,
    privacySignals: readBoolean(`${where}.privacySignals`, site.privacySignals),
    cookies: readBoolean(`${where}.cookies`, site.cookies),
    origins: readTexts(`${where}.origins`, site.origins, limits.origins, 'https origins', isOrigin),
  };
}

/** Whether a text is an https origin as browsers send it. */
export const isOrigin = (text: string): boolean => originPattern.test(text);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw snapshotError('document', 'JSON', text);
  }
}

function asObject(where: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw snapshotError(where, 'an object', value);
}

function readBoolean(where: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw snapshotError(where, 'true or false', value);
}

function readTexts(where: string, value: unknown, most: number, what: string, good: (text: string) => boolean): readonly string[] {
  if (Array.isArray(value) && value.length <= most && value.every((item): item is string => typeof item === 'string' && good(item))) {
    return value;
  }
  throw snapshotError(where, `at most ${most} ${what}`, value);
}

function snapshotError(where: string, expected: string, value: unknown): Error {
  const shown = JSON.stringify(value) ?? 'nothing';
  const short = shown.length > 80 ? `${shown.slice(0, 80)}…` : shown;
  return new Error(
    `site snapshot: ${where}: expected ${expected}, got ${short}; keep the last good one and see to the function site-snapshot`,
  );
}

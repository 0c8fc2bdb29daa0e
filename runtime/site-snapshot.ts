// The site snapshot: one JSON document with the settings of all live sites, which collectors poll. It contains no key.
import type { PseudonymisationSettings } from './pseudonymisation';
import { type SiteId, siteId } from './site';

/** The settings of a live site that collectors need. (TOM-4.13, TOM-7.1) */
export interface CollectedSite extends PseudonymisationSettings {
  readonly id: SiteId;
  /** Key of the site in hits, as in `acme`. */
  readonly key: string;
  /** Version of the site's key under which collectors hash. */
  readonly keyVersion: number;
  /** Whether `DNT: 1` or `Sec-GPC: 1` of a browser removes all data about the visitor from the hit. */
  readonly privacySignals: boolean;
  /** Whether the collector sets and reads a cookie with the visitor's id. */
  readonly cookies: boolean;
  /** Origins of pages that may send hits, as in `https://www.example.com`; empty for any. */
  readonly origins: readonly string[];
}

export interface SiteSnapshot {
  readonly version: 1;
  /** In ascending order of ids; ids and keys are unique. */
  readonly sites: readonly CollectedSite[];
}

/** Limits of a site's settings; the database checks them too (migrations 0004 and 0009). */
const limits = { hashedFields: 50, origins: 50 } as const;
const keyPattern = /^[a-z][a-z0-9-]{0,62}$/;
/**
 * An origin as browsers serialize it: lower case, without a path and without the default port 443 (RFC 6454 section
 * 6.2).
 */
const originPattern = /^https:\/\/(?=[^:]{1,253}(?::|$))[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::(?!443$)[1-9]\d{0,4})?$/;

/** The document. It does not depend on the order of `sites`. */
export function formatSiteSnapshot(sites: readonly CollectedSite[]): string {
  const sorted = [...sites].sort((one, other) => one.id - other.id);
  const plain = sorted.map(({ id, key, addressMode, hashedFields, keyVersion, privacySignals, cookies, origins }) => ({
    ...{ id, key, addressMode, hashedFields: [...hashedFields].sort(), keyVersion, privacySignals, cookies },
    origins: [...origins].sort(),
  }));
  return JSON.stringify({ version: 1, sites: plain });
}

/**
 * Reads the document. Unknown properties are ignored, so that a newer writer may add some.
 *
 * @throws Error with the first invalid property; the caller keeps the previous snapshot
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

/** Validates one site, from the document or from the database. */
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

function readTexts(where: string, value: unknown, most: number, items: string, isValid: (text: string) => boolean): readonly string[] {
  if (Array.isArray(value) && value.length <= most && value.every((item): item is string => typeof item === 'string' && isValid(item))) {
    return value;
  }
  throw snapshotError(where, `at most ${most} ${items}`, value);
}

function snapshotError(where: string, expected: string, value: unknown): Error {
  const shown = JSON.stringify(value) ?? 'nothing';
  const short = shown.length > 80 ? `${shown.slice(0, 80)}…` : shown;
  return new Error(
    `site snapshot: ${where}: expected ${expected}, got ${short}; keep the last valid one and check the function site-snapshot`,
  );
}

// Accepts one hit: finds its site, checks its origin and its values, assigns the visitor, and writes its line.
import type { CollectedSiteWithKey, SiteDirectory } from '../sites/directory';
import { HitRejection } from './hit-rejection';
import { writeLine } from './line';
import type { RawHit } from './raw-hit';
import type { Repair } from './repairs';
import { newVisitor, readVisitorCookie, visitorCookie } from './visitor-cookie';
import { readHit, siteOf } from './wire-hit';

/** Properties of a request's sender, for all of its hits. */
export interface Sender {
  readonly address: string | undefined;
  readonly userAgent: string | undefined;
  readonly signal: boolean;
  readonly origin: string | undefined;
  readonly cookies: string | undefined;
  /** Whether a new visitor gets a cookie: only the answer to a single hit sets one. */
  readonly setsCookie: boolean;
}

export interface AcceptedHit {
  readonly line: string;
  /** Value of a `Set-Cookie` field. */
  readonly cookie: string | undefined;
  readonly repairs: readonly Repair[];
}

const unknownSite = new HitRejection('unknown-site', 'site: expected the key of a live site, got another', 404);
const foreignOrigin = new HitRejection('origin', "Origin: expected one of the site's origins, got another; add it to the site", 403);

/** `not-ready`: the site's key or the first snapshot is not loaded yet; the client repeats the hit later. */
export function acceptHit(
  raw: RawHit,
  sender: Sender,
  sites: SiteDirectory,
  received: { readonly milliseconds: number; readonly text: string },
): AcceptedHit | HitRejection | 'not-ready' {
  const key = siteOf(raw);
  if (key instanceof HitRejection) return key;
  const site = sites.find(key);
  if (site === 'not-ready') return site;
  if (site === 'unknown') return unknownSite;
  const { origin, address, userAgent, signal } = sender;
  if (origin !== undefined && site.origins.length > 0 && !site.origins.includes(origin)) return foreignOrigin;
  const hit = readHit(raw, site.id, received.milliseconds);
  const { visitor, returning, cookie } = hit.visitor === undefined ? visitorOf(site, sender) : noVisitor;
  const line = writeLine(site, hit, { address, userAgent, signal, visitor, returning }, received.text);
  return { line, cookie, repairs: hit.repairs.list };
}

const noVisitor = { visitor: undefined, returning: undefined, cookie: undefined };

/** The visitor in the site's cookie, or a new one if the answer may set the cookie. */
function visitorOf(site: CollectedSiteWithKey, { cookies, signal, setsCookie }: Sender) {
  if (!site.cookies || (site.privacySignals && signal)) return noVisitor;
  const known = readVisitorCookie(cookies, site.id);
  if (known !== undefined) return { visitor: known, returning: true, cookie: undefined };
  if (!setsCookie) return noVisitor;
  const visitor = newVisitor();
  return { visitor, returning: false, cookie: visitorCookie(site.id, visitor) };
}

// Accepts one hit: finds its site, checks its origin and its values, assigns the visitor, and writes its line.
import type { CollectedSiteWithKey, SiteDirectory } from '../sites/directory';
import type { RawHit } from './body';
import { HitRejection } from './hit-rejection';
import { type Client, writeLine } from './line';
import { newVisitor, readVisitorCookie, visitorCookie } from './visitor-cookie';
import { checkHit } from './wire-hit';

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
}

const noSite = new HitRejection('missing-field', "site: expected a site's key, got none");
const unknownSite = new HitRejection('unknown-site', 'site: expected the key of a live site, got another', 404);
const foreignOrigin = new HitRejection('origin', "Origin: expected one of the site's origins, got another; add it to the site", 403);

/** `not-ready`: the site's key or the first snapshot is not loaded yet; the client repeats the hit later. */
export function acceptHit(
  { value, escaped, repairs }: RawHit,
  sender: Sender,
  sites: SiteDirectory,
  received: { readonly milliseconds: number; readonly text: string },
): AcceptedHit | HitRejection | 'not-ready' {
  if (typeof value.site !== 'string') return noSite;
  const site = sites.find(value.site);
  if (site === 'not-ready') return site;
  if (site === 'unknown') return unknownSite;
  const { origin } = sender;
  if (origin !== undefined && site.origins.length > 0 && !site.origins.includes(origin)) return foreignOrigin;
  const hit = checkHit(value, received.milliseconds, escaped);
  if (hit instanceof HitRejection) return hit;
  const { visitor, cookie } = hit.visitor === undefined ? visitorOf(site, sender) : noVisitor;
  const line = writeLine(site, hit, clientOf(sender, visitor), received.text);
  return line instanceof HitRejection ? line : { line: withRepairs(line, repairs), cookie };
}

const withRepairs = (line: string, repairs: RawHit['repairs']): string =>
  repairs === undefined ? line : `${line.slice(0, -2)},"repairs":${JSON.stringify(repairs)}}\n`;

const noVisitor = { visitor: undefined, cookie: undefined };

const clientOf = ({ address, userAgent, signal }: Sender, visitor: string | undefined): Client => ({ address, userAgent, signal, visitor });

/** The visitor in the site's cookie, or a new one if the answer may set the cookie. */
function visitorOf(site: CollectedSiteWithKey, { cookies, signal, setsCookie }: Sender) {
  if (!site.cookies || (site.privacySignals && signal)) return noVisitor;
  const known = readVisitorCookie(cookies, site.id);
  if (known !== undefined || !setsCookie) return { visitor: known, cookie: undefined };
  const visitor = newVisitor();
  return { visitor, cookie: visitorCookie(site.id, visitor) };
}

// One hit from its raw form to its line: site, origin, checks, visitor.
import type { CollectedSiteWithKey, SiteDirectory } from '../sites/directory';
import type { RawHit } from './body';
import { type Client, writeLine } from './line';
import { Unfit } from './unfit';
import { newVisitor, readVisitorCookie, visitorCookie } from './visitor-cookie';
import { checkHit } from './wire-hit';

/** What a request says of its sender, for each of its hits. */
export interface Sender {
  readonly address: string | undefined;
  readonly userAgent: string | undefined;
  readonly signal: boolean;
  readonly origin: string | undefined;
  readonly cookies: string | undefined;
  /** Whether a new visitor gets a cookie: a single answer can set one. */
  readonly setsCookie: boolean;
}

export interface Taken {
  readonly line: string;
  /** Value of a `Set-Cookie` field. */
  readonly cookie: string | undefined;
}

const notText = new Unfit('missing-field', "site: expected a site's key, got none");
const unknownSite = new Unfit('unknown-site', 'site: expected the key of a site that is collected, got another', 404);
const foreignOrigin = new Unfit('origin', 'Origin: expected one of those of the site, got another; add it to the site', 403);

/** `not-ready`: the site's key, or any snapshot, is not there yet; the same hit can be taken later. */
export function takeHit(
  { value, escaped }: RawHit,
  sender: Sender,
  sites: SiteDirectory,
  received: { readonly milliseconds: number; readonly text: string },
): Taken | Unfit | 'not-ready' {
  if (typeof value.site !== 'string') return notText;
  const site = sites.find(value.site);
  if (site === 'not-ready') return site;
  if (site === 'unknown') return unknownSite;
  const { origin } = sender;
  if (origin !== undefined && site.origins.length > 0 && !site.origins.includes(origin)) return foreignOrigin;
  const hit = checkHit(value, received.milliseconds, escaped);
  if (hit instanceof Unfit) return hit;
  const { visitor, cookie } = hit.visitor === undefined ? visitorOf(site, sender) : noVisitor;
  const line = writeLine(site, hit, clientOf(sender, visitor), received.text);
  return line instanceof Unfit ? line : { line, cookie };
}

const noVisitor = { visitor: undefined, cookie: undefined };

const clientOf = ({ address, userAgent, signal }: Sender, visitor: string | undefined): Client => ({ address, userAgent, signal, visitor });

/** The number that the site's cookie says, or a new one where it may be set. */
function visitorOf(site: CollectedSiteWithKey, { cookies, signal, setsCookie }: Sender) {
  if (!site.cookies || (site.privacySignals && signal)) return noVisitor;
  const known = readVisitorCookie(cookies, site.id);
  if (known !== undefined || !setsCookie) return { visitor: known, cookie: undefined };
  const visitor = newVisitor();
  return { visitor, cookie: visitorCookie(site.id, visitor) };
}

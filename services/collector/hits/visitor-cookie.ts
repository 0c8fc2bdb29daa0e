// The cookie with a visitor's number, for sites that want one.
import { randomBytes } from 'node:crypto';
import type { SiteId } from '../../../runtime/site';

/** 13 months, after which a browser forgets it; it is not renewed, so that no number lasts longer. */
const seconds = 395 * 86_400;
const valuePattern = /^[A-Za-z0-9_-]{22}$/;

/**
 * One name a site, so that no number follows a person from one site to another. The prefix keeps other hosts from setting it
 * (RFC 6265bis section 4.1.3.2).
 */
const cookieName = (site: SiteId) => `__Host-visitor-${site}`;

/** The number in a `Cookie` field; undefined where there is none that we could have given. */
export function readVisitorCookie(field: string | undefined, site: SiteId): string | undefined {
  if (field === undefined) return undefined;
  const prefix = `${cookieName(site)}=`;
  for (const part of field.split(';')) {
    const text = part.trim();
    if (text.startsWith(prefix) && valuePattern.test(text.slice(prefix.length))) return text.slice(prefix.length);
  }
  return undefined;
}

export const newVisitor = (): string => randomBytes(16).toString('base64url');

/** The `Set-Cookie` field. `SameSite=None`: hits come from pages of other sites. Scripts need not read it. */
export const visitorCookie = (site: SiteId, visitor: string): string =>
  `${cookieName(site)}=${visitor}; Max-Age=${seconds}; Path=/; Secure; HttpOnly; SameSite=None`;

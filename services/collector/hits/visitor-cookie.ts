// The cookie with a visitor's id, for sites that enable it.
import { randomBytes } from 'node:crypto';
import type { SiteId } from '../../../runtime/site';

/** Lifetime of 13 months. The cookie is not renewed, so no id lasts longer. */
const seconds = 395 * 86_400;
const valuePattern = /^[A-Za-z0-9_-]{22}$/;

/**
 * One name for each site, so that no id is shared between sites. The prefix `__Host-` prevents other hosts from
 * setting the cookie (RFC 6265bis section 4.1.3.2).
 */
const cookieName = (site: SiteId) => `__Host-visitor-${site}`;

/** The id in a `Cookie` field; undefined without an id of the form that {@link newVisitor} returns. */
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

/**
 * The value of `Set-Cookie`. `SameSite=None`: pages of other sites send hits. `HttpOnly`: no script reads it.
 * `Partitioned`: browsers that refuse cookies of third parties take it, one for each site that a page belongs to
 * (CHIPS); others ignore the attribute (RFC 6265 section 5.2).
 */
export const visitorCookie = (site: SiteId, visitor: string): string =>
  `${cookieName(site)}=${visitor}; Max-Age=${seconds}; Path=/; Secure; HttpOnly; SameSite=None; Partitioned`;

// The line of a hit on the stream: its values and those that the collector adds, pseudonymised by the site's settings.
// (TOM-4.13)
import { randomUUID } from 'node:crypto';
import { fieldsLimits } from '../../../runtime/hit';
import { pseudonymousAddress, pseudonymousFields } from '../../../runtime/pseudonymisation';
import type { CollectedSiteWithKey } from '../sites/directory';
import { HitRejection } from './hit-rejection';
import type { WireHit } from './wire-hit';

/** The client of a hit. Its address is written only as a pseudonym. */
export interface Client {
  /** The whole address. */
  readonly address: string | undefined;
  readonly userAgent: string | undefined;
  /** Whether the browser sent `DNT: 1` or `Sec-GPC: 1`. */
  readonly signal: boolean;
  /** The visitor from the site's cookie, for a hit without its own. */
  readonly visitor: string | undefined;
}

/**
 * Writes a hit as a line with a line feed. If the site honours privacy signals and the client sent one, the line has
 * no data about the visitor: no visitor, address, user agent, referrer or fields, and a URL without query and
 * fragment.
 *
 * @param received ISO 8601 in UTC
 */
export function writeLine(site: CollectedSiteWithKey, hit: WireHit, client: Client, received: string): string | HitRejection {
  // Concatenation takes half the time of JSON.stringify for the whole object. Values that never need escapes are not
  // escaped.
  let line = `{"site":${site.id},"id":"${randomUUID()}","received":"${received}","kind":${JSON.stringify(hit.kind)}`;
  if (hit.occurred !== undefined) line += `,"occurred":"${hit.occurred}"`;
  const isPrivate = site.privacySignals && client.signal;
  if (hit.url !== undefined) line += `,"url":${JSON.stringify(isPrivate ? withoutQuery(hit.url) : hit.url)}`;
  if (!isPrivate) {
    const address = client.address === undefined ? undefined : pseudonymousAddress(client.address, site, site.siteKey);
    const visitor = hit.visitor ?? client.visitor;
    if (hit.referrer !== undefined) line += `,"referrer":${JSON.stringify(hit.referrer)}`;
    if (visitor !== undefined) line += `,"visitor":${JSON.stringify(visitor)}`;
    if (address !== undefined) line += `,"address":"${address}"`;
    if (client.userAgent !== undefined) line += `,"userAgent":${JSON.stringify(client.userAgent)}`;
    if (hit.fields !== undefined) {
      const fields = writeFields(site, hit.fields);
      if (fields instanceof HitRejection) return fields;
      line += `,"fields":${fields}`;
    }
  }
  return `${line},"keyVersion":${site.keyVersion}}\n`;
}

/** Queries and fragments may contain click ids or e-mail addresses, which identify the visitor. */
const withoutQuery = (url: string): string => url.replace(/[?#].*$/s, '');

function writeFields(site: CollectedSiteWithKey, fields: { readonly [name: string]: unknown }): string | HitRejection {
  const text = JSON.stringify(site.hashedFields.length === 0 ? fields : pseudonymousFields(fields, site, site.siteKey));
  // A hash may be longer than its value: the limit applies to the written text.
  if (text.length * 3 <= fieldsLimits.bytes || Buffer.byteLength(text) <= fieldsLimits.bytes) return text;
  return new HitRejection('too-long', `fields: expected at most ${fieldsLimits.bytes} bytes as JSON after hashing, got more`);
}

// The line of a hit on the stream: its values and those that the collector adds, pseudonymised by the site's settings.
// (TOM-4.13)
import { randomUUID } from 'node:crypto';
import { textLimits } from '../../../runtime/hit';
import { pseudonymousAddress } from '../../../runtime/pseudonymisation';
import type { CollectedSiteWithKey } from '../sites/directory';
import { writeFields } from './fields';
import { cutText } from './text-values';
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
  /** Whether that cookie came with this request; undefined without a visitor from a cookie. */
  readonly returning: boolean | undefined;
}

/**
 * Writes a hit as a line with a line feed. If the site honours privacy signals and the client sent one, the line has
 * no data about the visitor: no visitor, address, user agent, referrer, fields or time that could not be read, and a
 * URL without query and fragment. An id names the hit, not the visitor.
 *
 * @param received ISO 8601 in UTC
 */
export function writeLine(site: CollectedSiteWithKey, hit: WireHit, client: Client, received: string): string {
  // Concatenation takes half the time of JSON.stringify for the whole object. Values that never need escapes are not
  // escaped.
  const id = hit.id === undefined ? `"${randomUUID()}"` : `"${hit.id}","ownId":true`;
  let line = `{"site":${site.id},"id":${id},"received":"${received}","kind":${JSON.stringify(hit.kind)}`;
  if (hit.occurred !== undefined) line += `,"occurred":"${hit.occurred}"`;
  const isPrivate = site.privacySignals && client.signal;
  if (hit.url !== undefined) line += `,"url":${JSON.stringify(isPrivate ? withoutQuery(hit.url) : hit.url)}`;
  if (!isPrivate) line += visitorData(site, hit, client);
  const repairs = hit.repairs.list;
  if (repairs.length > 0) line += `,"repairs":${JSON.stringify(repairs)}`;
  return `${line},"keyVersion":${site.keyVersion}}\n`;
}

function visitorData(site: CollectedSiteWithKey, hit: WireHit, client: Client): string {
  let data = '';
  const address = client.address === undefined ? undefined : pseudonymousAddress(client.address, site, site.siteKey);
  const visitor = hit.visitor ?? client.visitor;
  if (hit.clientTime !== undefined) data += `,"clientTime":${JSON.stringify(hit.clientTime)}`;
  if (hit.referrer !== undefined) data += `,"referrer":${JSON.stringify(hit.referrer)}`;
  if (visitor !== undefined) data += `,"visitor":${JSON.stringify(visitor)}`;
  if (hit.visitor === undefined && client.returning !== undefined) data += `,"returning":${client.returning}`;
  if (address !== undefined) data += `,"address":"${address}"`;
  if (client.userAgent !== undefined) {
    const userAgent = cutText(client.userAgent, textLimits.userAgent);
    if (userAgent !== client.userAgent) hit.repairs.add('userAgent:cut');
    data += `,"userAgent":${JSON.stringify(userAgent)}`;
  }
  const fields = writeFields(site, hit.fields, hit.repairs);
  return fields === undefined ? data : `${data},"fields":${fields}`;
}

/** Queries and fragments may contain click ids or e-mail addresses, which identify the visitor. */
const withoutQuery = (url: string): string => url.replace(/[?#].*$/s, '');

// The line that a hit is on the stream: what it came with and what the collector adds, made pseudonymous as its site asks (TOM-4.13).
import { randomUUID } from 'node:crypto';
import { fieldsLimits } from '../../../runtime/hit';
import { pseudonymousAddress, pseudonymousFields } from '../../../runtime/pseudonymisation';
import type { CollectedSiteWithKey } from '../sites/directory';
import { Unfit } from './unfit';
import type { WireHit } from './wire-hit';

/** Who sent a hit, as far as that is told; nothing of it is written as it is. */
export interface Client {
  /** The whole address. */
  readonly address: string | undefined;
  readonly userAgent: string | undefined;
  /** Whether the browser said `DNT: 1` or `Sec-GPC: 1`. */
  readonly signal: boolean;
  /** Number from the site's cookie, where the hit has no visitor of its own. */
  readonly visitor: string | undefined;
}

/**
 * Writes a hit as a line with its line feed. Where the site honours privacy signals and there is one, the line tells what happened and
 * nothing of who: no visitor, address, user agent, referrer or fields, and of the URL no query or fragment.
 *
 * @param received ISO 8601 in UTC
 */
export function writeLine(site: CollectedSiteWithKey, hit: WireHit, client: Client, received: string): string | Unfit {
  // Put together piece by piece: one object for JSON.stringify takes twice the time. Pieces that cannot need escaping go in as they are.
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
      if (fields instanceof Unfit) return fields;
      line += `,"fields":${fields}`;
    }
  }
  return `${line},"keyVersion":${site.keyVersion}}\n`;
}

/** Queries and fragments carry the numbers of clicks, e-mail addresses and the like, which name the visitor. */
const withoutQuery = (url: string): string => url.replace(/[?#].*$/s, '');

function writeFields(site: CollectedSiteWithKey, fields: { readonly [name: string]: unknown }): string | Unfit {
  const text = JSON.stringify(site.hashedFields.length === 0 ? fields : pseudonymousFields(fields, site, site.siteKey));
  // A hash may be longer than what it stands for: what counts is what is written.
  if (text.length * 3 <= fieldsLimits.bytes || Buffer.byteLength(text) <= fieldsLimits.bytes) return text;
  return new Unfit('too-long', `fields: expected at most ${fieldsLimits.bytes} bytes as JSON, with hashes in place, got more`);
}

// The id of a hit that its client chose, so that a retry is counted once. (ADR 14)
import { createHash } from 'node:crypto';
import { isStorable } from '../../../runtime/hit';
import type { SiteId } from '../../../runtime/site';
import { isMacro } from './text-values';

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** The nil and the max UUID (RFC 9562 sections 5.9 and 5.10), in any notation: ids of many hits. */
const ofMany = /^\{?(?:[0-]+|[f-]{32,})\}?$/i;
/** A switch, and a number that was never set. */
const ofNone = /^(?:true|false|0)$/;
const mostCharacters = 128;

/**
 * The UUID of a hit: the client's own, or for another text the first 128 bits of the SHA-256 hash of site, text and
 * content, as a UUID of version 8 (RFC 9562 section 5.8). A retry repeats the content; hits of an order or a product
 * that share a text do not. Undefined for a text that many hits share or that is too long.
 *
 * @param content what tells two hits apart, as it was sent: kind, url, visitor, time and fields
 */
export function hitId(text: string, site: SiteId, content: () => readonly (string | undefined)[] = () => []): string | undefined {
  if (uuid.test(text)) return ofMany.test(text) ? undefined : text.toLowerCase();
  if (isMacro(text) || ofNone.test(text) || ofMany.test(text) || text.length > mostCharacters || !isStorable(text)) return undefined;
  const hash = createHash('sha256')
    .update([site, text, ...content()].join('\0'))
    .digest();
  hash[6] = ((hash[6] as number) & 0x0f) | 0x80;
  hash[8] = ((hash[8] as number) & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

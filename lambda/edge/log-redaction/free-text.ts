// Texts that clients choose, as the user agent: an address of the client in them is replaced, too. Pure.
import { isIP } from 'node:net';
import { canonicalText, truncatedAddress } from '../../../runtime/pseudonymisation';
import { type Field, noValue } from './fields';

/** An octet as the load balancer writes quotes and others; its digits are none of an address behind it. */
const escaped = /(\\x[0-9a-f]{2})/i;

/** Characters of an address of IPv6. */
const run = /[0-9a-f:.]+/gi;
/** Characters of the longest one: six groups and an address of IPv4 (RFC 4291 section 2.2). */
const mostCharacters = 45;

/**
 * The fields, with every occurrence of the client's address replaced by no value, in any spelling. A longer number
 * with its digits is another text: `Chrome/120.0.6099.109` where the address is 20.0.60.9. A version that equals the
 * whole address is replaced, because it cannot be told from the address.
 */
export function withoutAddress(fields: readonly Field[], address: string): readonly Field[] {
  const plain = address.replace(/^\[|\]$/g, '');
  const client = canonicalText(plain);
  // An address that is a network already has nothing to hide.
  if (client === undefined || truncatedAddress(plain) === client) return fields;
  const literal = isIP(client) === 4 ? literalOfFour(client) : new RegExp(`(?<![0-9a-f])${client}(?![0-9a-f])`, 'gi');
  const replaced = (part: string): string => part.replace(run, (found) => withoutSpelling(found, client)).replace(literal, noValue);
  return fields.map((field) => ({ ...field, text: field.text.split(escaped).map(replaced).join('') }));
}

/** Four numbers, with zeros before them too. */
function literalOfFour(client: string): RegExp {
  const numbers = client.split('.').map((number) => `0*${number}`);
  return new RegExp(`(?<!\\d|\\d\\.)${numbers.join('\\.')}(?!\\d|\\.\\d)`, 'g');
}

/** Compares the value of an address of IPv6, without the punctuation beside it. */
function withoutSpelling(found: string, client: string): string {
  const bare = withoutPunctuation(found);
  return bare.length <= mostCharacters && bare.includes(':') && canonicalText(bare) === client ? found.replace(bare, noValue) : found;
}

/** Without a colon at either end, which is none of `::`, or else all dots at the end. Each character is read once. */
function withoutPunctuation(found: string): string {
  const start = found.startsWith(':') && !found.startsWith('::') ? 1 : 0;
  let end = found.length;
  if (found.endsWith(':') && !found.endsWith('::')) end--;
  else while (found[end - 1] === '.') end--;
  return found.slice(start, end);
}

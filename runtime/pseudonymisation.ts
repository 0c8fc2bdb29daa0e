// Makes collected data pseudonymous before anything is stored, as each site asks (TOM-4.13). Pure: keys come in, nothing goes out.
import { createHmac } from 'node:crypto';
import { isIP } from 'node:net';

/** The key of a site, for hashing: 32 bytes or more. */
export interface SiteKey {
  readonly version: number;
  readonly key: Buffer;
}

export interface PseudonymisationSettings {
  /** `truncate`: IPv4 to /24, IPv6 to /48. `hash`: HMAC-SHA-256 of the whole address under the site's key. */
  readonly addressMode: 'truncate' | 'hash';
  /** Names of the fields that are hashed. */
  readonly hashedFields: readonly string[];
}

/**
 * What is kept of an address: the network (`198.51.100.0`, `2001:db8:1::`) or 64 hexadecimal digits. Text that is no address gives
 * undefined, so that nothing unknown is kept. An IPv4 address inside an IPv6 one (`::ffff:198.51.100.7`) is treated as IPv4, and cut in 6to4.
 */
export function pseudonymousAddress(address: string, { addressMode }: PseudonymisationSettings, key: SiteKey): string | undefined {
  const groups = parseAddress(address.trim());
  if (!groups) return undefined;
  if (addressMode === 'hash') return keyedHash(key, 'address', canonicalAddress(groups));
  return groups.length === 4 ? `${groups.slice(0, 3).join('.')}.0` : canonicalAddress(networkOf(groups));
}

/** The first 48 bits; of 6to4, which has a whole IPv4 address in them, that address is cut to /24 as any other (RFC 3056, section 2). */
function networkOf([first = 0, second = 0, third = 0]: readonly number[]): number[] {
  return [first, second, first === 0x2002 ? third & 0xff00 : third, 0, 0, 0, 0, 0];
}

/** The fields with the named ones hashed; the rest as they are. A value that is no text is hashed as its JSON. */
export function pseudonymousFields(
  fields: { readonly [name: string]: unknown },
  { hashedFields }: PseudonymisationSettings,
  key: SiteKey,
): { [name: string]: unknown } {
  const hashed = new Set(hashedFields);
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, hashed.has(name) && value !== null ? hashField(key, name, value) : value]),
  );
}

const hashField = (key: SiteKey, name: string, value: unknown) =>
  keyedHash(key, `field:${name}`, typeof value === 'string' ? value : JSON.stringify(value));

/**
 * HMAC-SHA-256 (RFC 2104, FIPS 198-1) of a value under the site's key, as 64 hexadecimal digits. The purpose is part of the message,
 * so that equal values of two fields do not give themselves away.
 */
export const keyedHash = (key: SiteKey, purpose: string, value: string): string => hmacSha256(key.key, `${purpose}\0${value}`);

/** HMAC-SHA-256 as in RFC 4231, in hexadecimal. */
export const hmacSha256 = (key: Buffer, message: string | Buffer): string => createHmac('sha256', key).update(message).digest('hex');

/** Four numbers for IPv4, eight for IPv6, or undefined. */
function parseAddress(text: string): number[] | undefined {
  const address = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  const family = isIP(address);
  if (family === 4) return address.split('.').map(Number);
  if (family !== 6) return undefined;
  const groups = parseIpv6(address.replace(/%.*$/, ''));
  // ::ffff:0:0/96, IPv4-mapped (RFC 4291 section 2.5.5.2): the /48 of all of them would be one network.
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  return mapped ? groups.slice(6).flatMap((group) => [group >> 8, group & 255]) : groups;
}

function parseIpv6(address: string): number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const text = dotted ? `${dotted[1]}${addressGroups(dotted[2], dotted[3])}:${addressGroups(dotted[4], dotted[5])}` : address;
  const [head = '', tail] = text.split('::');
  const numbers = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  if (tail === undefined) return numbers(head);
  const [before, after] = [numbers(head), numbers(tail)];
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}

const addressGroups = (high = '0', low = '0') => (Number(high) * 256 + Number(low)).toString(16);

/** One spelling for each address (RFC 5952), so that one address has one hash. */
function canonicalAddress(groups: readonly number[]): string {
  if (groups.length === 4) return groups.join('.');
  const run = longestZeros(groups);
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  return run ? `${hex(groups.slice(0, run.start))}::${hex(groups.slice(run.start + run.length))}` : hex(groups);
}

function longestZeros(groups: readonly number[]): { start: number; length: number } | undefined {
  let best = { start: 0, length: 1 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best.length > 1 ? best : undefined;
}

// Pseudonymises collected data before storage, by the settings of each site. (TOM-4.13) Pure.
import { createHmac } from 'node:crypto';
import { isIP } from 'node:net';
import { isStorable } from './hit';
import { compactJson, textOf } from './json-text';

/** A site's key for hashing: 32 bytes or more. */
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
 * The stored form of an address: its network (`198.51.100.0`, `2001:db8:1::`) or 64 hexadecimal digits. Undefined for
 * text that is not an address, so that no unknown value is stored. An IPv4-mapped IPv6 address (`::ffff:198.51.100.7`)
 * is treated as IPv4; the IPv4 address within a 6to4 address is truncated.
 */
export function pseudonymousAddress(address: string, { addressMode }: PseudonymisationSettings, key: SiteKey): string | undefined {
  const groups = parseAddress(address.trim());
  if (!groups) return undefined;
  return addressMode === 'hash' ? keyedHash(key, 'address', canonicalAddress(groups)) : networkText(groups);
}

/** The network of an address, as with `truncate` above; undefined for text that is not an address. */
export function truncatedAddress(address: string): string | undefined {
  const groups = parseAddress(address.trim());
  return groups && networkText(groups);
}

/**
 * The canonical text of an address, of an IPv4-mapped one as IPv4; undefined for text that is not an address. Equal
 * for all spellings of one address.
 */
export function canonicalText(address: string): string | undefined {
  const groups = parseAddress(address.trim());
  return groups && canonicalAddress(groups);
}

const networkText = (groups: readonly number[]): string =>
  groups.length === 4 ? `${groups.slice(0, 3).join('.')}.0` : canonicalAddress(networkOf(groups));

/**
 * The first 48 bits. Those of a 6to4 address contain an IPv4 address, which is truncated to /24 (RFC 3056, section 2).
 */
function networkOf([first = 0, second = 0, third = 0]: readonly number[]): number[] {
  return [first, second, first === 0x2002 ? third & 0xff00 : third, 0, 0, 0, 0, 0];
}

/**
 * The hash of a field's value. A text is hashed as it is; any other value as its JSON without white space between its
 * parts, with the digits and the order that were sent: 1524831183200260097 and 1524831183200260096, one number to
 * JSON.parse, are two persons.
 *
 * @param json the value as JSON text that JSON.parse accepts
 */
export function hashedField(key: SiteKey, name: string, json: string): string {
  return keyedHash(key, `field:${name}`, json.startsWith('"') ? distinctText(textOf(json)) : compactJson(json, withPlainEscapes));
}

/** Of one text, all spellings by escapes are the same value. */
const withPlainEscapes = (string: string): string => (string.includes('\\') ? JSON.stringify(JSON.parse(string)) : string);

/** Half surrogate pairs would all be hashed as U+FFFD; in JSON they differ. */
const distinctText = (text: string): string => (isStorable(text) ? text : JSON.stringify(text));

/**
 * HMAC-SHA-256 (RFC 2104, FIPS 198-1) of a value under the site's key, as 64 hexadecimal digits. The purpose is part
 * of the message, so that equal values of two fields have different hashes.
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
  // ::ffff:0:0/96, IPv4-mapped (RFC 4291 section 2.5.5.2): all of them share one /48.
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

/** The canonical text of an address (RFC 5952), so that one address has one hash. */
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

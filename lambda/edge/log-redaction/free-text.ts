// Texts that clients choose, as the user agent: an address of the client in them is replaced, too. Pure.
import { isIP } from 'node:net';
import { truncatedAddress } from '../../../runtime/pseudonymisation';
import { type Field, noValue } from './fields';

/** The fields, with every occurrence of the client's address replaced by no value. */
export function withoutAddress(fields: readonly Field[], address: string): readonly Field[] {
  const plain = address.replace(/^\[|\]$/g, '').toLowerCase();
  // An address that is a network already has nothing to hide.
  if (isIP(plain) === 0 || truncatedAddress(plain) === plain) return fields;
  // The IPv4 address of an IPv4-mapped one (RFC 4291, section 2.5.5.2).
  const mapped = /:((?:\d{1,3}\.){3}\d{1,3})$/.exec(plain)?.[1];
  const spellings = mapped === undefined ? [plain] : [plain, mapped];
  const pattern = new RegExp(spellings.map((text) => text.replaceAll('.', '\\.')).join('|'), 'gi');
  return fields.map((field) => ({ ...field, text: field.text.replace(pattern, noValue) }));
}
